// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * member - the processes of a cgroup
 */
#ifndef HUSK_CGROUP_MEMBER_H
#define HUSK_CGROUP_MEMBER_H

#include "base/mem.h"
#include "base/text.h"
#include "cgroup/driver.h"

/**
 * cgroup_member_list - the processes in @folder and below, ascending, each once
 *
 * A folder that is gone has none. @ret_pids lies in @io_arena.
 */
MUST_USE int cgroup_member_list(const char *folder, struct arena *io_arena, pid_t **ret_pids,
				size_t *ret_count, struct error *err);

/**
 * cgroup_member_signal - @signal to each process, by its pid
 *
 * For a frozen cgroup: nobody ends and nobody is born meanwhile, so a pid is that process. A
 * process that has gone all the same is no error. Returns how many there were.
 */
MUST_USE int cgroup_member_signal(const struct cgroup *cgroup, int signal, struct error *err);

/* "process 12 (tar), state D, in io_schedule": one that would not end, first those in state D. */
void cgroup_member_describe(const struct cgroup *cgroup, struct text *io_text);

/* Thaws again and says who could not be frozen: -EBUSY. */
MUST_USE int cgroup_member_refuse_frozen(const struct cgroup *cgroup, struct error *err);

#endif
