// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * target - where a step's mount goes to; for this folder alone
 */
#ifndef HUSK_MOUNT_TARGET_H
#define HUSK_MOUNT_TARGET_H

#include "base/error.h"
#include "mount/plan.h"

/* Opens a target that has to be there, by the step's rules for symbolic links. */
MUST_USE int mount_target_find(const struct mount_step *step, int root_fd, int flags,
			       struct error *err);

/**
 * mount_target_open - the target, made when it is missing
 *
 * @is_folder:   a folder is wanted, and made; else anything is taken and a file is made.
 * @ret_existed: it was there before. May be NULL.
 *
 * Returns an O_PATH descriptor; -ENOTDIR when something else is in the way; -EPERM when the path
 * leads onto a procfs and the step has no leave for that.
 */
MUST_USE int mount_target_open(const struct mount_step *step, int root_fd, bool is_folder,
			       bool *ret_existed, struct error *err);

/* Opens the run's /dev as it is now, without symbolic links; none there is no error. */
MUST_USE int mount_target_open_dev(struct mount_run *io_run, struct error *err);

/**
 * mount_target_reach - open what is at @path now
 *
 * Below /dev, /proc and /sys the walk begins at what was mounted there, not at the name: it may
 * have been exchanged for a link, and back again before the program runs (S-12).
 */
MUST_USE int mount_target_reach(const struct mount_run *run, const char *path, struct error *err);

/**
 * mount_target_keep - note a mount that is in its place now
 *
 * One on "/" is the run's root from here on, and one on the name of a place is that place
 * (@io_tree_fd is taken then). One that is made read-only late is remembered.
 */
MUST_USE int mount_target_keep(const struct mount_step *step, int *io_tree_fd,
			       struct mount_run *io_run, struct error *err);

#endif
