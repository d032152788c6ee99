// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * waits - what a thread waits for: the system call it is in, and the signals it awaits
 *
 * While a thread sleeps in sigtimedwait(2) the kernel takes the awaited signals out of its
 * mask, so SigBlk in /proc does not show them, though a signal of that set is kept for the
 * thread as if it were blocked. An init that waits this way (tini does) looks deaf and is
 * not. The set lies in the thread's own memory, where the call's first argument points.
 *
 * All of it needs the right to trace the process (ptrace(2), "access mode checking").
 */
#ifndef HUSK_PROC_WAITS_H
#define HUSK_PROC_WAITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum { WAITS_PLACE_SIZE = 64 };

struct waits {
	bool is_running; /* on a processor, or ready for one: in no call */
	long call;	 /* number of the system call; -1: waits outside of one */
	uint64_t first_argument;
};

/**
 * waits_read - /proc/PID/task/TID/syscall
 *
 * Returns 0; -EPERM or -EACCES without the right; -ESRCH; -ENOENT: a kernel without it.
 */
MUST_USE int waits_read(pid_t pid, pid_t tid, struct waits *ret_waits, struct error *err);

/* waits_parse - the text of that file; -EBADMSG when it is none. */
MUST_USE int waits_parse(const char *text, struct waits *ret_waits, struct error *err);

/* True when the thread waits for signals in sigtimedwait(2), sigwaitinfo(2) or sigwait(3). */
bool waits_for_signals(const struct waits *waits);

/**
 * waits_read_awaited - which signals they are
 *
 * @waits: one for which waits_for_signals is true.
 * @ret_set: as signal/set.h; without KILL and STOP, which nobody can await.
 *
 * Returns 0; -EPERM or -EACCES without the right; -EIO when it does not wait any more.
 */
MUST_USE int waits_read_awaited(pid_t pid, pid_t tid, const struct waits *waits,
				uint64_t *ret_set, struct error *err);

/**
 * waits_read_place - the function of the kernel it sleeps in: "do_sigtimedwait", "0" for none
 *
 * @ret_place: WAITS_PLACE_SIZE bytes.
 * Returns 0 or a negative errno. Source: proc(5), /proc/pid/wchan.
 */
MUST_USE int waits_read_place(pid_t pid, pid_t tid, char *ret_place, struct error *err);

/**
 * waits_read_signalfds - the signals that the process's signalfds would take
 *
 * A signalfd without a reader counts as well: no file tells who reads it.
 * Returns 0; -EACCES without the right to look at its descriptors.
 */
MUST_USE int waits_read_signalfds(pid_t pid, uint64_t *ret_set, struct error *err);

/* The "sigmask:" of the text of a file in /proc/PID/fdinfo; false when there is none. */
bool waits_parse_signalfd(const char *text, uint64_t *ret_set);

#endif
