// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * source - what is opened by the parent because the stage may not or cannot
 */
#ifndef HUSK_MOUNT_SOURCE_H
#define HUSK_MOUNT_SOURCE_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_open_sources - clones of bind sources and host device nodes, before the fork
 *
 * For a parent with CAP_SYS_ADMIN over its own mount namespace: a stage in another user
 * namespace may lack the right to walk to a source. Must be called when the plan says
 * needs_sources: MOUNT_ATTR_IDMAP wants rights over the file system, and for a container that runs
 * nobody else sees the host's files (Linux 5.12 then, else -ENOSYS). Otherwise the stage opens
 * what it finds closed. The descriptors stay in the plan, close-on-exec, and reach the stage by
 * fork. The clones are slaves of the host's mounts, never their peers.
 *
 * Returns 0, or a negative errno: "mounts[1]: mount /srv on /data: open /srv: ...".
 */
MUST_USE int mount_open_sources(struct mount_plan *io_plan, struct error *err);

#endif
