// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * why - how a container died, told from its story
 *
 * Pure: a story in, text out. Each statement is marked as seen (by a command of husk or a
 * recorder, from the kernel), recorded (by somebody else) or inferred (from other facts); what
 * nobody saw is said to be unknown.
 */
#ifndef HUSK_VIEW_WHY_H
#define HUSK_VIEW_WHY_H

#include "base/text.h"
#include "state/life.h"

/* The version of the JSON form; it changes when a member changes its meaning. */
enum { WHY_VERSION = 1 };

enum why_cause {
	WHY_ALIVE,	/* it has not ended, as far as the story goes */
	WHY_EXITED,	/* by itself, with an exit code */
	WHY_STOPPED,	/* on request, by the first signal */
	WHY_KILLED,	/* by a SIGKILL that a command sent */
	WHY_OUT_OF_MEMORY,
	WHY_SIGNAL,	/* by a signal that no command sent */
	WHY_UNKNOWN,	/* it is gone, and nobody saw how */
};

/* When memory ran out; @from NULL: it did not, as far as anybody knows. */
struct why_memory {
	enum life_certainty certainty; /* inferred: nobody watched, it was some time in between */
	const struct life_event *from, *to; /* seen: the first time and the last that is told */
};

struct why {
	enum why_cause cause;
	enum life_certainty certainty;
	struct maybe_int exit_status; /* 128+n for a signal */
	const struct life_event *started, *request, *killer, *end; /* NULL: not in the story */
	/* What a recorder saw of the request, and of the end. */
	const struct life_event *request_traced, *end_traced;
	uint64_t oom_kills, pids_refused; /* in this life */
	struct why_memory memory;
	struct maybe_uint run_ms;
};

/* What the story says, as facts. */
struct why why_find(const struct life *life);

/* A signal that came to nothing, as far as the event tells. */
bool why_is_lost(const struct life_event *event);

/* The paragraph alone. (why_text.c) */
void why_summary(const struct life *life, const struct why *why, struct text *io_text);

/* The paragraph, then a line per event. */
void why_text(const struct life *life, struct text *io_text);

/* One object, as docs/schema/why.schema.json has it. (why_json.c) */
void why_json(const struct life *life, struct text *io_text);

#endif
