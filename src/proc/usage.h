// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage - what a process has used, since when, and at which terminal
 */
#ifndef HUSK_PROC_USAGE_H
#define HUSK_PROC_USAGE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"

struct usage {
	unsigned int tty_major, tty_minor; /* both 0: none */
	uint64_t cpu_ticks;		   /* in user mode and in the kernel */
	uint64_t start_ticks;		   /* after the boot */
};

/* usage_read - of /proc/PID/stat; -ESRCH when there is no such process. */
MUST_USE int usage_read(pid_t pid, struct usage *ret_usage, struct error *err);

/* usage_parse - the text of a stat file; -EBADMSG when it is none. proc(5). */
MUST_USE int usage_parse(const char *stat, struct usage *ret_usage, struct error *err);

enum { USAGE_TEXT_SIZE = 24 };

/* Small texts for people; pure but for the time zone. */
struct usage_text {
	char text[USAGE_TEXT_SIZE];
};

/* "pts/3", "tty1", "ttyS0", "?" */
struct usage_text usage_format_tty(const struct usage *usage);

/* "00:01:02", "3-04:05:06" */
struct usage_text usage_format_cpu(const struct usage *usage, long ticks_per_second);

/* "09:41" today, "Nov19" this year, else the year. */
struct usage_text usage_format_start(time_t start, time_t now);

#endif
