// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trees - the cgroups that there are when a recording begins
 *
 * Those that are made later are told by the kernel.
 */
#ifndef HUSK_TRACE_TREES_H
#define HUSK_TRACE_TREES_H

#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

/* Gets each cgroup; @event is borrowed for the call. A negative result ends the listing. */
typedef int trees_take(void *data, const struct event_head *event);

struct trees_request {
	uint64_t time_ns; /* of all the events */
	trees_take *take;
	void *data;
};

/*
 * All cgroups of the v2 tree and of that with the controller pids, parents first, as far as they
 * are mounted here. Returns 0, what reading /proc/self/mountinfo gives, or what @take returned.
 */
MUST_USE int trees_list(const struct trees_request *request, struct error *err);

/**
 * trees_walk - all cgroups of one tree
 *
 * @folder: where it is mounted. @root: which of its cgroups that is, "/" for the first.
 * @tree: bits of enum event_tree. A folder that vanishes meanwhile is passed over.
 */
MUST_USE int trees_walk(const struct trees_request *request, const char *folder,
			const char *root, uint32_t tree);

#endif
