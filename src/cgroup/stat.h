// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stat - what the kernel has counted for a container's cgroup
 *
 * For `ps`, `events` and the death record. A counter that this kernel or this kind of
 * cgroup does not have is not set; so is a limit that is "no limit".
 * Source: the kernel's admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, pids.rst.
 */
#ifndef HUSK_CGROUP_STAT_H
#define HUSK_CGROUP_STAT_H

#include "base/error.h"
#include "cgroup/driver.h"
#include "json/bind.h"

struct cgroup_stat {
	struct maybe_uint memory_current_bytes;
	struct maybe_uint memory_peak_bytes;  /* v2: Linux 5.19 */
	struct maybe_uint memory_limit_bytes;
	struct maybe_uint oom_kills;	      /* processes killed for memory */
	struct maybe_uint pids_current;
	struct maybe_uint pids_peak;	      /* Linux 6.1 */
	struct maybe_uint pids_limit;
	struct maybe_uint pids_refused;	      /* forks refused at the limit: pids.events, "max" */
	struct maybe_uint cpu_ns;
	struct maybe_uint cpu_user_ns;
	struct maybe_uint cpu_system_ns;
	struct maybe_uint throttled_ns;	      /* time spent waiting for quota */
};

/**
 * cgroup_stat_read - all counters as they are now
 *
 * Returns 0; -ENOENT when the folder is gone. CGROUP_MODE_NONE gives nothing set.
 */
MUST_USE int cgroup_stat_read(const struct cgroup *cgroup, struct cgroup_stat *ret_stat,
			      struct error *err);

/**
 * cgroup_stat_read_story - what the death record tells: kills, refused forks, both peaks
 *
 * Nothing else is read, nor set. A folder that is gone gives nothing set.
 */
void cgroup_stat_read_story(const struct cgroup *cgroup, struct cgroup_stat *ret_stat);

/* How many processes were killed for memory, read alone; unset where nobody counts. */
struct maybe_uint cgroup_stat_read_oom_kills(const struct cgroup *cgroup);

#endif
