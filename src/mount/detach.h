// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detach - take a mount away from a container that runs
 */
#ifndef HUSK_MOUNT_DETACH_H
#define HUSK_MOUNT_DETACH_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_detach - unmount what is mounted on @target, below the run's root
 *
 * The topmost mount there with all below it; whoever has a file of it open keeps that
 * (MNT_DETACH). Symbolic links are followed inside the root. Moves the working directory.
 *
 * Returns 0; -ENOENT; -EINVAL: "/data: is not a mount point", or it is the root.
 */
MUST_USE int mount_detach(const struct mount_run *run, const char *target, struct error *err);

#endif
