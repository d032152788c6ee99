// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * facts - what the kernel's rule for signals asks about a process, gathered from /proc
 *
 * Everything is read; nothing is sent but signal 0, which asks for permission and does
 * nothing else. Each fact keeps the line that it was read from, as evidence. What could not
 * be read for want of a right is listed as a gap, so that nobody takes a guess for knowledge.
 */
#ifndef HUSK_VIEW_FACTS_H
#define HUSK_VIEW_FACTS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "proc/freeze.h"
#include "proc/status.h"
#include "proc/task.h"
#include "signal/verdict.h"

enum facts_from {
	FACTS_FROM_CALLER,  /* husk itself, with the rights that it has */
	FACTS_FROM_INSIDE,  /* somebody in the target's pid namespace who may */
	FACTS_FROM_OUTSIDE, /* somebody in an outer one who may */
	FACTS_FROM_PID,
};

struct facts_request {
	pid_t pid; /* of a process, or of a thread: that stands for its process */
	uint64_t start_time; /* of the process that is meant; 0: whichever has the number */
	enum facts_from from;
	pid_t sender_pid; /* FACTS_FROM_PID */
	uint64_t signals; /* what will be asked about; saves reading what only others need */
};

struct facts_line {
	enum verdict_fact fact;
	pid_t tid;	     /* of a thread's own file; 0 for the process's */
	const char *file;    /* "/proc/12/status" */
	const char *text;    /* "SigBlk: 0000000000004000" */
	const char *meaning; /* "TERM"; NULL: the line says it all */
};

struct facts_gap {
	const char *text;
};

struct facts {
	struct task task;
	struct status status;
	struct freeze freeze;
	enum facts_from from;
	pid_t sender_pid; /* 0: nobody in particular */
	char sender_name[TASK_NAME_SIZE];
	struct verdict_target target;
	struct verdict_sender sender;
	size_t line_count, gap_count;
	struct facts_line *line;
	struct facts_gap *gap;
	struct arena arena; /* owns all of the above */
};

#define autofacts autoclean(facts_clear)

/**
 * facts_read - all about one process and one sender
 *
 * Returns 0, the caller clears it; -ESRCH when there is no such process, or when it ended
 * (or its number went to another one) while it was looked at; -EINVAL for a sender outside
 * of the outermost pid namespace.
 */
MUST_USE int facts_read(const struct facts_request *request, struct facts *ret_facts,
			struct error *err);

/* Is the process, dead or alive, still the one that was read? -ESRCH when it is not. */
MUST_USE int facts_check_same(const struct facts *facts, struct error *err);

void facts_clear(struct facts *io_facts);

/* Adds a line of evidence; @format is filled in and makes the text. */
void facts_add_line(struct facts *io_facts, const struct facts_line *line);

/* Adds what could not be read, and why: "which signals thread 12 awaits: Permission denied". */
void facts_add_gap(struct facts *io_facts, const char *format, ...) PRINTF(2, 3);

#endif
