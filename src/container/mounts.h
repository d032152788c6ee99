// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts - mount and unmount in a container that runs
 *
 * Sources of bind mounts are the host's, everything else is named and made inside, with the
 * rights and the root of the container: no symbolic link leads out of it.
 */
#ifndef HUSK_CONTAINER_MOUNTS_H
#define HUSK_CONTAINER_MOUNTS_H

#include "base/error.h"
#include "spec/spec.h"
#include "state/store.h"

/**
 * container_mounts_add - mount @mounts in their order, as if config.json had them
 *
 * In a created, running or paused container with a mount namespace of its own. What an error
 * comes after stays mounted. Binds need CAP_SYS_ADMIN on the host and Linux 5.12.
 *
 * Returns 0; -ESRCH when the container does not run; -EINVAL for the destination "/", a
 * proc or cgroup file system, copy-symlink; what the kernel says: "mounts[0]: mount /a on /b: ...".
 */
MUST_USE int container_mounts_add(const struct store *store, const char *id,
				  struct spec_mounts *mounts, struct error *err);

/* Unmount the destinations of @mounts, the last one first. "mounts[0]: /b: is not ...". */
MUST_USE int container_mounts_remove(const struct store *store, const char *id,
				     struct spec_mounts *mounts, struct error *err);

#endif
