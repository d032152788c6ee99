// SPDX-License-Identifier: GPL-2.0-or-later
/* why_text - the facts in words: a paragraph, then the time line */
#include <inttypes.h>
#include <string.h>

#include "base/scope.h"
#include "signal/name.h"
#include "view/why.h"

static void add_duration(struct text *io_text, uint64_t ms)
{
	uint64_t seconds = ms / 1000;

	if (seconds < 60)
		text_add(io_text, "%" PRIu64 ".%" PRIu64 " s", seconds, ms % 1000 / 100);
	else if (seconds < 3600)
		text_add(io_text, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
	else
		text_add(io_text, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600,
			 seconds % 3600 / 60);
}

static void add_actor(struct text *io_text, const struct life_actor *by)
{
	if (!by || !by->command)
		return;
	text_add(io_text, " by `husk %s`", by->command);
	if (!by->parent_name || !by->parent_pid.is_set)
		return;
	text_add(io_text, ", called by %s (%" PRIu64 ") as user %" PRIu64, by->parent_name,
		 by->parent_pid.value, by->uid.value);
}

/* A process that a recorder saw, or that the kernel did it. */
static void add_sender(struct text *io_text, const struct life_event *event)
{
	static const struct {
		const char *source, *words;
	} rows[] = {
		{ "process", " by " },
		{ "cgroup.kill", " through cgroup.kill by " },
		{ "parent-death", " by the kernel, since its parent has ended: " },
		{ "end-of-pid-1", " by the kernel, since PID 1 has ended: " },
		{ "oom", " by the kernel, for want of memory" },
		{ "timer", " by a timer" },
		{ "fault", " by a fault of its own" },
		{ "itself", " by itself" },
	};
	const char *words = " by the kernel";

	for (size_t i = 0; i < countof(rows); i++)
		if (event->source && strcmp(rows[i].source, event->source) == 0)
			words = rows[i].words;
	text_add(io_text, "%s", words);
	if (event->sender)
		text_add(io_text, "%s (%" PRIu64 ")",
			 event->sender->name ? event->sender->name : "?",
			 event->sender->pid.value);
}

static void add_doer(struct text *io_text, const struct life_event *event)
{
	if (event->kind.value == LIFE_TRACED)
		add_sender(io_text, event);
	else
		add_actor(io_text, event->by);
}

static void add_after(struct text *io_text, const struct life_event *from,
		      const struct life_event *to)
{
	if (!from->boot_ms.is_set || !to->boot_ms.is_set ||
	    to->boot_ms.value < from->boot_ms.value)
		return;
	add_duration(io_text, to->boot_ms.value - from->boot_ms.value);
	text_add(io_text, " later ");
}

static void end_statement(struct text *io_text, const struct life_event *event)
{
	if (event->certainty.is_set)
		text_add(io_text, " [%s]",
			 life_certainty_name((enum life_certainty)event->certainty.value));
	text_add(io_text, ".");
}

static void add_request(struct text *io_text, const struct why *why)
{
	const struct life_event *request = why->request, *traced = why->request_traced;
	const struct life_event *judged = traced ? traced : request;

	if (!request)
		return;
	text_add(io_text, " It was asked to end: %s",
		 request->signal ? request->signal : "a signal");
	add_doer(io_text, request);
	end_statement(io_text, request);
	if (!why_is_lost(judged))
		return;
	/* The kernel's own word, or what its rule says of the process as it was before. */
	text_add(io_text, " That came to nothing [%s]: %s",
		 life_certainty_name(traced ? LIFE_SEEN : LIFE_INFERRED),
		 judged->rule ? judged->rule : "the kernel threw it away.");
	if (!traced || text_begins(judged->rule ? judged->rule : "", "PID 1 "))
		text_add(io_text, " To mend it, let husk-init be PID 1: "
			 "--init, or the annotation org.husk.init=true.");
}

/* A command may have meant to, and somebody else was quicker: a recorder saw who it was. */
static const struct life_event *killer_of(const struct why *why)
{
	const struct life_event *traced = why->end_traced, *killer = why->killer;
	bool is_same = killer && killer->by && traced && traced->sender &&
		       killer->by->pid.value == traced->sender->pid.value;

	if (!traced || !traced->signal || is_same)
		return killer;
	/* Who has sent what it was asked to end by has been said. */
	return why->cause == WHY_STOPPED ? NULL : traced;
}

static void add_killer(struct text *io_text, const struct why *why)
{
	const struct life_event *killer = killer_of(why);

	if (!killer)
		return;
	text_add(io_text, " ");
	if (why->request && why->request != killer)
		add_after(io_text, why->request, killer);
	text_add(io_text, "%s was sent", killer->kind.value == LIFE_TRACED ? killer->signal
									   : "SIGKILL");
	add_doer(io_text, killer);
	end_statement(io_text, killer);
}

static void add_bytes(struct text *io_text, uint64_t bytes)
{
	const uint64_t mib = 1 << 20;

	if (bytes < mib)
		text_add(io_text, "%" PRIu64 " KiB", bytes / 1024);
	else
		text_add(io_text, "%" PRIu64 ".%" PRIu64 " MiB", bytes / mib, bytes % mib * 10 / mib);
}

static void add_peaks(struct text *io_text, const struct life_counters *peak)
{
	if (peak->memory_peak_bytes.is_set) {
		text_add(io_text, " It used at most ");
		add_bytes(io_text, peak->memory_peak_bytes.value);
		text_add(io_text, " of memory [seen].");
	}
	if (peak->pids_peak.is_set)
		text_add(io_text, " It had at most %" PRIu64 " task%s [seen].",
			 peak->pids_peak.value, peak->pids_peak.value == 1 ? "" : "s");
}

static const char *time_of(const struct life_event *event)
{
	return event->time ? event->time : "?";
}

static void add_when(struct text *io_text, const struct why_memory *memory)
{
	if (!memory->from)
		return;
	if (memory->certainty == LIFE_INFERRED)
		text_add(io_text, ", at an unknown time between %s and %s [inferred]",
			 time_of(memory->from), time_of(memory->to));
	else if (memory->from == memory->to)
		text_add(io_text, ", at %s [seen]", time_of(memory->from));
	else
		text_add(io_text, ", first at %s, last seen at %s [seen]", time_of(memory->from),
			 time_of(memory->to));
}

static void add_memory(struct text *io_text, const struct why *why)
{
	/* That the last one of them ended it has been said. */
	if (why->cause == WHY_OUT_OF_MEMORY && why->oom_kills == 1)
		return;
	if (why->oom_kills)
		text_add(io_text,
			 " In this life the kernel killed %" PRIu64 " process%s for want of memory",
			 why->oom_kills, why->oom_kills == 1 ? "" : "es");
	else if (why->memory.from)
		text_add(io_text, " Memory ran out");
	else
		return;
	add_when(io_text, &why->memory);
	if (why->end && why->cause != WHY_OUT_OF_MEMORY)
		text_add(io_text, ", which is not what ended it");
	text_add(io_text, ".");
}

static void add_counts(struct text *io_text, const struct why *why)
{
	const struct life_counters *after = why->end ? why->end->counters : NULL;

	add_memory(io_text, why);
	if (why->pids_refused)
		text_add(io_text, " %" PRIu64 " fork%s refused at the limit of processes [seen].",
			 why->pids_refused, why->pids_refused == 1 ? " was" : "s were");
	if (after)
		add_peaks(io_text, after);
}

static void add_how(struct text *io_text, const struct why *why)
{
	const struct life_end *end = why->end ? why->end->end : NULL;
	long long status = (long long)why->exit_status.value;

	switch (why->cause) {
	case WHY_ALIVE:
		text_add(io_text, "has not ended");
		return;
	case WHY_EXITED:
		text_add(io_text, "ended by itself with exit status %lld", status);
		return;
	case WHY_STOPPED:
		text_add(io_text, "was stopped on request, exit status %lld", status);
		return;
	case WHY_KILLED:
		text_add(io_text, "was killed%s", end ? ", exit status 137" : "");
		return;
	case WHY_OUT_OF_MEMORY:
		text_add(io_text, "was killed by the kernel for want of memory, exit status %lld",
			 status);
		return;
	case WHY_SIGNAL:
		text_add(io_text, "died of %s%s%s, exit status %lld",
			 signal_name((int)end->signal.value),
			 end->has_core.value ? " (core dumped)" : "",
			 why->end_traced ? "" : " that no command of husk sent", status);
		return;
	case WHY_UNKNOWN:
		text_add(io_text, "is gone, and nobody saw how it ended");
		return;
	}
}

static void add_summary(const struct life *life, const struct why *why, struct text *io_text)
{
	text_add(io_text, "%s ", life->id);
	if (why->run_ms.is_set) {
		text_add(io_text, "ran for ");
		add_duration(io_text, why->run_ms.value);
		text_add(io_text, " and ");
	}
	add_how(io_text, why);
	text_add(io_text, " [%s].", life_certainty_name(why->certainty));
	add_request(io_text, why);
	add_killer(io_text, why);
	add_counts(io_text, why);
}

/* Names of processes are words that others chose, and a story is a file like others. */
void why_summary(const struct life *life, const struct why *why, struct text *io_text)
{
	autotext struct text words = { 0 };

	add_summary(life, why, &words);
	text_add_plain(io_text, words.data, words.size);
}

/* --- the time line --- */

static void add_end(struct text *io_text, const struct life_end *end)
{
	if (end && end->signal.is_set)
		text_add(io_text, ": %s%s", signal_name((int)end->signal.value),
			 end->has_core.value ? ", core dumped" : "");
	else if (end && end->exit_code.is_set)
		text_add(io_text, ": exit code %lld", (long long)end->exit_code.value);
	else
		text_add(io_text, ": nobody saw how");
}

static void add_event(struct text *io_text, const struct life_event *event)
{
	text_add(io_text, "  %s  %s", time_of(event),
		 life_kind_name((enum life_kind)event->kind.value));
	if (event->signal)
		text_add(io_text, " %s", event->signal);
	if (event->timeout_ms.is_set) {
		text_add(io_text, ", SIGKILL after ");
		add_duration(io_text, (uint64_t)event->timeout_ms.value);
	}
	if (event->to_all.value)
		text_add(io_text, " to all processes");
	if (event->signal || event->by)
		add_doer(io_text, event);
	if (event->outcome)
		text_add(io_text, ": %s", event->outcome);
	if (event->kind.value == LIFE_ENDED || event->end)
		add_end(io_text, event->end);
	if (event->certainty.is_set)
		text_add(io_text, " [%s]",
			 life_certainty_name((enum life_certainty)event->certainty.value));
}

void why_text(const struct life *life, struct text *io_text)
{
	struct why why = why_find(life);

	why_summary(life, &why, io_text);
	text_add(io_text, "\n\n");
	/* Several may have seen the end, or that somebody else had seen it: one line is enough. */
	for (size_t i = 0; i < life->count; i++) {
		autotext struct text line = { 0 };

		if (life->event[i].kind.value == LIFE_ENDED && &life->event[i] != why.end)
			continue;
		add_event(&line, &life->event[i]);
		text_add_plain(io_text, line.data, line.size);
		text_add(io_text, "\n");
	}
}
