// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/tell.h"

#include <inttypes.h>
#include <signal.h>

#include "signal/name.h"
#include "trace/layer_tell.h"
#include "trace/words.h"

static void add_fork(const struct model_step *step, struct text *io_text)
{
	text_add(io_text, "born, forked by ");
	words_process(step->other, io_text);
}

static void add_exit(const struct model_step *step, struct text *io_text)
{
	const struct model_process *process = step->process;

	words_end(process->exit_code, io_text);
	if (process->killer) {
		text_add(io_text, " ");
		words_source(process->killer, io_text);
	}
	if (process->is_init)
		text_add(io_text, "; the kernel now kills the rest of its pid namespace");
}

static void add_free(const struct model_step *step, struct text *io_text)
{
	const struct model_process *process = step->process;

	text_add(io_text, "gone");
	/* By whom and when was told to the moment. */
	if (process->reaped_ns)
		return;
	if (step->other) {
		text_add(io_text, ", reaped by ");
		words_process(step->other, io_text);
	}
	if (!process->end_ns)
		return;
	text_add(io_text, "; a zombie for ");
	words_duration(process->freed_ns - process->end_ns, io_text);
	text_add(io_text, " at most");
}

static void add_signal(const struct model_step *step, struct text *io_text)
{
	text_add(io_text, "%s ", signal_name(step->signal->signal));
	words_source(step->signal, io_text);
	text_add(io_text, ": ");
	words_verdict(step->signal, io_text);
}

static void add_delivery(const struct model_step *step, struct text *io_text)
{
	const struct event_deliver *event = (const void *)step->event;
	const struct model_signal *signal = step->signal;

	text_add(io_text, "%s taken", signal_name(signal ? signal->signal : event->signal));
	if (signal) {
		text_add(io_text, " after ");
		words_duration(event->head.time_ns - signal->time_ns, io_text);
	}
	if (event->disposition == EVENT_HANDLER)
		text_add(io_text, ": its handler runs");
	if (step->call == MODEL_CALL_NONE)
		return;
	text_add(io_text, "; ");
	words_call(event->call, io_text);
	text_add(io_text, step->call == MODEL_CALL_EINTR ? " ends with EINTR" : " starts again");
}

static void add_freeze(const struct model_step *step, struct text *io_text)
{
	const struct event_freeze *event = (const void *)step->event;

	text_add(io_text, "%s cgroup %" PRIu64, event->is_frozen ? "freezes" : "thaws",
		 (uint64_t)event->cgroup2);
}

static void add_exec(const struct model_step *step, struct text *io_text)
{
	const struct event_exec *event = (const void *)step->event;

	text_add(io_text, "runs ");
	words_name(event->file, io_text);
}

void tell_event(const struct model_step *step, struct text *io_text)
{
	switch ((enum event_kind)step->event->kind) {
	case EVENT_FORK:
		return add_fork(step, io_text);
	case EVENT_EXEC:
		return add_exec(step, io_text);
	case EVENT_MOVE:
		text_add(io_text, "moved to another cgroup");
		return;
	case EVENT_EXIT:
		return add_exit(step, io_text);
	case EVENT_FREE:
		return add_free(step, io_text);
	case EVENT_SIGNAL:
		return add_signal(step, io_text);
	case EVENT_DELIVER:
		return add_delivery(step, io_text);
	case EVENT_OOM:
		text_add(io_text, "chosen by the OOM killer");
		return;
	case EVENT_FREEZE:
		return add_freeze(step, io_text);
	case EVENT_REAP:
	case EVENT_REFUSED:
	case EVENT_SCHED:
	case EVENT_SWITCHES:
	case EVENT_IRQ:
	case EVENT_INTERRUPTS:
		return layer_tell_event(step, io_text);
	case EVENT_NONE:
	case EVENT_TASK:
	case EVENT_CGROUP:
	case EVENT_LOST:
	case EVENT_LAYER:
	case EVENT_KINDS:
		return;
	}
}

bool tell_is_noise(const struct model_step *step)
{
	const struct model_signal *signal = step->signal;

	return step->event->kind == EVENT_SIGNAL &&
	       (signal->signal == SIGCHLD || signal->signal == SIGURG) &&
	       signal->verdict.result == VERDICT_RESULT_IGNORED;
}

bool tell_has_obituary(const struct model *model, const struct model_process *process)
{
	const struct model_process *parent = model_find(model, process->parent);

	if (!process->is_followed)
		return false;
	return process->is_init || (process->was_there && !(parent && parent->is_followed));
}
