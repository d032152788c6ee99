// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/limit.h"

#include <inttypes.h>
#include <string.h>

#include "base/scope.h"
#include "cgroup/check.h"
#include "cgroup/planner.h"
#include "proc/mounts.h"

/* --- what all parts use --- */

void cgroup_limit_add(struct limit_plan *io_plan, const struct limit_write *write)
{
	io_plan->write = arena_grow(&io_plan->arena, io_plan->write, io_plan->count,
				    sizeof(*io_plan->write));
	io_plan->write[io_plan->count++] = *write;
}

int cgroup_planner_add(const struct planner *p, struct limit_write write)
{
	if (p->version == CGROUP_MODE_NONE)
		return error_set(p->err, ENOTSUP, "%s: controller %s: %s", write.property,
				 p->controller, p->facts->nowhere);
	write.version = p->version;
	if (!write.controller)
		write.controller = p->controller;
	cgroup_limit_add(p->plan, &write);
	return 0;
}

int cgroup_planner_refuse(const struct planner *p, const char *property)
{
	return error_set(p->err, ENOTSUP,
			 "%s: only cgroup v1 has this, and its controller %s is not mounted",
			 property, p->controller);
}

/* --- parts with the same files in both versions --- */

static int plan_cpuset(const struct planner *p)
{
	const struct spec_cpu *cpu = p->resources->cpu;

	if (cpu && cpu->cpus && *cpu->cpus)
		TRY(cgroup_planner_add(p, (struct limit_write){ .property = PROPERTY("cpu.cpus"),
			.file = "cpuset.cpus", .text = cpu->cpus }));
	if (cpu && cpu->mems && *cpu->mems)
		TRY(cgroup_planner_add(p, (struct limit_write){ .property = PROPERTY("cpu.mems"),
			.file = "cpuset.mems", .text = cpu->mems }));
	return 0;
}

static int plan_pids(const struct planner *p)
{
	const struct spec_pids *pids = p->resources->pids;

	if (!pids || !pids->limit.is_set)
		return 0;
	return cgroup_planner_add(p, (struct limit_write){
		.property = PROPERTY("pids.limit"), .file = "pids.max",
		.text = pids->limit.value < 0 ? "max"
					      : PLANNER_TEXT(p, "%" PRId64, pids->limit.value) });
}

static int plan_rdma_device(const struct planner *p, const struct spec_rdma *rdma)
{
	struct json_shown name = json_show(rdma->key);
	const char *property = PLANNER_TEXT(p, PROPERTY("rdma[\"%s\"]"), name.text);
	autotext struct text line = { 0 };

	if (strpbrk(rdma->key, " \t\n") || !*rdma->key)
		return cgroup_check_wrong(p, property, "not the name of a device");
	if (!rdma->hca_handles.is_set && !rdma->hca_objects.is_set)
		return cgroup_check_wrong(p, property, "hcaHandles or hcaObjects is missing");
	text_add(&line, "%s", rdma->key);
	if (rdma->hca_handles.is_set)
		text_add(&line, " hca_handle=%" PRIu64, rdma->hca_handles.value);
	if (rdma->hca_objects.is_set)
		text_add(&line, " hca_object=%" PRIu64, rdma->hca_objects.value);
	return cgroup_planner_add(p, (struct limit_write){
		.property = property, .file = "rdma.max",
		.text = PLANNER_TEXT(p, "%s", text_get(&line)) });
}

static int plan_rdma(const struct planner *p)
{
	const struct spec_rdmas *list = p->resources->rdma;

	for (size_t i = 0; list && i < list->count; i++)
		TRY(plan_rdma_device(p, &list->item[i]));
	return 0;
}

/* --- unified: files of cgroup v2 by their own names --- */

/* "memory.high": the part before the point is the controller. No other folder is reached. */
static int check_key(const struct planner *p, const char *property, const char *key)
{
	const char *point = strchr(key, '.');

	if (strchr(key, '/'))
		return cgroup_check_wrong(p, property, "\"/\" in the name of a file");
	if (!point || point == key || !point[1])
		return cgroup_check_wrong(p, property, "not of the form CONTROLLER.PARAMETER");
	return 0;
}

