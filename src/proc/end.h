// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * end - how a process ended, asked by somebody who is not its parent
 */
#ifndef HUSK_PROC_END_H
#define HUSK_PROC_END_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * end_read - the wait status of a process that has ended
 *
 * @pid_fd: a pidfd opened while it lived, or -1.
 *
 * A zombie has it in /proc/PID/stat, for whom may trace it; one that was reaped, in its pidfd, from
 * Linux 6.15 on.
 *
 * Returns 0 with a status as of waitpid(2); -EBUSY: it is alive; -ENODATA: nobody can tell any more.
 * Source: proc(5), field 52; include/uapi/linux/pidfd.h, PIDFD_INFO_EXIT.
 */
MUST_USE int end_read(pid_t pid, uint64_t start_time, int pid_fd, int *ret_wait_status,
		      struct error *err);

/**
 * end_read_age - how long ago a zombie has ended, in milliseconds
 *
 * No file has the time of an end. The scheduler notes when a task last had a processor, and a
 * task that ends does so on one: the difference to the caller's own time is the age. The
 * clocks of two processors differ by what was stolen from each, so this is an inference.
 *
 * Returns 0; -ESRCH when it is gone; -ENODATA on a kernel that does not show it.
 * Source: kernel/sched/debug.c, se.exec_start in /proc/PID/sched.
 */
MUST_USE int end_read_age(pid_t pid, uint64_t *ret_ms, struct error *err);

/* The time in the line "se.exec_start : 605206.645094", milliseconds; false: no such line. */
bool end_parse_last_run(const char *sched, double *ret_ms);

#endif
