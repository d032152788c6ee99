// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * planner - what the three halves of limit share: limit.c (order, files that both versions
 * have), limit1.c (files of cgroup v1), limit2.c (files of v2)
 */
#ifndef HUSK_CGROUP_PLANNER_H
#define HUSK_CGROUP_PLANNER_H

#include "cgroup/limit.h"

/* One controller's part of linux.resources on its way into the plan. */
struct planner {
	const struct spec_resources *resources;
	const struct limit_facts *facts;
	struct limit_plan *plan;
	enum cgroup_mode version; /* of this controller; NONE: it is nowhere */
	const char *controller;
	struct error *err;
};

/* Adds the writes of one controller. */
typedef int cgroup_planner_part(const struct planner *p);

cgroup_planner_part cgroup_planner_memory1, cgroup_planner_cpu1, cgroup_planner_io1,
	cgroup_planner_net_class1, cgroup_planner_net_priority1;
cgroup_planner_part cgroup_planner_memory2, cgroup_planner_cpu2, cgroup_planner_io2,
	cgroup_planner_net_class2, cgroup_planner_net_priority2;

/**
 * cgroup_planner_add - one write
 *
 * @write: version and controller are filled in here. -ENOTSUP when the controller is nowhere.
 */
MUST_USE int cgroup_planner_add(const struct planner *p, struct limit_write write);

/* @property is asked for, and cgroup v2 has no such thing: -ENOTSUP. */
MUST_USE int cgroup_planner_refuse(const struct planner *p, const char *property);

/* Text in the plan's memory. */
#define PLANNER_TEXT(p, ...) arena_format(&(p)->plan->arena, __VA_ARGS__)

#define PROPERTY(name) "linux.resources." name

#endif
