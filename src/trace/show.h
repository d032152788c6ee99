// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * show - events in, a format out: through the model and the filters
 */
#ifndef HUSK_TRACE_SHOW_H
#define HUSK_TRACE_SHOW_H

#include "trace/render.h"
#include "trace/story.h"

/* What is shown of what was recorded. The model sees all of it. */
struct show_filter {
	uint64_t signals;	 /* as signal/set.h; 0: all */
	uint32_t kinds;		 /* bits, 1 << enum event_kind; 0: all */
	uint64_t min_latency_ns; /* of deliveries */
};

struct show {
	struct model model;
	struct joins joins;
	struct show_filter filter;
	const struct render *render;
	void *data;
	struct story *story; /* NULL: none is written; borrowed */
};

/*
 * @render:  NULL: nothing is shown, but stories are told.
 * @request: its model, joins and lost members are filled in here.
 */
void show_begin(struct show *ret_show, const struct render *render,
		const struct show_filter *filter, struct render_request request);

MUST_USE int show_take(struct show *io_show, const struct event_head *event, struct error *err);

/* The format says its last words; the show is released. */
void show_end(struct show *io_show);

#endif
