// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * attach - the steps of a plan, one by one, given to the kernel
 */
#ifndef HUSK_MOUNT_ATTACH_H
#define HUSK_MOUNT_ATTACH_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_attach_all - every step in its order, below the run's root
 *
 * A target is opened below the root once and mounted on by descriptor (S-05, S-06). A missing
 * one is made: a folder, or a file when the source is no folder. A mount on "/" takes the place of
 * the root: run's root_fd is then the new one.
 *
 * Returns 0, or a negative errno with the step named:
 * "mounts[3]: mount /srv on /data: open /srv: No such file or directory".
 */
MUST_USE int mount_attach_all(const struct mount_plan *plan, struct mount_run *io_run,
			      struct error *err);

#endif
