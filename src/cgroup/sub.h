// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sub - a cgroup below the container's: where a further process goes in
 *
 * Nothing is made: these folders are the container's own doing, or its manager's.
 */
#ifndef HUSK_CGROUP_SUB_H
#define HUSK_CGROUP_SUB_H

#include <sys/types.h>

#include "base/error.h"
#include "cgroup/driver.h"

/**
 * cgroup_sub_find - by words as `exec --cgroup` has them
 *
 * @words: "PATH" for every tree, or "CONTROLLER[,CONTROLLER]:PATH" for some of v1; NULL at the
 *         end. "/" is the container's own, and so is a tree that no word names.
 *
 * Returns 0; -EINVAL for "..", a controller that is not there, controllers with v2, or a second
 * path for one tree; -ENOENT when there is no such cgroup; -ENOTSUP without any cgroup.
 * @ret_cgroup must be released with cgroup_clear.
 */
MUST_USE int cgroup_sub_find(const struct cgroup *cgroup, const char *const *words,
			     struct cgroup *ret_cgroup, struct error *err);

/**
 * cgroup_sub_of - the cgroup that the process @pid is in, when that is below the container's
 *
 * Cgroup v2 only: where the container has made cgroups with controllers in its own, no process
 * may live in the upper one (cgroups(7), "no internal processes" rule).
 *
 * Returns 0; -ENOENT when it is not below; -ENOTSUP in another mode.
 */
MUST_USE int cgroup_sub_of(const struct cgroup *cgroup, pid_t pid, struct cgroup *ret_cgroup,
			   struct error *err);

#endif
