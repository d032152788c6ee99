// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/show.h"

#include "signal/set.h"

void show_begin(struct show *ret_show, const struct render *render,
		const struct show_filter *filter, struct render_request request)
{
	*ret_show = (struct show){ .filter = *filter, .render = render };
	request.model = &ret_show->model;
	request.joins = &ret_show->joins;
	request.lost = ret_show->model.lost;
	if (render)
		ret_show->data = render->begin(&request);
}

static bool is_wanted(const struct show_filter *filter, const struct model_step *step)
{
	uint32_t kind = step->event->kind;
	bool is_delivery = kind == EVENT_DELIVER;

	if (filter->kinds && !(filter->kinds & 1U << kind))
		return false;
	if (kind != EVENT_SIGNAL && !is_delivery)
		return true;
	if (filter->signals && !(step->signal &&
				 signal_set_has(filter->signals, step->signal->signal)))
		return false;
	if (!filter->min_latency_ns || !is_delivery)
		return true;
	return step->signal &&
	       step->event->time_ns - step->signal->time_ns >= filter->min_latency_ns;
}

int show_take(struct show *io_show, const struct event_head *event, struct error *err)
{
	struct model_step step;

	TRY(model_add(&io_show->model, event, &step, err));
	if ((!step.process && event->kind != EVENT_LAYER) || step.is_again)
		return 0;
	if (step.process) {
		joins_take(&io_show->joins, &step);
		if (io_show->story)
			story_take(io_show->story, &io_show->joins, &step);
	}
	if (io_show->render && is_wanted(&io_show->filter, &step))
		io_show->render->step(io_show->data, &step);
	return 0;
}

void show_end(struct show *io_show)
{
	joins_end(&io_show->joins, &io_show->model);
	if (io_show->render)
		io_show->render->end(io_show->data);
	if (io_show->story)
		story_end(io_show->story, &io_show->joins, &io_show->model);
	joins_clear(&io_show->joins);
	model_clear(&io_show->model);
}
