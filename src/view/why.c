// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why.h"

#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "signal/name.h"

static bool is_signal_event(const struct life_event *event)
{
	return event->kind.value == LIFE_SIGNAL || event->kind.value == LIFE_STOP;
}

static bool is_kill(const struct life_event *event)
{
	return is_signal_event(event) && event->signal && strcmp(event->signal, "SIGKILL") == 0;
}

/* What ends a program by default, sent by a command: a request to stop. */
static bool is_request(const struct life_event *event)
{
	static const char *const stops[] = { "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP" };

	if (event->kind.value == LIFE_STOP)
		return true;
	if (event->kind.value != LIFE_SIGNAL && event->kind.value != LIFE_TRACED)
		return false;
	for (size_t i = 0; i < countof(stops); i++)
		if (event->signal && strcmp(event->signal, stops[i]) == 0)
			return true;
	return false;
}

/* The signal that a command has said it would send, and then sent. */
static bool is_same(const struct life_event *by_command, const struct life_event *traced)
{
	return by_command && by_command->signal && by_command->by && traced->sender &&
	       traced->signal && strcmp(by_command->signal, traced->signal) == 0 &&
	       by_command->by->pid.value == traced->sender->pid.value;
}

/* A recorder sees each signal, of whomever, and knows what the kernel made of it. */
static void take_traced(const struct life_event *event, struct why *io_why)
{
	if (event->end && !io_why->end_traced)
		io_why->end_traced = event;
	if (event->end || io_why->end_traced || !is_request(event))
		return;
	if (!is_same(io_why->request, event))
		io_why->request = event;
	io_why->request_traced = event;
}

static void take_event(const struct life_event *event, struct why *io_why)
{
	if (event->kind.value == LIFE_TRACED) {
		take_traced(event, io_why);
		return;
	}
	if (event->kind.value == LIFE_STARTED)
		io_why->started = event;
	if (event->kind.value == LIFE_ENDED && (!io_why->end || !io_why->end->end))
		io_why->end = event;
	if (io_why->end)
		return;
	if (is_kill(event) || event->kind.value == LIFE_GRACE_OVER) {
		io_why->killer = event;
	} else if (is_request(event)) {
		io_why->request = event;
		io_why->request_traced = NULL;
	}
}

static uint64_t difference(const struct maybe_uint *after, const struct maybe_uint *before)
{
	uint64_t first = before && before->is_set ? before->value : 0;

	return after->is_set && after->value > first ? after->value - first : 0;
}

/* Not set either when the machine was started anew in between. */
static struct maybe_uint time_between(const struct maybe_uint *from_ms,
				      const struct maybe_uint *to_ms)
{
	bool is_known = from_ms->is_set && to_ms->is_set && to_ms->value >= from_ms->value;

	return (struct maybe_uint){ is_known, is_known ? to_ms->value - from_ms->value : 0 };
}

/* What somebody saw is better than what lies between two looks at the counter. */
static void note_memory(const struct life_event *from, const struct life_event *to,
			enum life_certainty certainty, struct why_memory *io_memory)
{
	if (io_memory->from && certainty > io_memory->certainty)
		return;
	if (!io_memory->from || certainty < io_memory->certainty)
		io_memory->from = from;
	io_memory->to = to;
	io_memory->certainty = certainty;
}

static const struct maybe_uint *oom_kills_of(const struct life_event *event)
{
	bool is_known = event && event->counters && event->counters->oom_kills.is_set;

	return is_known ? &event->counters->oom_kills : NULL;
}

/* Up to the end: what is read later is about what was left of it. */
static void find_memory(const struct life *life, struct why *io_why)
{
	const struct life_event *known = NULL, *event = life->event;

	for (size_t i = 0; i < life->count; i++, event++) {
		if (event->kind.value == LIFE_OUT_OF_MEMORY) {
			note_memory(event, event, LIFE_SEEN, &io_why->memory);
		} else if (oom_kills_of(event)) {
			if (known && difference(oom_kills_of(event), oom_kills_of(known)))
				note_memory(known, event, LIFE_INFERRED, &io_why->memory);
			known = event;
		}
		if (event == io_why->end)
			break;
	}
	if (known)
		io_why->oom_kills =
			difference(oom_kills_of(known), oom_kills_of(io_why->started));
}

static void count_refused(struct why *io_why)
{
	const struct life_counters *after = io_why->end ? io_why->end->counters : NULL;
	const struct life_counters *before = io_why->started ? io_why->started->counters : NULL;

	if (after)
		io_why->pids_refused =
			difference(&after->pids_refused, before ? &before->pids_refused : NULL);
}

static bool ended_by(const struct why *why, int signal)
{
	return why->exit_status.is_set && why->exit_status.value == 128 + signal;
}

bool why_is_lost(const struct life_event *event)
{
	return event->outcome && (strcmp(event->outcome, "ignored") == 0 ||
				  strcmp(event->outcome, "dropped") == 0);
}

static bool is_traced_as(const struct why *why, const char *source)
{
	const struct life_event *traced = why->end_traced;

	return traced && traced->source && strcmp(traced->source, source) == 0;
}

/* A command of husk sent the SIGKILL, or a recorder saw who did. */
static bool has_killer(const struct why *why)
{
	return why->killer || (why->end_traced && why->end_traced->sender);
}

/* An exit code of 128+n and above is what an init or a shell says of a child's signal. */
static enum why_cause find_cause(const struct why *why)
{
	const struct life_end *end = why->end ? why->end->end : NULL;
	int requested = 0;

	if (!why->end)
		return WHY_ALIVE;
	if (!end)
		return why->killer ? WHY_KILLED : WHY_UNKNOWN;
	if (is_traced_as(why, "oom"))
		return WHY_OUT_OF_MEMORY;
	if (ended_by(why, SIGKILL) && has_killer(why))
		return WHY_KILLED;
	if (ended_by(why, SIGKILL) && why->oom_kills)
		return WHY_OUT_OF_MEMORY;
	if (end->exit_code.is_set && why->request_traced && why_is_lost(why->request_traced))
		return WHY_EXITED;
	if (why->request && why->request->signal &&
	    signal_parse(why->request->signal, &requested) == 0 &&
	    (ended_by(why, requested) || end->exit_code.is_set))
		return WHY_STOPPED;
	return end->signal.is_set ? WHY_SIGNAL : WHY_EXITED;
}

struct why why_find(const struct life *life)
{
	struct why why = { .certainty = LIFE_SEEN };
	const struct life_end *end;

	for (size_t i = 0; i < life->count; i++)
		take_event(&life->event[i], &why);
	if (why.end_traced && (!why.end || !why.end->end))
		why.end = why.end_traced;
	end = why.end ? why.end->end : NULL;
	if (end && end->signal.is_set)
		why.exit_status = (struct maybe_int){ true, 128 + end->signal.value };
	else if (end)
		why.exit_status = end->exit_code;
	find_memory(life, &why);
	count_refused(&why);
	why.cause = find_cause(&why);
	/* Nobody saw the OOM killer choose, nor a request being the reason for an exit code. */
	if ((why.cause == WHY_OUT_OF_MEMORY && !is_traced_as(&why, "oom")) || !end ||
	    (why.cause == WHY_STOPPED && end->exit_code.is_set && end->exit_code.value < 128))
		why.certainty = LIFE_INFERRED;
	if (why.started && why.end)
		why.run_ms = time_between(&why.started->boot_ms, &why.end->boot_ms);
	return why;
}
