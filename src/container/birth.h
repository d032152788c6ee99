// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * birth - what the runtime does for a new first process because it has the rights of the host
 */
#ifndef HUSK_CONTAINER_BIRTH_H
#define HUSK_CONTAINER_BIRTH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "container/plan.h"

/* The cgroup that the process can be born in, for clone3(2); -1: it must be moved in later. */
int container_birth_open_cgroup(const struct container_plan *plan);

/**
 * container_birth_place - give a process that waits its ids, cgroup, devices, limits, OOM score
 *
 * @pid: as the runtime sees it.
 */
MUST_USE int container_birth_place(const struct container_plan *plan, pid_t pid,
				   bool is_born_in_cgroup, struct error *err);

#endif
