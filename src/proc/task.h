// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * task - one process as /proc/PID shows it, and a descriptor for exactly that process
 *
 * A pid alone names nobody for long: the kernel gives it to another process later. A pid
 * with the start time (and the boot) names one process for ever.
 */
#ifndef HUSK_PROC_TASK_H
#define HUSK_PROC_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum { TASK_NAME_SIZE = 64, TASK_BOOT_ID_SIZE = 37 };

struct task {
	pid_t pid, parent_pid;
	pid_t group, session;
	char state;		   /* 'R', 'S', 'D', 'T', 't', 'Z', 'X', 'I' ... of proc(5) */
	unsigned int flags;	   /* field 9 */
	unsigned int threads;	   /* a dead leader that still has living threads counts */
	uint64_t start_time;	   /* field 22: clock ticks after the boot */
	char name[TASK_NAME_SIZE]; /* field 2; it may hold any byte but 0 */
};

/**
 * task_read - /proc/PID/stat
 *
 * Returns 0; -ESRCH when there is no such process; another negative errno when it is there
 * but cannot be looked at (no /proc, hidepid). Source: proc(5).
 */
MUST_USE int task_read(pid_t pid, struct task *ret_task, struct error *err);

/* task_parse - the text of a stat file; -EBADMSG when it is none. */
MUST_USE int task_parse(const char *stat, struct task *ret_task, struct error *err);

/*
 * A zombie is dead, reaped or not. A zombie leader whose other threads still run is not:
 * the kernel reports the end of the process only after the last thread.
 */
bool task_is_dead(const struct task *task);

/* On its way out, if need be waiting for the end of others: PID 1 of a pid namespace does. */
bool task_is_exiting(const struct task *task);

/* A part of the kernel that is scheduled like a process; it runs no program. */
bool task_is_kernel_thread(const struct task *task);

/**
 * task_is_alive - the process that had @pid and @start_time still runs
 *
 * False when it is gone, a zombie, or when the pid belongs to another one now. A process
 * that exists but cannot be looked at counts as alive, so that nobody clears away what may
 * still be running.
 */
bool task_is_alive(pid_t pid, uint64_t start_time);

/**
 * task_open - a pidfd for the process that had @pid and @start_time
 *
 * Opened first and verified after, so that a reused pid is never hit.
 *
 * Returns the descriptor (close-on-exec); -ESRCH when that process has ended (text
 * "process PID: No such process").
 */
MUST_USE int task_open(pid_t pid, uint64_t start_time, struct error *err);

/**
 * task_read_boot_id - which boot of the machine this is
 *
 * @ret_id: TASK_BOOT_ID_SIZE bytes: a UUID as text. Start times of different boots do not
 *          compare.
 */
MUST_USE int task_read_boot_id(char *ret_id, struct error *err);

#endif
