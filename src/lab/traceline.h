// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * traceline - one line of a tracefs trace
 *
 *	 husk-lab-4711    [001] d.h2.   722.280123: reschedule_entry: vector=253
 *
 * Source: Documentation/trace/ftrace.rst, "Output format".
 */
#ifndef HUSK_LAB_TRACELINE_H
#define HUSK_LAB_TRACELINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TRACELINE_FLAGS = 8, TRACELINE_EVENT = 48 };

struct traceline {
	pid_t pid; /* of the task that it happened to; 0 for an idle CPU */
	int cpu;
	char flags[TRACELINE_FLAGS]; /* "d.h2." */
	char event[TRACELINE_EVENT]; /* "reschedule_entry" */
	const char *rest; /* within the text: what stands behind the event's name */
};

/* Reads the line at *@io_text, which then points at the next one. False at the end of the text. */
bool traceline_next(const char **io_text, struct traceline *ret_line);

/* The number behind "@key" in the line's rest, as "pid="; @fallback when it is not there. */
long traceline_number(const struct traceline *line, const char *key, long fallback);

/* Were interrupts off on that CPU? */
bool traceline_irqs_off(const struct traceline *line);

#endif
