// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grant - what a container gets of the machine, beside its cgroup: a class of cache and
 * bandwidth (linux.intelRdt) and network devices (linux.netDevices)
 *
 * All by the parent, with the host's rights.
 */
#ifndef HUSK_CONTAINER_GRANT_H
#define HUSK_CONTAINER_GRANT_H

#include "base/error.h"
#include "container/plan.h"

/* Which class; -ENOENT when one is asked for and resctrl is not mounted. Touches nothing. */
MUST_USE int container_grant_plan(struct container_plan *io_plan, struct error *err);

/* The class, before the birth. What is made is taken back by container_grant_take_back. */
MUST_USE int container_grant_make(struct container_plan *io_plan, struct error *err);

/* To a first process that waits in its namespaces: the class, and the devices. */
MUST_USE int container_grant_give(const struct container_plan *plan, pid_t pid,
				  struct error *err);

/* On the way back after an error. */
MUST_USE int container_grant_take_back(const struct container_plan *plan, struct error *err);

#endif
