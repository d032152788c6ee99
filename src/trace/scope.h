// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scope - which processes a recording is about
 *
 * A container is a pid namespace and a cgroup: whoever is in either belongs to it. A process is
 * itself and all that it starts. Settled in the kernel from then on (bpf/scope.h).
 */
#ifndef HUSK_TRACE_SCOPE_H
#define HUSK_TRACE_SCOPE_H

#include "trace/load.h"

struct scope {
	bool all;
	uint32_t pid;	    /* 0: none */
	uint32_t namespace; /* inode number of a pid namespace; 0: none */
	uint64_t cgroup;    /* its id; 0: none */
	uint32_t tree;	    /* of the cgroup: enum event_tree */
};

/* A process, or the whole container when it is PID 1 of a pid namespace. -ESRCH: there is none. */
MUST_USE int scope_of_process(uint32_t pid, struct scope *ret_scope, struct error *err);

/*
 * The processes of one cgroup and of all below it, now or later, and all that they start.
 * -EINVAL when @path is no folder of a cgroup file system, or of a v1 tree without the pids
 * controller.
 */
MUST_USE int scope_of_cgroup(const char *path, struct scope *ret_scope, struct error *err);

/* To be called before load_attach. */
MUST_USE int scope_apply(const struct scope *scope, struct load *load, struct error *err);

/**
 * scope_follow - mark what is there already
 *
 * Called for every task of a snapshot, parents before their children as far as the list has
 * them so. Returns 1 when it is newly followed, 0, or a negative errno.
 */
MUST_USE int scope_follow(const struct scope *scope, struct load *load,
			  const struct event_task *task, struct error *err);

#endif
