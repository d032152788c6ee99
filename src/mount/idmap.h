// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idmap - an id-mapped mount; for this folder alone
 */
#ifndef HUSK_MOUNT_IDMAP_H
#define HUSK_MOUNT_IDMAP_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_idmap_set - give a detached mount its id maps
 *
 * The maps are those of a user namespace that a helper process lends and that nobody else ever
 * enters (S-36). There is no way back to an unmapped mount.
 *
 * Returns 0; -ENOSYS before Linux 5.12; -EINVAL where the file system has no id-mapped mounts;
 * -EPERM without rights over the file system or the maps.
 * Source: mount_setattr(2), "ID-mapped mounts".
 */
MUST_USE int mount_idmap_set(int tree_fd, const struct mount_idmap *idmap, struct error *err);

#endif
