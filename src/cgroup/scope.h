// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scope - what only the cgroup that systemd makes needs, beside its files
 */
#ifndef HUSK_CGROUP_SCOPE_H
#define HUSK_CGROUP_SCOPE_H

#include <sys/types.h>

#include "base/error.h"
#include "cgroup/device.h"
#include "cgroup/driver.h"
#include "cgroup/limit.h"

/* Makes the unit around the process @pid, with what systemd has properties for. */
MUST_USE int cgroup_scope_start(const struct cgroup *cgroup, const struct limit_plan *limits,
				const struct device_policy *devices, pid_t pid, struct error *err);

/**
 * cgroup_scope_set - tell systemd of new limits; nothing for a cgroup that is no scope
 *
 * systemd writes its files with it, rounded and all of a controller, so the exact values are to be
 * written after. @io_plan: a write that leaves a part of its file as it is gets that part too,
 * since it does not outlive this call. -EBUSY as cgroup_apply_check.
 */
MUST_USE int cgroup_scope_set(const struct cgroup *cgroup, struct limit_plan *io_plan,
			      struct error *err);

#endif
