// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unit - from linux.cgroupsPath to the names of a systemd scope and its slice; touches nothing
 *
 * Source: systemd.unit(5), systemd.slice(5); what engines write into cgroupsPath.
 */
#ifndef HUSK_CGROUP_UNIT_H
#define HUSK_CGROUP_UNIT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"

/* Of the name of a scope without a cgroupsPath. */
#define UNIT_PREFIX "husk"

/**
 * cgroup_unit_plan - the names in "SLICE:PREFIX:NAME"
 *
 * @path: linux.cgroupsPath; NULL or "": ":husk:ID". The scope is "PREFIX-NAME.scope", or
 *        "NAME.scope" without a prefix. An empty slice is system.slice, for an ordinary user
 *        user.slice; "-" is the root slice.
 * @ret_unit: name and slice are set, in @io_arena.
 *
 * Returns 0, or -EINVAL with "linux.cgroupsPath: " in front.
 */
MUST_USE int cgroup_unit_plan(const struct cgroup_request *request, struct arena *io_arena,
			      struct cgroup_unit *ret_unit, struct error *err);

/**
 * cgroup_unit_slice_path - where a slice lies below systemd's own root
 *
 * A dash in the name is a level: "a-b.slice" is "/a.slice/a-b.slice", "-.slice" is "".
 *
 * Returns 0; -EINVAL for a name without ".slice", with "/", or with an empty level.
 */
MUST_USE int cgroup_unit_slice_path(const char *slice, struct arena *io_arena, char **ret_path,
				    struct error *err);

#endif
