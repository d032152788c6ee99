// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limit - linux.resources as an ordered list of file writes; touches nothing
 *
 * The same configuration is written differently to cgroup v1 and v2, and in hybrid mode
 * each controller decides for itself. What a kernel may lack, or refuse at first because
 * two files must agree, is said in the list, so that who carries it out decides nothing.
 *
 * A value of 0 means "leave as it is" for memory.limit, memory.swap, cpu.shares, cpu.period
 * and the weights, as the engines use it; pids.limit 0 is a limit of 0.
 */
#ifndef HUSK_CGROUP_LIMIT_H
#define HUSK_CGROUP_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"
#include "spec/spec.h"

enum limit_rule {
	/* No such file: then there is nothing to limit. */
	LIMIT_MAY_BE_MISSING = 1,
	/*
	 * The kernel takes only values that agree with those of its neighbours in the list:
	 * limit and memsw, quota and period and burst. Refused with EINVAL, a write
	 * is tried again after the neighbours that have this rule as well.
	 */
	LIMIT_AGREES = 2,
	/* The text follows the first word that the file has now. */
	LIMIT_KEEPS_FIRST_WORD = 4,
	/* The folders above must allow as much: an ancestor that has "0" gets the text first. */
	LIMIT_PARENTS_FIRST = 8,
};

struct limit_write {
	enum cgroup_mode version; /* V1: into the tree of @controller; V2: the cgroup2 tree */
	const char *controller;	  /* as that version calls it; "cgroup" is the core of v2 */
	const char *property;	  /* "linux.resources.memory.limit", for errors */
	const char *file, *text;  /* one write(2) */
	const char *other_file, *other_text; /* instead, when @file does not exist; or NULL */
	const char *usage_file;	  /* refuse when its number is above that of @text; or NULL */
	unsigned int rules;	  /* enum limit_rule bits */
};

struct limit_plan {
	size_t count;
	struct limit_write *write;
	struct arena arena; /* owns all of it */
};

#define autolimit autoclean(cgroup_limit_clear)

struct limit_facts {
	const char *v1_controllers; /* all that are mounted: "cpu,cpuacct,memory", or "" */
	bool has_v2;		    /* a cgroup2 tree; which controllers it has shows later */
	bool is_update;
	const char *nowhere; /* end of the error about a controller that is not there */
};

/**
 * cgroup_limit_plan - everything in @resources but the device rules
 *
 * @resources: may be NULL. @io_plan: writes are added; empty or from an earlier call.
 *
 * Returns 0; -EINVAL for a value that no kernel takes; -ENOTSUP for one that only a
 * missing controller, or only the other version of cgroups, could enforce. The default value
 * of such a limit is no error.
 */
MUST_USE int cgroup_limit_plan(const struct spec_resources *resources,
			       const struct limit_facts *facts, struct limit_plan *io_plan,
			       struct error *err);

/* Adds one write; the strings must live as long as the plan. */
void cgroup_limit_add(struct limit_plan *io_plan, const struct limit_write *write);

void cgroup_limit_clear(struct limit_plan *io_plan);

#endif
