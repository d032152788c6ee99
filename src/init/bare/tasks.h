// SPDX-License-Identifier: 0BSD
/*
 * tasks - the processes of /proc, for what no system call tells: whose children they are
 *
 * Everything here does nothing where /proc is missing, or shows another pid namespace, in
 * which our numbers would mean others.
 */
#ifndef HUSK_INIT_BARE_TASKS_H
#define HUSK_INIT_BARE_TASKS_H

#include <stdbool.h>
#include <sys/types.h>

bool tasks_are_known(void);

/* Calls @visit for each process, in the order of their numbers. */
void tasks_visit(void (*visit)(void *argument, pid_t pid, pid_t parent_pid), void *argument);

/**
 * tasks_signal_descendants - @signal once to each descendant of ours
 *
 * For an init that is not PID 1, and may not say kill(-1). Of more than 4096 descendants the
 * newest are left out.
 */
void tasks_signal_descendants(int signal);

#endif
