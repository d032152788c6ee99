// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overlay - an overlay whose upper layer is a fresh tmpfs ("tmpupper"); for this folder alone
 */
#ifndef HUSK_MOUNT_OVERLAY_H
#define HUSK_MOUNT_OVERLAY_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_overlay_attach - tmpfs, then overlay, both on @target_fd
 *
 * Words for the tmpfs (size=, nr_inodes=, ...) go there, all others to the overlay. The tmpfs is
 * mounted first and lies under the overlay: before Linux 6.8 or so an upper layer has to be on
 * a mount that is in the caller's mount namespace.
 *
 * Returns an O_PATH descriptor on the overlay's root.
 * Source: Documentation/filesystems/overlayfs.rst; fs/namespace.c, clone_private_mount().
 */
MUST_USE int mount_overlay_attach(const struct mount_step *step, int target_fd, int proc_fd,
				  struct error *err);

#endif
