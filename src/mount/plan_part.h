// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan_part - the pieces that mount_plan is made of; for this folder alone
 */
#ifndef HUSK_MOUNT_PLAN_PART_H
#define HUSK_MOUNT_PLAN_PART_H

#include "base/error.h"
#include "mount/plan.h"

/* One more step, with @place and @target set and nothing opened; borrowed until the next one. */
struct mount_step *mount_plan_add(struct mount_plan *io_plan, const char *place,
				  const char *target);

/* A step that is not in the list, to be some other step's fallback. */
struct mount_step *mount_plan_spare(struct mount_plan *io_plan, const char *place,
				    const char *target);

/* @path from "/" on, without empty, "." and ".." components. Memory is the arena's. */
char *mount_plan_clean(struct arena *io_arena, const char *path);

/* The step or steps of mounts[@index]. */
MUST_USE int mount_plan_entry(const struct mount_request *request, size_t index,
			      struct mount_plan *io_plan, struct error *err);

/**
 * mount_plan_cgroup - a mount of type cgroup or cgroup2, for what the host has
 *
 * On a v2 host one cgroup2; else a tmpfs with one folder for each hierarchy. Without a cgroup
 * namespace the container gets its own part of the tree, or a read-only view (S-22).
 */
MUST_USE int mount_plan_cgroup(const struct mount_request *request, const struct mount_step *asked,
			       struct mount_plan *io_plan, struct error *err);

/**
 * mount_plan_idmap - the maps of an id-mapped mount
 *
 * From the entry itself, from the text of "idmap=", or the container's own.
 * @ret_idmap: NULL when the mount is not id-mapped.
 */
MUST_USE int mount_plan_idmap(const struct mount_request *request, size_t index,
			      const struct mount_options *options, struct mount_plan *io_plan,
			      const struct mount_idmap **ret_idmap, struct error *err);

/* Default and configured device nodes; a configured one takes the place of a default one. */
MUST_USE int mount_plan_devices(const struct mount_request *request, struct mount_plan *io_plan,
				struct error *err);

#endif
