// SPDX-License-Identifier: GPL-2.0-or-later
/* detail1 - counters of cgroup v1. Source: the kernel's admin-guide/cgroup-v1/. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "cgroup/detail_part.h"
#include "cgroup/fs.h"

static void add_number(struct arena *io_arena, struct json_numbers *io_list, uint64_t number)
{
	io_list->item = arena_grow(io_arena, io_list->item, io_list->count, sizeof(*io_list->item));
	io_list->item[io_list->count++] = number;
}

/* "12 34 56" */
static void read_each(const struct cgroup_tree *tree, struct arena *io_arena,
		      struct detail_cpu *io_cpu)
{
	autofree char *text = cgroup_detail_text(tree, "cpuacct.usage_percpu");
	char *at = text, *end;

	for (; at; at = end) {
		uint64_t number = strtoull(at, &end, 10);

		if (end == at)
			return;
		add_number(io_arena, &io_cpu->each, number);
	}
}

/* A head "cpu user system", then a line "0 12 34" for each CPU; since Linux 4.9. */
static void read_each_mode(const struct cgroup_tree *tree, struct arena *io_arena,
			   struct detail_cpu *io_cpu)
{
	autofree char *text = cgroup_detail_text(tree, "cpuacct.usage_all");

	for (const char *line = text; line; line = strchr(line + 1, '\n')) {
		uint64_t user, kernel;

		if (sscanf(line, "%*u %" SCNu64 " %" SCNu64, &user, &kernel) != 2)
			continue;
		add_number(io_arena, &io_cpu->each_user, user);
		add_number(io_arena, &io_cpu->each_kernel, kernel);
	}
}

static void read_account(const struct cgroup_tree *tree, struct arena *io_arena,
			 struct detail_cpu *io_cpu)
{
	if (!tree)
		return;
	cgroup_detail_number(tree, "cpuacct.usage", &io_cpu->total_ns);
	cgroup_detail_number(tree, "cpuacct.usage_sys", &io_cpu->kernel_ns);
	cgroup_detail_number(tree, "cpuacct.usage_user", &io_cpu->user_ns);
	read_each(tree, io_arena, io_cpu);
	read_each_mode(tree, io_arena, io_cpu);
}

static void read_throttling(const struct cgroup_tree *tree, struct arena *io_arena,
			    struct detail_cpu *io_cpu)
{
	autofree char *text = cgroup_detail_text(tree, "cpu.stat");
	struct detail_figure *list;
	size_t count;

	if (!text)
		return;
	cgroup_detail_figures(text, io_arena, &list, &count);
	io_cpu->periods = cgroup_detail_find(list, count, "nr_periods");
	io_cpu->throttled_periods = cgroup_detail_find(list, count, "nr_throttled");
	io_cpu->throttled_ns = cgroup_detail_find(list, count, "throttled_time");
}

/* @name: "memory", "memory.memsw", "memory.kmem", "memory.kmem.tcp", "hugetlb.2MB" */
static void read_meter(const struct cgroup_tree *tree, const char *name,
		       struct detail_meter *ret_meter)
{
	static const char *const files[] = { "limit_in_bytes", "usage_in_bytes",
					     "max_usage_in_bytes", "failcnt" };
	struct maybe_uint *const numbers[] = { &ret_meter->limit, &ret_meter->usage,
					       &ret_meter->max, &ret_meter->failures };

	for (size_t i = 0; i < countof(files); i++) {
		autofree char *file = mem_format("%s.%s", name, files[i]);

		cgroup_detail_number(tree, file, numbers[i]);
	}
}

static void read_memory(const struct cgroup_tree *tree, struct arena *io_arena,
			struct detail_memory *io_memory)
{
	autofree char *text = cgroup_detail_text(tree, "memory.stat");

	if (!tree)
		return;
	cgroup_detail_figures(text, io_arena, &io_memory->figure, &io_memory->count);
	io_memory->cache = cgroup_detail_find(io_memory->figure, io_memory->count, "cache");
	read_meter(tree, "memory", &io_memory->memory);
	read_meter(tree, "memory.memsw", &io_memory->swap);
	read_meter(tree, "memory.kmem", &io_memory->kernel);
	read_meter(tree, "memory.kmem.tcp", &io_memory->kernel_tcp);
}

