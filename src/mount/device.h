// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device - nodes and links in the container's /dev
 */
#ifndef HUSK_MOUNT_DEVICE_H
#define HUSK_MOUNT_DEVICE_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_devices_make - default and configured nodes, the links fd, stdin, ..., and ptmx
 *
 * Before the pivot. /dev is what the configuration mounted on that name, or else the rootfs's own
 * folder as it was before the first mount: a volume that a symbolic link of the image puts there
 * gets nothing. What lies below /dev never leads out of it (S-16). Each node is looked at after it
 * was made (S-15); one that is there already is kept when it is the same, and an error otherwise
 * (-EEXIST). Where mknod is not allowed the host's node is bound on an empty file (V-06). With a
 * /dev that is a bind nothing is made in it.
 *
 * Errors: "device /dev/fuse: mknod: Operation not permitted".
 */
MUST_USE int mount_devices_make(const struct mount_plan *plan, struct mount_run *io_run,
				struct error *err);

#endif
