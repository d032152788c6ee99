// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/layer_json.h"

#include <string.h>

#include "json/emit.h"
#include "signal/name.h"
#include "trace/jsonl_part.h"
#include "trace/layer_tell.h"

static void add_layer(const struct event_layer *event, struct text *io_line)
{
	emit_string("layer", layer_name(event->layer), io_line);
	emit_string("state", layer_state_name(event->state), io_line);
	if (event->state == EVENT_LAYER_PARTLY)
		emit_string("missing", event->why, io_line);
	if (event->state == EVENT_LAYER_OFF)
		emit_string("why", event->why, io_line);
}

static void add_reap(const struct model_step *step, struct text *io_line)
{
	const struct event_reap *event = (const void *)step->event;

	if (step->other) {
		emit_number("tid", event->waiter_tid, io_line);
		jsonl_process("reaper", step->other, io_line);
	}
	/* Who was dead before the recording was it for longer. */
	if (step->process->end_ns && !step->process->was_dead)
		emit_number("zombie_ns", (long long)(event->head.time_ns - step->process->end_ns),
			    io_line);
}

static void add_limit(const struct event_refused *event, struct text *io_line)
{
	const char *limit = layer_limit_name(event->limit);

	if (!limit)
		return;
	emit_string("limit", limit, io_line);
	if (event->limit != EVENT_LIMIT_INIT)
		emit_number("limit_value", (long long)event->limit_value, io_line);
	if (event->limit == EVENT_LIMIT_PIDS)
		emit_number("limit_cgroup", (long long)event->cgroup, io_line);
}

static void add_refused(const struct model_step *step, struct text *io_line)
{
	const struct event_refused *event = (const void *)step->event;
	bool is_fork = event->call >= EVENT_CALL_FORK && event->call <= EVENT_CALL_CLONE3;
	const char *call = layer_call_name(event->call);
	const char *error = strerrorname_np((int)event->error);
	const char *name = event->signal && event->signal <= SIGNAL_MAX
				   ? signal_name((int)event->signal) : NULL;

	emit_number("tid", event->tid, io_line);
	if (*call)
		emit_string("call", call, io_line);
	emit_string("errno", error ? error : "unknown", io_line);
	if (is_fork) {
		add_limit(event, io_line);
		return;
	}
	if (name)
		emit_string("signal", name, io_line);
	emit_number("target", event->target, io_line);
	if (step->other)
		jsonl_process("target_process", step->other, io_line);
}

static void add_sched(const struct event_sched *event, struct text *io_line)
{
	emit_number("tid", event->tid, io_line);
	emit_string("switch", layer_switch_name(event->why), io_line);
	if (event->call >= 0)
		emit_number("syscall", event->call, io_line);
	if (event->ran_ns)
		emit_number("ran_ns", (long long)event->ran_ns, io_line);
	emit_number("next", event->next_tid, io_line);
}

static void add_switches(const struct event_switches *event, struct text *io_line)
{
	emit_number("tid", event->tid, io_line);
	emit_number("ran_ns", (long long)event->ran_ns, io_line);
	emit_key("switches", io_line);
	emit_bracket('{', io_line);
	for (int why = 0; why < EVENT_SWITCH_KINDS; why++)
		emit_number(layer_switch_name(why), (long long)event->count[why], io_line);
	emit_bracket('}', io_line);
}

static void add_source(uint16_t source, uint16_t number, struct text *io_line)
{
	emit_string("interrupt", layer_irq_name(source), io_line);
	if (source == EVENT_IRQ_HANDLER)
		emit_number("number", number, io_line);
	if (source == EVENT_IRQ_SOFTIRQ)
		emit_string("softirq", layer_softirq_name(number), io_line);
}

static void add_irq(const struct event_irq *event, struct text *io_line)
{
	emit_number("tid", event->tid, io_line);
	add_source(event->source, event->number, io_line);
	emit_number("took_ns", (long long)event->took_ns, io_line);
	emit_number("depth", event->depth, io_line);
	emit_string("stack", event->on_task_stack ? "thread" : "processor", io_line);
}

static void add_interrupts(const struct event_interrupts *event, struct text *io_line)
{
	add_source(event->source, event->number, io_line);
	emit_number("count", (long long)event->count, io_line);
	emit_number("took_ns", (long long)event->took_ns, io_line);
	emit_number("longest_ns", (long long)event->longest_ns, io_line);
	emit_number("depth", event->depth, io_line);
	emit_number("on_thread_stack", (long long)event->on_task_stack, io_line);
}

void layer_json_add(const struct model_step *step, struct text *io_line)
{
	const void *event = step->event;

	switch (step->event->kind) {
	case EVENT_LAYER:
		return add_layer(event, io_line);
	case EVENT_REAP:
		return add_reap(step, io_line);
	case EVENT_REFUSED:
		return add_refused(step, io_line);
	case EVENT_SCHED:
		return add_sched(event, io_line);
	case EVENT_SWITCHES:
		return add_switches(event, io_line);
	case EVENT_IRQ:
		return add_irq(event, io_line);
	case EVENT_INTERRUPTS:
		return add_interrupts(event, io_line);
	default:
		return;
	}
}
