// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"
#include "cgroup/stat.h"

static struct cgroup_stat read_stat(const struct live *live)
{
	struct cgroup_stat stat = { 0 };
	struct error err;

	CHECK_OK(cgroup_stat_read(&live->cgroup, &stat, &err), err);
	return stat;
}

TEST(limits_are_reported_and_none_is_not_set)
{
	struct spec_resources resources = {
		.pids = PART(spec_pids, .limit = INT(16)),
		.memory = PART(spec_memory, .limit = INT(32 << 20)),
	};
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct cgroup_stat stat = read_stat(&live);
	struct error err;

	CHECK_TRUE(!stat.memory_limit_bytes.is_set);
	CHECK_TRUE(!stat.pids_limit.is_set);
	CHECK_TRUE(stat.oom_kills.is_set);
	CHECK_INT(stat.oom_kills.value, 0);
	CHECK_OK(cgroup_update(&live.cgroup, &resources, &err), err);
	stat = read_stat(&live);
	CHECK_INT(stat.memory_limit_bytes.value, 32 << 20);
	CHECK_INT(stat.pids_limit.value, 16);
	live_end(&live);
}

static void fork_twice(void)
{
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			for (;;)
				pause();
	_exit(0);
}

TEST(refused_forks_are_counted)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(2)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	struct cgroup_stat stat;

	CHECK_INT(live_wait(live_add(&live, fork_twice)), 0);
	live.count = 0;
	stat = read_stat(&live);
	CHECK_INT(stat.pids_refused.value, 1);
	CHECK_INT(stat.pids_current.value, 1);
	CHECK_TRUE(!stat.pids_peak.is_set || stat.pids_peak.value == 2);
	live_end(&live);
}

static void take_memory(void)
{
	size_t size = 100 << 20;
	char *data = mem_new(size);

	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)data)[at] = 1;
	_exit(0);
}

/* */
TEST(death_for_memory_is_counted)
{
	struct spec_resources resources = {
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(32 << 20)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	struct cgroup_stat stat;

	CHECK_INT(WTERMSIG(live_wait(live_add(&live, take_memory))), SIGKILL);
	live.count = 0;
	stat = read_stat(&live);
	CHECK_INT(stat.oom_kills.value, 1);
	CHECK_TRUE(!stat.memory_peak_bytes.is_set || stat.memory_peak_bytes.value > 16 << 20);
	CHECK_TRUE(stat.cpu_ns.is_set && stat.cpu_ns.value > 0);
	CHECK_TRUE(stat.cpu_user_ns.is_set && stat.cpu_system_ns.is_set);
	live_end(&live);
}

TEST(story_has_the_same_figures_and_no_others)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(2)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	struct cgroup_stat stat, story;

	CHECK_INT(live_wait(live_add(&live, fork_twice)), 0);
	live.count = 0;
	cgroup_stat_read_story(&live.cgroup, &story);
	stat = read_stat(&live);
	CHECK_INT(story.pids_refused.value, 1);
	CHECK_INT(story.oom_kills.is_set, stat.oom_kills.is_set);
	CHECK_INT(story.oom_kills.value, stat.oom_kills.value);
	CHECK_INT(story.pids_peak.is_set, stat.pids_peak.is_set);
	CHECK_INT(story.pids_peak.value, stat.pids_peak.value);
	CHECK_INT(story.memory_peak_bytes.is_set, stat.memory_peak_bytes.is_set);
	CHECK_TRUE(!story.pids_limit.is_set && !story.cpu_ns.is_set);
	live_end(&live);
}

TEST(cgroup_that_is_gone_is_no_entry)
{
	struct live live = live_new(CGROUP_MODE_NONE);
	autofree char *text = mem_format("%s: no such file or directory", live.cgroup.tree->folder);
	struct cgroup_stat stat;
	struct error err;

	CHECK_ERROR(cgroup_stat_read(&live.cgroup, &stat, &err), err, ENOENT, text);
	cgroup_clear(&live.cgroup);
}

TEST(container_without_cgroup_has_no_counters)
{
	struct cgroup none = { 0 };
	struct cgroup_stat stat = { .cpu_ns = INT(1) };
	struct error err;

	CHECK_OK(cgroup_stat_read(&none, &stat, &err), err);
	CHECK_TRUE(!stat.cpu_ns.is_set);
	cgroup_stat_read_story(&none, &stat);
	CHECK_TRUE(!stat.oom_kills.is_set && !stat.pids_peak.is_set);
}
