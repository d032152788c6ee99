// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * set - sets of signals as the kernel keeps them: bit 0 is signal 1, bit 63 is signal 64
 *
 * The masks of /proc/PID/status, of a signalfd's fdinfo and of the memory of a waiting
 * process have all this form, so a set is a plain uint64_t.
 */
#ifndef HUSK_SIGNAL_SET_H
#define HUSK_SIGNAL_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* The kernel's real-time range begins here: two below what the C library gives out. */
enum { SIGNAL_QUEUED_MIN = 32 };

/* Groups of signals that the kernel treats alike (include/linux/signal.h). */
enum signal_group {
	SIGNAL_GROUP_ONLY,    /* KILL, STOP: no handler, no mask, no SIG_IGN */
	SIGNAL_GROUP_STOP,    /* STOP, TSTP, TTIN, TTOU: by default they stop */
	SIGNAL_GROUP_IGNORE,  /* CHLD, CONT, URG, WINCH: by default nothing happens */
	SIGNAL_GROUP_CORE,    /* QUIT, ILL, TRAP, ...: by default death with a core dump */
	SIGNAL_GROUP_FAULT,   /* SEGV, BUS, ILL, FPE, TRAP, SYS: raised by a fault */
};

/* 0 for a number outside of 1..64. */
uint64_t signal_set_of(int signal);

bool signal_set_has(uint64_t set, int signal);

uint64_t signal_set_group(enum signal_group group);

/**
 * signal_set_parse - "fffffffe3ffbfa07": 1 to 16 hexadecimal digits, nothing else
 *
 * Returns 0, or -EINVAL.
 */
MUST_USE int signal_set_parse(const char *text, uint64_t *ret_set);

/* "HUP INT TERM RTMIN+2", "32..RTMIN+4", "none", "all". Adds to @io_text. */
void signal_set_format(uint64_t set, struct text *io_text);

#endif
