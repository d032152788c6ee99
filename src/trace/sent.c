// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/sent.h"

#include <signal.h>

#include "signal/set.h"

/* --- who --- */

static enum model_source by_kernel(const struct event_signal *event,
				   const struct model_process *current,
				   const struct model_process *target)
{
	/* zap_pid_ns_processes: the ending PID 1 itself goes through its namespace. */
	if (event->signal == SIGKILL && current->is_init && current != target &&
	    current->level <= target->level)
		return MODEL_BY_INIT;
	return MODEL_BY_KERNEL;
}

static enum model_source without_info(const struct event_signal *event,
				      const struct model_process *current,
				      const struct model_process *target)
{
	/* __cgroup_kill addresses each task, not its group. */
	if (event->signal == SIGKILL && !(event->flags & EVENT_SIGNAL_GROUP))
		return MODEL_BY_CGROUP;
	return current != target ? MODEL_BY_PARENT : MODEL_BY_PROCESS;
}

enum model_source sent_source(const struct event_signal *event,
			      const struct model_process *current,
			      const struct model_process *target)
{
	if (event->flags & EVENT_SIGNAL_PRIVATE)
		return by_kernel(event, current, target);
	if (event->flags & EVENT_SIGNAL_NO_INFO)
		return without_info(event, current, target);
	if (event->code == SI_TIMER)
		return MODEL_BY_TIMER;
	if (event->code <= 0)
		return MODEL_BY_PROCESS;
	if (event->signal == SIGCHLD)
		return MODEL_BY_CHILD;
	if (signal_set_has(signal_set_group(SIGNAL_GROUP_FAULT), event->signal))
		return MODEL_BY_FAULT;
	return MODEL_BY_TERMINAL;
}

bool sent_has_sender(enum model_source source)
{
	return source == MODEL_BY_PROCESS || source == MODEL_BY_INIT ||
	       source == MODEL_BY_CGROUP || source == MODEL_BY_PARENT;
}

/* --- what comes of it --- */

static uint64_t if_so(bool is_so, int signal)
{
	return is_so ? signal_set_of(signal) : 0;
}

/* The threads have been told to end by this very signal, unless it came too late. */
static bool came_too_late(const struct event_signal *event)
{
	return event->result == VERDICT_RESULT_IGNORED &&
	       event->flags & (EVENT_SIGNAL_EXITING | EVENT_SIGNAL_DEAD);
}

static bool sees(const struct model_process *target, const struct model_process *sender)
{
	return sender && sender->level >= target->level &&
	       (sender->namespace == target->namespace || sender->level > target->level);
}

static enum verdict_source source_for_rule(enum model_source source)
{
	if (source == MODEL_BY_FAULT)
		return VERDICT_FROM_FAULT;
	if (source == MODEL_BY_PROCESS || source == MODEL_BY_CGROUP || source == MODEL_BY_PARENT)
		return VERDICT_FROM_PROCESS;
	return VERDICT_FROM_KERNEL;
}

struct verdict sent_verdict(const struct event_signal *event, enum model_source source,
			    const struct model_process *sender,
			    const struct model_process *target)
{
	int signal = event->signal;
	bool is_pending = event->result == VERDICT_RESULT_ALREADY_PENDING;
	bool is_full = event->result == VERDICT_RESULT_OVERFLOW_FAIL ||
		       event->result == VERDICT_RESULT_LOSE_INFO;
	bool is_group = event->flags & EVENT_SIGNAL_GROUP;
	bool is_waited = event->flags & EVENT_SIGNAL_WAITED;
	bool is_stopped = event->flags & (EVENT_SIGNAL_STOPPED | EVENT_SIGNAL_CONTINUES);
	struct verdict_thread thread = {
		.tid = (pid_t)event->tid,
		.state = is_stopped ? 'T' : 'R',
		.is_traced = event->flags & EVENT_SIGNAL_TRACED,
		.blocked = if_so(!is_waited && event->flags & EVENT_SIGNAL_BLOCKED, signal),
		.awaited = if_so(is_waited, signal),
		.pending = if_so(is_pending && !is_group, signal),
	};
	struct verdict_target facts = {
		.exists = true,
		.is_dying = came_too_late(event),
		.is_init = event->flags & EVENT_SIGNAL_UNKILLABLE,
		.is_machine_init = target->pid == 1,
		.is_kernel_thread = target->is_kernel,
		.ignored = if_so(event->disposition == EVENT_IGNORED, signal),
		.caught = if_so(event->disposition == EVENT_HANDLER, signal),
		.shared_pending = if_so(is_pending && is_group, signal),
		.queue_used = is_full,
		.queue_limit = is_full ? 1 : UINT64_MAX,
		.thread_count = 1,
		.thread = &thread,
	};
	/* It was generated, so nothing has refused it. */
	struct verdict_sender from = {
		.source = source_for_rule(source),
		.call = event->code == SI_QUEUE ? VERDICT_SIGQUEUE
			: is_group		? VERDICT_KILL
						: VERDICT_TGKILL,
		.sees_target = true,
		.is_seen = sees(target, sender),
		.has_cap_kill = true,
	};
	struct verdict verdict = verdict_reach(signal, &facts, &from);

	verdict.result = (enum verdict_result)event->result;
	return verdict;
}
