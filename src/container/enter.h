// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * enter - make a process in the namespaces and the cgroup of a container that runs
 *
 * A pid namespace is entered by children only. So a process in between, born in the cgroup, goes
 * into the namespaces and makes the wanted process as its sibling (CLONE_PARENT): the
 * runtime's own child, whichever way it came there.
 */
#ifndef HUSK_CONTAINER_ENTER_H
#define HUSK_CONTAINER_ENTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "cgroup/driver.h"
#include "container/spawn.h"
#include "guard/rdt.h"

struct container_entrance {
	pid_t pid;	     /* the container's first process */
	int pid_fd;	     /* of it */
	uint64_t namespaces; /* ns_enter_look */
	const struct cgroup *cgroup; /* to be born in */
	bool is_exact;	     /* else, where it must be, in the one that the first process is in */
	const struct spec_process *process; /* its limits and oom score */
	const struct guard_rdt *rdt;	    /* its class of cache and bandwidth, or none */
};

/**
 * container_enter - start a process inside
 *
 * @body: what it does. It has the rights of the caller in the container's namespaces, the
 *        root of its mount namespace where that was entered, its limits; it is not dumpable.
 *
 * In a frozen cgroup this waits until it is thawed.
 * Returns 0; -ESRCH or -ENOMEM when the container ends in the meantime; -EPERM, -EACCES without
 * rights over the container; -EAGAIN at the limit of pids.
 */
MUST_USE int container_enter(const struct container_entrance *entrance,
			     container_spawn_body *body, void *argument,
			     struct container_child *ret_child, struct error *err);

/* What is done inside; an error of it is the caller's. */
typedef int container_errand(void *argument, struct error *err);

/**
 * container_enter_for - do something inside, in a child that ends with it
 *
 * It is in the given namespaces of @pid_fd (pid and time hold for its children only) and in the
 * caller's cgroup, so that a frozen container is no hindrance; not dumpable.
 * Returns 0, or a negative errno: the errand's own, or that of the way in.
 */
MUST_USE int container_enter_for(int pid_fd, uint64_t namespaces, container_errand *errand,
				 void *argument, struct error *err);

#endif
