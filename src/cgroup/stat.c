// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/stat.h"

#include <stdlib.h>
#include <string.h>

#include "cgroup/folder.h"
#include "cgroup/fs.h"

/* Unlimited, in v1's page counters: the largest whole number of pages in an int64. */
enum { V1_SMALLEST_PAGE = 4096 };
static const uint64_t v1_unlimited = INT64_MAX / V1_SMALLEST_PAGE * V1_SMALLEST_PAGE - (1 << 20);

static const uint64_t ns_per_us = 1000;

/* A file with one number; "max" and a file that is not there leave it unset. */
static void read_number(const struct cgroup_tree *tree, const char *file, struct maybe_uint *ret)
{
	autofree char *text = NULL;
	struct error ignored;
	char *end;

	if (!tree || cgroup_folder_read_at(tree->folder, file, &text, &ignored) < 0)
		return;
	ret->value = strtoull(text, &end, 10);
	ret->is_set = end != text;
}

/* A line "KEY NUMBER" of a text. */
static void find_number(const char *text, const char *key, uint64_t unit, struct maybe_uint *ret)
{
	size_t size = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, size) != 0 || line[size] != ' ')
			continue;
		ret->value = strtoull(line + size, NULL, 10) * unit;
		ret->is_set = true;
		return;
	}
}

static void read_keyed(const struct cgroup_tree *tree, const char *file, const char *key,
		       struct maybe_uint *ret)
{
	autofree char *text = NULL;
	struct error ignored;

	if (tree && cgroup_folder_read_at(tree->folder, file, &text, &ignored) == 0)
		find_number(text, key, 1, ret);
}

/* The same files in both versions. */
static void read_pids(const struct cgroup_tree *tree, struct cgroup_stat *io_stat)
{
	read_number(tree, "pids.current", &io_stat->pids_current);
	read_number(tree, "pids.peak", &io_stat->pids_peak);
	read_number(tree, "pids.max", &io_stat->pids_limit);
	read_keyed(tree, "pids.events", "max", &io_stat->pids_refused);
}

static void read_v2(const struct cgroup_tree *tree, struct cgroup_stat *io_stat)
{
	autofree char *cpu = NULL;
	struct error ignored;

	read_number(tree, "memory.current", &io_stat->memory_current_bytes);
	read_number(tree, "memory.peak", &io_stat->memory_peak_bytes);
	read_number(tree, "memory.max", &io_stat->memory_limit_bytes);
	read_pids(tree, io_stat);
	if (cgroup_folder_read_at(tree->folder, "cpu.stat", &cpu, &ignored) < 0)
		return;
	find_number(cpu, "usage_usec", ns_per_us, &io_stat->cpu_ns);
	find_number(cpu, "user_usec", ns_per_us, &io_stat->cpu_user_ns);
	find_number(cpu, "system_usec", ns_per_us, &io_stat->cpu_system_ns);
	find_number(cpu, "throttled_usec", ns_per_us, &io_stat->throttled_ns);
}

static void read_v1(const struct cgroup *cgroup, struct cgroup_stat *io_stat)
{
	const struct cgroup_tree *memory = cgroup_fs_find_tree(cgroup, "memory");
	const struct cgroup_tree *account = cgroup_fs_find_tree(cgroup, "cpuacct");

	read_number(memory, "memory.usage_in_bytes", &io_stat->memory_current_bytes);
	read_number(memory, "memory.max_usage_in_bytes", &io_stat->memory_peak_bytes);
	read_number(memory, "memory.limit_in_bytes", &io_stat->memory_limit_bytes);
	if (io_stat->memory_limit_bytes.value >= v1_unlimited)
		io_stat->memory_limit_bytes = (struct maybe_uint){ 0 };
	read_pids(cgroup_fs_find_tree(cgroup, "pids"), io_stat);
	read_number(account, "cpuacct.usage", &io_stat->cpu_ns);
	read_number(account, "cpuacct.usage_user", &io_stat->cpu_user_ns);
	read_number(account, "cpuacct.usage_sys", &io_stat->cpu_system_ns);
	read_keyed(cgroup_fs_find_tree(cgroup, "cpu"), "cpu.stat", "throttled_time",
		   &io_stat->throttled_ns);
}

struct maybe_uint cgroup_stat_read_oom_kills(const struct cgroup *cgroup)
{
	struct maybe_uint kills = { 0 };

	if (cgroup->mode == CGROUP_MODE_V2)
		read_keyed(cgroup->tree, "memory.events", "oom_kill", &kills);
	else if (cgroup->mode != CGROUP_MODE_NONE)
		read_keyed(cgroup_fs_find_tree(cgroup, "memory"), "memory.oom_control", "oom_kill",
			   &kills);
	return kills;
}

void cgroup_stat_read_story(const struct cgroup *cgroup, struct cgroup_stat *ret_stat)
{
	bool is_v2 = cgroup->mode == CGROUP_MODE_V2;
	const struct cgroup_tree *memory = is_v2 ? cgroup->tree
						 : cgroup_fs_find_tree(cgroup, "memory");
	const struct cgroup_tree *pids = is_v2 ? cgroup->tree : cgroup_fs_find_tree(cgroup, "pids");

	*ret_stat = (struct cgroup_stat){ .oom_kills = cgroup_stat_read_oom_kills(cgroup) };
	read_number(memory, is_v2 ? "memory.peak" : "memory.max_usage_in_bytes",
		    &ret_stat->memory_peak_bytes);
	read_number(pids, "pids.peak", &ret_stat->pids_peak);
	read_keyed(pids, "pids.events", "max", &ret_stat->pids_refused);
}

int cgroup_stat_read(const struct cgroup *cgroup, struct cgroup_stat *ret_stat, struct error *err)
{
	*ret_stat = (struct cgroup_stat){ 0 };
	if (cgroup->mode == CGROUP_MODE_NONE)
		return 0;
	if (access(cgroup->tree->folder, F_OK) < 0)
		return error_sys(err, "%s", cgroup->tree->folder);
	ret_stat->oom_kills = cgroup_stat_read_oom_kills(cgroup);
	if (cgroup->mode == CGROUP_MODE_V2)
		read_v2(cgroup->tree, ret_stat);
	else
		read_v1(cgroup, ret_stat);
	return 0;
}
