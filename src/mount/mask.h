// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mask - what the container must not see or write
 */
#ifndef HUSK_MOUNT_MASK_H
#define HUSK_MOUNT_MASK_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_finish - late read-only mounts, read-only and masked paths, the root itself
 *
 * After pivot and console, before any code of the container (L-07). A path that does not exist
 * is passed over; any other error ends it. Last of all rootfsPropagation "shared" and
 * "unbindable", which would hinder what comes before.
 *
 * Errors: "linux.maskedPaths: /proc/kcore: ...", "linux.readonlyPaths: ...", "root.readonly: ...".
 */
MUST_USE int mount_finish(const struct mount_plan *plan, const struct mount_run *run,
			  struct error *err);

#endif
