// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * apply - carry out a plan of limits; decides nothing
 */
#ifndef HUSK_CGROUP_APPLY_H
#define HUSK_CGROUP_APPLY_H

#include "cgroup/driver.h"
#include "cgroup/limit.h"

/* Looks at every usage file: -EBUSY when more is in use than will be allowed. */
MUST_USE int cgroup_apply_check(const struct cgroup *cgroup, const struct limit_plan *plan,
				struct error *err);

/**
 * cgroup_apply - write all of @plan into the folders of @cgroup, in order
 *
 * After cgroup_apply_check. -ENOTSUP when the kernel has no such file. Errors: "PROPERTY: FOLDER: write "TEXT" to FILE: ...".
 */
MUST_USE int cgroup_apply(const struct cgroup *cgroup, const struct limit_plan *plan,
			  struct error *err);

#endif
