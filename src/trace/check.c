// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "signal/name.h"
#include "signal/verdict.h"

static const uint32_t sizes[EVENT_KINDS] = {
	[EVENT_TASK] = sizeof(struct event_task),     [EVENT_FORK] = sizeof(struct event_task),
	[EVENT_MOVE] = sizeof(struct event_task),     [EVENT_EXEC] = sizeof(struct event_exec),
	[EVENT_EXIT] = sizeof(struct event_exit),     [EVENT_FREE] = sizeof(struct event_end),
	[EVENT_SIGNAL] = sizeof(struct event_signal),
	[EVENT_DELIVER] = sizeof(struct event_deliver),
	[EVENT_OOM] = sizeof(struct event_end),	      [EVENT_FREEZE] = sizeof(struct event_freeze),
	[EVENT_CGROUP] = offsetof(struct event_cgroup, path) + 1,
	[EVENT_LOST] = sizeof(struct event_lost),
	[EVENT_LAYER] = sizeof(struct event_layer),   [EVENT_REAP] = sizeof(struct event_reap),
	[EVENT_REFUSED] = sizeof(struct event_refused),
	[EVENT_SCHED] = sizeof(struct event_sched),
	[EVENT_SWITCHES] = sizeof(struct event_switches),
	[EVENT_IRQ] = sizeof(struct event_irq),
	[EVENT_INTERRUPTS] = sizeof(struct event_interrupts),
};

static bool is_signal(int signal)
{
	return signal >= 1 && signal <= SIGNAL_MAX;
}

static bool is_possible_of_layer(const struct event_head *event)
{
	const void *whole = event;
	const struct event_layer *layer = whole;
	const struct event_refused *refused = whole;

	switch (event->kind) {
	case EVENT_LAYER:
		return layer->layer < EVENT_LAYERS && layer->state <= EVENT_LAYER_OFF &&
		       memchr(layer->why, '\0', sizeof(layer->why));
	case EVENT_REFUSED:
		return refused->call < EVENT_CALLS && refused->limit < EVENT_LIMITS;
	case EVENT_SCHED:
		return ((const struct event_sched *)whole)->why < EVENT_SWITCH_KINDS;
	case EVENT_IRQ:
		return ((const struct event_irq *)whole)->source < EVENT_IRQ_SOURCES;
	case EVENT_INTERRUPTS:
		return ((const struct event_interrupts *)whole)->source < EVENT_IRQ_SOURCES;
	default:
		return true;
	}
}

static bool is_time(const struct event_head *event)
{
	bool is_task = event->kind == EVENT_TASK || event->kind == EVENT_FORK ||
		       event->kind == EVENT_MOVE || event->kind == EVENT_EXEC;
	const void *whole = event;

	return event->time_ns <= CHECK_TIME_MAX_NS &&
	       (!is_task || ((const struct event_task *)whole)->start_ns <= CHECK_TIME_MAX_NS);
}

static bool is_possible(const struct event_head *event)
{
	const void *whole = event;
	const struct event_signal *sent = whole;
	const struct event_deliver *taken = whole;
	const struct event_exec *exec = whole;
	const struct event_cgroup *cgroup = whole;
	const struct event_lost *lost = whole;

	if (event->kind == EVENT_SIGNAL)
		return is_signal(sent->signal) && sent->result <= VERDICT_RESULT_LOSE_INFO &&
		       sent->disposition <= EVENT_HANDLER;
	if (event->kind == EVENT_DELIVER)
		return is_signal(taken->signal) && taken->disposition <= EVENT_HANDLER;
	if (event->kind == EVENT_CGROUP)
		return memchr(cgroup->path, '\0',
			      event->size - offsetof(struct event_cgroup, path));
	if (event->kind == EVENT_LOST)
		return lost->kind < EVENT_KINDS;
	if (event->kind == EVENT_EXEC)
		return memchr(exec->file, '\0', sizeof(exec->file));
	return is_possible_of_layer(event);
}

int check_event(const struct event_head *event, struct error *err)
{
	if (event->kind == EVENT_NONE || event->kind >= EVENT_KINDS)
		return error_set(err, EBADMSG, "an event of the unknown kind %u", event->kind);
	if (event->size < sizes[event->kind])
		return error_set(err, EBADMSG, "an event of kind %u has %u bytes, not %u",
				 event->kind, event->size, sizes[event->kind]);
	if (!is_time(event) || !is_possible(event))
		return error_set(err, EBADMSG, "an event of kind %u that no kernel has told",
				 event->kind);
	return 0;
}
