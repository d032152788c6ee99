// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * root - the rootfs becomes a mount, then "/"
 */
#ifndef HUSK_MOUNT_ROOT_H
#define HUSK_MOUNT_ROOT_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_root_open - cut the mount namespace off the host, make the rootfs a mount
 *
 * All of "/" becomes a slave, so that nothing made here reaches the host (S-19); the rootfs is
 * bound on itself. *@ret_run is whole on success; the caller ends it with mount_run_clear.
 *
 * Returns 0, or a negative errno: "root.path: open /bundle/rootfs: No such file or directory".
 */
MUST_USE int mount_root_open(const struct mount_plan *plan, struct mount_run *ret_run,
			     struct error *err);

/**
 * mount_root_pivot - run's root becomes "/", the old root is gone
 *
 * With plan's no_pivot (a root on the initial ramfs cannot be pivoted): the host's proc and
 * sysfs mounts are taken away or covered (S-23), the root is moved onto "/" and entered by chroot.
 * The working directory is "/" afterwards.
 */
MUST_USE int mount_root_pivot(const struct mount_plan *plan, const struct mount_run *run,
			      struct error *err);

#endif
