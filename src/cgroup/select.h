// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * select - the thinking of cgroup_select: from what is mounted to a struct cgroup
 */
#ifndef HUSK_CGROUP_SELECT_H
#define HUSK_CGROUP_SELECT_H

#include "cgroup/driver.h"
#include "proc/mounts.h"

/* Where a cgroup2 mount means that the machine is a pure v2 one, whatever else is mounted. */
#define SELECT_USUAL_MOUNT "/sys/fs/cgroup"

/**
 * cgroup_select_clean - a cgroupsPath as a path below the mount point
 *
 * @ret_path: without a slash at either end, without "." and "..". In @io_arena.
 * Returns 0, or -EINVAL when it leads above the mount point or is the mount point.
 */
MUST_USE int cgroup_select_clean(const char *path, struct arena *io_arena, char **ret_path,
				 struct error *err);

/* Mode, trees with controllers and mount points; no folders yet. */
void cgroup_select_trees(const struct mounts *mounts, struct cgroup *io_cgroup);

/**
 * cgroup_select_own - the caller's folder in the cgroup2 tree
 *
 * @membership: the text of /proc/self/cgroup.
 * Returns the absolute path in @io_arena; NULL when no path of that tree's mount leads there:
 * it lies outside of what is mounted, or of the cgroup namespace.
 */
char *cgroup_select_own(const struct mounts *mounts, const char *mount_point,
			const char *membership, struct arena *io_arena);

#endif
