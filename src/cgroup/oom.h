// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oom - to be told when a container runs out of memory
 *
 * Cgroup v2 counts killed processes in memory.events and notifies of each change of that file.
 * V1 counts up an eventfd that was registered for memory.oom_control.
 * Source: the kernel's admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst, section 10.
 */
#ifndef HUSK_CGROUP_OOM_H
#define HUSK_CGROUP_OOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/scope.h"
#include "cgroup/driver.h"

struct cgroup_oom {
	int fd;	       /* for poll(2), with @events; -1 when nobody tells */
	short events;
	uint64_t seen; /* v2: killed processes that are told of already */
};

#define CGROUP_OOM_NONE { .fd = -1 }

#define autooom autoclean(cgroup_oom_close)

/**
 * cgroup_oom_open - begin to watch
 *
 * Without a memory controller, or in CGROUP_MODE_NONE, fd stays -1 and nothing is ever told.
 * Returns 0, or a negative errno; -ENOENT when the cgroup is gone.
 */
MUST_USE int cgroup_oom_open(const struct cgroup *cgroup, struct cgroup_oom *ret_oom,
			     struct error *err);

/* Whether memory ran out since the last call; never waits. */
bool cgroup_oom_take(struct cgroup_oom *io_oom);

void cgroup_oom_close(struct cgroup_oom *io_oom);

#endif
