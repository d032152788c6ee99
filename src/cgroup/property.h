// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property - what systemd shall know about a container's unit, as words; touches nothing
 *
 * All limits are written to the files as well, and there they are exact. systemd is told, lest
 * it writes its own defaults over them when it is reloaded or when one limit is changed; what it
 * has no property for it leaves alone. Source: systemd.resource-control(5), and the D-Bus names
 * in org.freedesktop.systemd1(5).
 */
#ifndef HUSK_CGROUP_PROPERTY_H
#define HUSK_CGROUP_PROPERTY_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"
#include "cgroup/device.h"
#include "cgroup/driver.h"
#include "cgroup/limit.h"

/* What a CPU quota that is changed only in part has now. */
struct property_quota {
	int64_t quota_us; /* -1: no limit */
	uint64_t period_us;
};

#define PROPERTY_QUOTA_NEW { -1, 100000 }

/* What every scope of ours has: description, slice, process, delegation, accounting. */
void cgroup_property_add_scope(const struct cgroup *cgroup, pid_t pid, struct text *io_words);

/**
 * cgroup_property_add_limits - each write of @plan that systemd has a property for
 *
 * The plan is by files, so resources.memory.limit and unified["memory.max"] are one thing here.
 * A text that is no plain number, list or size is left to the kernel to judge.
 */
void cgroup_property_add_limits(const struct limit_plan *plan, struct property_quota now,
				struct text *io_words);

/**
 * cgroup_property_add_devices - DevicePolicy and DeviceAllow
 *
 * Only where they say just what @policy says: devices are refused unless a rule allows them, and
 * no rule takes back a part. Else nothing is added, and our own rules hold alone.
 */
void cgroup_property_add_devices(const struct device_policy *policy, struct text *io_words);

/**
 * cgroup_property_add_annotations - org.systemd.property.NAME=VALUE (cgroup/variant.h)
 *
 * A NAME that ends in Sec becomes one in USec, the number being seconds.
 * Returns 0, or -EINVAL: "config.json: annotations["..."]: ...".
 */
MUST_USE int cgroup_property_add_annotations(const struct json_pairs *annotations,
					     struct text *io_words, struct error *err);

#endif
