// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn - bring the container's first process into the world, in its namespaces
 *
 * As a rule one clone3(2) makes it with all its new namespaces, born in its cgroup. Where
 * namespaces are joined that hold for children only (pid, time), or that the others must belong
 * to (user), a process in between joins them first and makes the first process as its sibling
 * (CLONE_PARENT), so that it is the runtime's child either way.
 */
#ifndef HUSK_CONTAINER_SPAWN_H
#define HUSK_CONTAINER_SPAWN_H

#include <sys/types.h>

#include "base/error.h"
#include "container/plan.h"

struct container_child {
	pid_t pid; /* as the runtime sees it */
	int pid_fd;
};

/* What the new process does; it must not return. */
typedef void container_spawn_body(void *argument);

/* Is the process in between needed? Then the namespaces are joined before the stage is born. */
bool container_spawn_enters(const struct ns_plan *ns);

/**
 * container_spawn - start the first process
 *
 * @cgroup_fd: of cgroup_open, or -1: then the process is put in later, and a new cgroup
 *             namespace is left for it to make, since its root is the cgroup at that moment.
 *
 * Returns 0; errno of clone3(2), or of joining a namespace.
 */
MUST_USE int container_spawn(const struct container_plan *plan, int cgroup_fd,
			     container_spawn_body *body, void *argument,
			     struct container_child *ret_child, struct error *err);

/*
 * From a process in between to the runtime: the process that it has made. What the runtime
 * hears is that, the other's error, or -ECHILD when the one in between has died.
 */
void container_spawn_tell(int socket_fd, const struct container_child *child);
MUST_USE int container_spawn_hear(int socket_fd, struct container_child *ret_child,
				  struct error *err);

/* SIGKILL and wait; for the way back after an error. Nothing happens without a child. */
void container_child_kill(struct container_child *io_child);

#endif
