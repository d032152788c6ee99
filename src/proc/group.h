// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * group - process groups: is one orphaned
 *
 * A group is orphaned when no living member has a parent in another group of the same
 * session: then no shell is left that could continue it, and the stop signals of a terminal
 * do nothing in it. Source: setpgid(2); kernel/exit.c, will_become_orphaned_pgrp.
 */
#ifndef HUSK_PROC_GROUP_H
#define HUSK_PROC_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "proc/task.h"

/**
 * group_is_orphaned - by a list of processes
 *
 * @machine_init: the number of the machine's first process, which adopts and continues
 *                nobody; 0 when it is not in the list.
 * @tasks:        all processes; none may be missing.
 */
bool group_is_orphaned(pid_t group, pid_t machine_init, const struct task *tasks, size_t count);

/**
 * group_read_orphaned - the same for the group of @task, from /proc
 *
 * Looks at all processes unless the parent of @task answers the question by itself.
 * Returns 0 or a negative errno of reading /proc.
 */
MUST_USE int group_read_orphaned(const struct task *task, bool *ret_is_orphaned,
				 struct error *err);

#endif
