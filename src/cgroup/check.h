// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check - values in linux.resources that no kernel takes, refused before anything is made
 *
 * Each returns 0, or -EINVAL with the JSON path in front.
 */
#ifndef HUSK_CGROUP_CHECK_H
#define HUSK_CGROUP_CHECK_H

#include "cgroup/planner.h"

/* -EINVAL with "@property: " in front. */
MUST_USE int cgroup_check_wrong(const struct planner *p, const char *property,
				const char *format, ...) PRINTF(3, 4);

/*
 * memory.swap counts memory and swap together: a positive one needs a positive memory.limit
 * that is not larger. An update on v1 may change memsw alone: there the limit is in force.
 */
MUST_USE int cgroup_check_swap(const struct planner *p);

/* memory.swappiness is a percentage. */
MUST_USE int cgroup_check_swappiness(const struct planner *p);

/*
 * All of blockIO: weights are 0 (unset) or 10 to 1000, an entry of weightDevice has at least
 * one, every device has a major and a minor number.
 */
MUST_USE int cgroup_check_io(const struct planner *p);

/* hugepageLimits[@index].pageSize reads like "64KB", "2MB", "1GB". */
MUST_USE int cgroup_check_page_size(const struct planner *p, size_t index);

#endif
