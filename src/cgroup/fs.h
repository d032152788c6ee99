// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fs - what differs between the modes, and the small words that both share
 *
 * Making and removing folders, membership and writing limits are the same work in every tree.
 * The rest is here: one row of functions for cgroup v1 (fs1.c; hybrid too), one for v2 (fs2.c).
 */
#ifndef HUSK_CGROUP_FS_H
#define HUSK_CGROUP_FS_H

#include "cgroup/driver.h"
#include "cgroup/limit.h"

/* The folder, right below a mount point, that holds the containers without a cgroupsPath. */
#define CGROUP_PARENT "husk"

/* Longest waits. Every loop in this room ends by one of them. */
enum { FS_FREEZE_MS = 10000, FS_END_MS = 20000 };

/* The functions of cgroup/driver.h, for a mode that is not NONE. */
struct cgroup_driver {
	const char *name;
	int (*freeze)(const struct cgroup *cgroup, bool frozen, struct error *err);
	int (*is_frozen)(const struct cgroup *cgroup, bool *ret_frozen, struct error *err);
	int (*kill)(const struct cgroup *cgroup, struct error *err);
};

extern const struct cgroup_driver cgroup_fs1, cgroup_fs2;

/* NULL for CGROUP_MODE_NONE. */
const struct cgroup_driver *cgroup_fs_driver(enum cgroup_mode mode);

/* The tree of a v1 controller, NULL when it is not mounted; "" is the cgroup2 tree. */
const struct cgroup_tree *cgroup_fs_find_tree(const struct cgroup *cgroup, const char *controller);

/* --- cgroup2 trees (fs2.c) --- */

/**
 * cgroup_fs2_enable - give the container's folder the controllers it needs
 *
 * In CGROUP_MODE_V2 all that the folders above offer; in hybrid mode only those that @plan
 * writes to, since the rest of that tree is not ours to change. A controller that
 * nothing in @plan needs is left out without an error.
 *
 * -ENOTSUP names a controller that is needed and not there, or why the kernel does not hand it
 * down (EBUSY: processes live in a folder above).
 */
MUST_USE int cgroup_fs2_enable(const struct cgroup *cgroup, const struct cgroup_tree *tree,
			       const struct limit_plan *plan, struct error *err);

/**
 * cgroup_fs2_settle - until nobody is in the middle of giving the folder its controllers
 *
 * cgroup.controllers names a controller as soon as somebody begins to hand it down, and its files
 * come a moment later: so a file is missing only when it is missing after this. For want of the
 * right to write to the folder above it may do nothing.
 * Source: cgroup_controllers_show and cgroup_subtree_control_write of kernel/cgroup/cgroup.c.
 */
void cgroup_fs2_settle(const struct cgroup_tree *tree);

/**
 * cgroup_fs2_wait - until cgroup.events has the line @line ("frozen 1")
 *
 * Returns 0; -ETIMEDOUT after @timeout_ms; -ENOENT or -ENODEV when the folder is gone. The
 * kernel notifies; a removal by somebody else, of which it does not, is seen within 100 ms.
 */
MUST_USE int cgroup_fs2_wait(const char *folder, const char *line, int timeout_ms,
			     struct error *err);

/* cgroup.kill; -ENOENT when the kernel (before 5.14) or the folder has none. */
MUST_USE int cgroup_fs2_kill(const struct cgroup_tree *tree, struct error *err);

/* SIGKILL to every process by its pid, which is exact while they are frozen. */
MUST_USE int cgroup_fs2_kill_each(const struct cgroup *cgroup, struct error *err);

MUST_USE int cgroup_fs2_freeze(const struct cgroup_tree *tree, bool frozen, struct error *err);
MUST_USE int cgroup_fs2_is_frozen(const struct cgroup_tree *tree, bool *ret_frozen,
				  struct error *err);

/* --- v1 trees (fs1.c) --- */

/**
 * cgroup_fs1_fill - make a new cpuset folder usable
 *
 * A v1 cpuset is born without CPUs and memory nodes and takes no process until it has
 * some: they are copied from the folder above, which is filled first when it has none.
 */
MUST_USE int cgroup_fs1_fill(const struct cgroup_tree *tree, struct error *err);

#endif