static void read_cpuset(const struct cgroup_tree *tree, struct arena *io_arena,
			struct detail_cpuset *io_cpuset)
{
	autofree char *cpus = cgroup_detail_text(tree, "cpuset.cpus");
	autofree char *mems = cgroup_detail_text(tree, "cpuset.mems");
	autofree char *level = cgroup_detail_text(tree, "cpuset.sched_relax_domain_level");

	if (!tree)
		return;
	io_cpuset->cpus = arena_text(io_arena, cpus);
	io_cpuset->mems = arena_text(io_arena, mems);
	if (level)
		io_cpuset->sched_relax_domain_level =
			(struct maybe_int){ true, strtoll(level, NULL, 10) };
	cgroup_detail_number(tree, "cpuset.cpu_exclusive", &io_cpuset->cpu_exclusive);
	cgroup_detail_number(tree, "cpuset.mem_hardwall", &io_cpuset->mem_hardwall);
	cgroup_detail_number(tree, "cpuset.mem_exclusive", &io_cpuset->mem_exclusive);
	cgroup_detail_number(tree, "cpuset.memory_migrate", &io_cpuset->memory_migrate);
	cgroup_detail_number(tree, "cpuset.memory_spread_page", &io_cpuset->memory_spread_page);
	cgroup_detail_number(tree, "cpuset.memory_spread_slab", &io_cpuset->memory_spread_slab);
	cgroup_detail_number(tree, "cpuset.memory_pressure", &io_cpuset->memory_pressure);
	cgroup_detail_number(tree, "cpuset.sched_load_balance", &io_cpuset->sched_load_balance);
}

/* Which files there are depends on the I/O scheduler; the first of a kind that is there counts. */
static const struct {
	enum detail_io kind;
	const char *file;
} io_files[] = {
	{ DETAIL_IO_BYTES, "blkio.throttle.io_service_bytes_recursive" },
	{ DETAIL_IO_BYTES, "blkio.bfq.io_service_bytes_recursive" },
	{ DETAIL_IO_BYTES, "blkio.throttle.io_service_bytes" },
	{ DETAIL_IO_SERVICED, "blkio.throttle.io_serviced_recursive" },
	{ DETAIL_IO_SERVICED, "blkio.bfq.io_serviced_recursive" },
	{ DETAIL_IO_SERVICED, "blkio.throttle.io_serviced" },
	{ DETAIL_IO_QUEUED, "blkio.bfq.io_queued_recursive" },
	{ DETAIL_IO_SERVICE_TIME, "blkio.bfq.io_service_time_recursive" },
	{ DETAIL_IO_WAIT_TIME, "blkio.bfq.io_wait_time_recursive" },
	{ DETAIL_IO_MERGED, "blkio.bfq.io_merged_recursive" },
	{ DETAIL_IO_TIME, "blkio.bfq.time_recursive" },
	{ DETAIL_IO_SECTORS, "blkio.bfq.sectors_recursive" },
};

static void read_io(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	for (size_t i = 0; i < countof(io_files); i++) {
		struct detail_io_list *list = &io_detail->io[io_files[i].kind];
		autofree char *text = list->count ? NULL
						  : cgroup_detail_text(tree, io_files[i].file);

		cgroup_detail_parse_blkio(text, &io_detail->arena, list);
	}
}

static void read_huge(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	if (!tree)
		return;
	cgroup_detail_huge(tree, ".usage_in_bytes", io_detail);
	for (size_t i = 0; i < io_detail->huge_count; i++) {
		autofree char *name = mem_format("hugetlb.%s", io_detail->huge[i].size);

		read_meter(tree, name, &io_detail->huge[i].meter);
	}
}

void cgroup_detail_read1(const struct cgroup *cgroup, struct cgroup_detail *io_detail)
{
	struct arena *arena = &io_detail->arena;

	read_account(cgroup_fs_find_tree(cgroup, "cpuacct"), arena, &io_detail->cpu);
	read_throttling(cgroup_fs_find_tree(cgroup, "cpu"), arena, &io_detail->cpu);
	read_memory(cgroup_fs_find_tree(cgroup, "memory"), arena, &io_detail->memory);
	read_cpuset(cgroup_fs_find_tree(cgroup, "cpuset"), arena, &io_detail->cpuset);
	read_io(cgroup_fs_find_tree(cgroup, "blkio"), io_detail);
	read_huge(cgroup_fs_find_tree(cgroup, "hugetlb"), io_detail);
}
