// SPDX-License-Identifier: GPL-2.0-or-later
/* detail2 - counters of cgroup v2. Source: the kernel's admin-guide/cgroup-v2.rst. */
#include <string.h>

#include "base/scope.h"
#include "cgroup/detail_part.h"

static struct maybe_uint in_ns(struct maybe_uint microseconds)
{
	microseconds.value *= 1000;
	return microseconds;
}

static void read_pressure(const struct cgroup_tree *tree, const char *file,
			  struct detail_pressure *ret_pressure)
{
	autofree char *text = cgroup_detail_text(tree, file);

	if (text)
		cgroup_detail_parse_pressure(text, ret_pressure);
}

/* The core counts time in every folder; the words about quotas are there with the controller. */
static void read_cpu(const struct cgroup_tree *tree, struct arena *io_arena,
		     struct detail_cpu *io_cpu)
{
	autofree char *text = cgroup_detail_text(tree, "cpu.stat");
	struct detail_figure *list;
	size_t count;

	cgroup_detail_figures(text, io_arena, &list, &count);
	io_cpu->total_ns = in_ns(cgroup_detail_find(list, count, "usage_usec"));
	io_cpu->user_ns = in_ns(cgroup_detail_find(list, count, "user_usec"));
	io_cpu->kernel_ns = in_ns(cgroup_detail_find(list, count, "system_usec"));
	io_cpu->periods = cgroup_detail_find(list, count, "nr_periods");
	io_cpu->throttled_periods = cgroup_detail_find(list, count, "nr_throttled");
	io_cpu->throttled_ns = in_ns(cgroup_detail_find(list, count, "throttled_usec"));
	read_pressure(tree, "cpu.pressure", &io_cpu->pressure);
}

/* "No limit" stays none whatever is added to it. */
static struct maybe_uint sum(struct maybe_uint a, struct maybe_uint b)
{
	if (!a.is_set || !b.is_set)
		return (struct maybe_uint){ 0 };
	if (__builtin_add_overflow(a.value, b.value, &a.value))
		a.value = UINT64_MAX;
	return a;
}

/* v1, and the specification, count swap together with memory. There is no peak of the sum. */
static void read_swap(const struct cgroup_tree *tree, struct detail_memory *io_memory)
{
	struct detail_meter alone = { 0 };

	cgroup_detail_number(tree, "memory.swap.current", &alone.usage);
	cgroup_detail_number(tree, "memory.swap.max", &alone.limit);
	io_memory->swap.usage = sum(io_memory->memory.usage, alone.usage);
	io_memory->swap.limit = sum(io_memory->memory.limit, alone.limit);
}

static void read_memory(const struct cgroup_tree *tree, struct arena *io_arena,
			struct detail_memory *io_memory)
{
	autofree char *text = cgroup_detail_text(tree, "memory.stat");
	autofree char *events = cgroup_detail_text(tree, "memory.events");
	struct detail_figure *list;
	size_t count;

	cgroup_detail_figures(text, io_arena, &io_memory->figure, &io_memory->count);
	cgroup_detail_figures(events, io_arena, &list, &count);
	io_memory->cache = cgroup_detail_find(io_memory->figure, io_memory->count, "file");
	io_memory->kernel.usage = cgroup_detail_find(io_memory->figure, io_memory->count, "kernel");
	cgroup_detail_number(tree, "memory.current", &io_memory->memory.usage);
	cgroup_detail_number(tree, "memory.peak", &io_memory->memory.max);
	cgroup_detail_number(tree, "memory.max", &io_memory->memory.limit);
	io_memory->memory.failures = cgroup_detail_find(list, count, "max");
	read_swap(tree, io_memory);
	read_pressure(tree, "memory.pressure", &io_memory->pressure);
}

static void read_cpuset(const struct cgroup_tree *tree, struct arena *io_arena,
			struct detail_cpuset *io_cpuset)
{
	autofree char *cpus = cgroup_detail_text(tree, "cpuset.cpus.effective");
	autofree char *mems = cgroup_detail_text(tree, "cpuset.mems.effective");

	io_cpuset->cpus = arena_text(io_arena, cpus);
	io_cpuset->mems = arena_text(io_arena, mems);
}

static void read_io(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	autofree char *text = cgroup_detail_text(tree, "io.stat");

	if (text)
		cgroup_detail_parse_io(text, io_detail);
	read_pressure(tree, "io.pressure", &io_detail->io_pressure);
}

static void read_huge(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	cgroup_detail_huge(tree, ".current", io_detail);
	for (size_t i = 0; i < io_detail->huge_count; i++) {
		struct detail_huge *huge = &io_detail->huge[i];
		struct arena *arena = &io_detail->arena;
		const char *file = arena_format(arena, "hugetlb.%s.events", huge->size);
		autofree char *events = cgroup_detail_text(tree, file);
		struct detail_figure *list;
		size_t count;

		cgroup_detail_number(tree, arena_format(arena, "hugetlb.%s.current", huge->size),
				     &huge->meter.usage);
		cgroup_detail_number(tree, arena_format(arena, "hugetlb.%s.max", huge->size),
				     &huge->meter.limit);
		cgroup_detail_figures(events, arena, &list, &count);
		huge->meter.failures = cgroup_detail_find(list, count, "max");
	}
}

void cgroup_detail_read2(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	read_cpu(tree, &io_detail->arena, &io_detail->cpu);
	read_memory(tree, &io_detail->arena, &io_detail->memory);
	read_cpuset(tree, &io_detail->arena, &io_detail->cpuset);
	read_io(tree, io_detail);
	read_huge(tree, io_detail);
}
