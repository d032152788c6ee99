// SPDX-License-Identifier: GPL-2.0-or-later
/* clear - take away all that an experiment has left */
#ifndef HUSK_LAB_CLEAR_H
#define HUSK_LAB_CLEAR_H

#include <sys/types.h>

/**
 * clear_all - kill and reap every process below the caller, who is their subreaper; remove the
 *             cgroups and the trace instance called @name
 *
 * @pid: the one whose wait status is wanted.
 * Frozen ones are thawed. Does not return before the last process is gone.
 */
void clear_all(const char *name, pid_t pid, int *ret_wait_status);

#endif