static int add_lines(const struct planner *p, const struct limit_write *write)
{
	char *rest = PLANNER_TEXT(p, "%s", write->text);
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		struct limit_write one = *write;

		one.text = line;
		if (*line)
			TRY(cgroup_planner_add(p, one));
	}
	return 0;
}

static int plan_hugetlb(const struct planner *p)
{
	const struct spec_hugepage_limits *list = p->resources->hugepage_limits;
	const char *limit = p->version == CGROUP_MODE_V1 ? "limit_in_bytes" : "max";

	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_hugepage_limit *huge = &list->item[i];
		struct limit_write write = {
			.property = PLANNER_TEXT(p, PROPERTY("hugepageLimits[%zu]"), i),
			.text = PLANNER_TEXT(p, "%" PRIu64, huge->limit.value),
		};

		TRY(cgroup_check_page_size(p, i));
		write.file = PLANNER_TEXT(p, "hugetlb.%s.%s", huge->page_size, limit);
		TRY(cgroup_planner_add(p, write));
		write.file = PLANNER_TEXT(p, "hugetlb.%s.rsvd.%s", huge->page_size, limit);
		write.rules = LIMIT_MAY_BE_MISSING; /* since Linux 5.7 */
		TRY(cgroup_planner_add(p, write));
	}
	return 0;
}

static int plan_unified(const struct planner *p)
{
	const struct json_pairs *map = p->resources->unified;

	for (size_t i = 0; map && i < map->count; i++) {
		const char *key = map->item[i].key;
		struct limit_write write = { .file = key, .text = map->item[i].value };

		write.property = PLANNER_TEXT(p, PROPERTY("unified[\"%s\"]"), json_show(key).text);
		if (p->version != CGROUP_MODE_V2 || *p->facts->v1_controllers)
			return error_set(p->err, ENOTSUP, "%s: this machine has no pure cgroup v2",
					 write.property);
		TRY(check_key(p, write.property, key));
		write.controller = PLANNER_TEXT(p, "%.*s", (int)strcspn(key, "."), key);
		TRY(add_lines(p, &write));
	}
	return 0;
}

/* --- the order --- */

static int no_plan(const struct planner *p UNUSED)
{
	return 0;
}

/* unified comes last, so that it overrides (config-linux.md, "Unified"). */
static const struct {
	const char *v1_controller, *v2_controller;
	cgroup_planner_part *plan1, *plan2;
} parts[] = {
	{ "cpuset", "cpuset", plan_cpuset, plan_cpuset },
	{ "cpu", "cpu", cgroup_planner_cpu1, cgroup_planner_cpu2 },
	{ "memory", "memory", cgroup_planner_memory1, cgroup_planner_memory2 },
	{ "pids", "pids", plan_pids, plan_pids },
	{ "blkio", "io", cgroup_planner_io1, cgroup_planner_io2 },
	{ "hugetlb", "hugetlb", plan_hugetlb, plan_hugetlb },
	{ "rdma", "rdma", plan_rdma, plan_rdma },
	{ "net_cls", "net_cls", cgroup_planner_net_class1, cgroup_planner_net_class2 },
	{ "net_prio", "net_prio", cgroup_planner_net_priority1, cgroup_planner_net_priority2 },
	{ "unified", "unified", no_plan, plan_unified },
};

int cgroup_limit_plan(const struct spec_resources *resources, const struct limit_facts *facts,
		      struct limit_plan *io_plan, struct error *err)
{
	for (size_t i = 0; resources && i < countof(parts); i++) {
		bool is_v1 = mounts_has_option(facts->v1_controllers, parts[i].v1_controller);
		struct planner p = {
			.resources = resources,
			.facts = facts,
			.plan = io_plan,
			.version = is_v1	   ? CGROUP_MODE_V1
				   : facts->has_v2 ? CGROUP_MODE_V2
						   : CGROUP_MODE_NONE,
			.controller = is_v1 ? parts[i].v1_controller : parts[i].v2_controller,
			.err = err,
		};

		TRY(is_v1 ? parts[i].plan1(&p) : parts[i].plan2(&p));
	}
	return 0;
}

void cgroup_limit_clear(struct limit_plan *io_plan)
{
	arena_clear(&io_plan->arena);
	*io_plan = (struct limit_plan){ 0 };
}
