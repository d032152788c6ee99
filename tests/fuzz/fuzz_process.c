// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of a configuration that commands read alone: process.json, resources, mounts */
#include <stdlib.h>

#include "cgroup/limit.h"
#include "container/program.h"
#include "fuzz.h"
#include "guard/attribute.h"
#include "guard/cap.h"
#include "mount/plan.h"
#include "spec/spec.h"

/* exec --process */
static void read_process(const char *text, size_t size, struct arena *io_arena)
{
	struct spec_process process = { 0 };
	struct guard_cap_plan caps;
	struct error err;

	if (spec_read_process("process.json", text, size, io_arena, &process, &err) < 0)
		return;
	(void)!guard_cap_plan(process.capabilities, guard_cap_known(), &caps, &err);
	if (process.scheduler)
		(void)guard_attribute_plan_scheduler(process.scheduler);
	(void)container_program_environment(process.env, 0, 3, io_arena);
}

/* update --resources */
static void read_resources(const char *text, size_t size, struct arena *io_arena)
{
	struct limit_facts facts = { .v1_controllers = "", .has_v2 = true, .is_update = true,
				     .nowhere = "nowhere" };
	struct spec_resources wanted = { 0 }, merged = { 0 };
	autolimit struct limit_plan limits = { 0 };
	struct error err;

	if (spec_read_resources("resources", text, size, io_arena, &wanted, &err) < 0)
		return;
	spec_merge_resources(&wanted, &merged);
	(void)!spec_check_resources("resources", &merged, &err);
	(void)!cgroup_limit_plan(&merged, &facts, &limits, &err);
}

/* mounts add */
static void read_mounts(const char *text, size_t size, struct arena *io_arena)
{
	struct spec_root root = { .path = "/rootfs" };
	struct spec spec = { .root = &root };
	struct mount_request request = { .spec = &spec, .bundle = "/bundle", .is_cgroup_v2 = true,
					 .is_live = true };
	struct mount_plan plan;
	struct error err;

	if (spec_read_mounts("mounts.json", text, size, io_arena, &spec.mounts, &err) < 0)
		return;
	if (mount_plan(&request, &plan, &err) >= 0)
		mount_plan_clear(&plan);
}

void fuzz_one(const char *text, size_t size)
{
	struct arena arena = { 0 };

	read_process(text, size, &arena);
	read_resources(text, size, &arena);
	read_mounts(text, size, &arena);
	arena_clear(&arena);
}
