// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"
#include "cgroup/member.h"

TEST(processes_of_all_folders_below_are_listed_once_and_in_order)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct arena arena = { 0 };
	struct error err;
	pid_t *pids;
	size_t count;

	CHECK_OK(cgroup_pids(&live.cgroup, &arena, &pids, &count, &err), err);
	CHECK_INT(count, 0);
	for (int i = 0; i < 4; i++) {
		autofree char *folder = mem_format("%s/sub%d", live_folder(&live, ""), i);
		autofree char *text = mem_format("%d", live_add(&live, NULL));

		CHECK_INT(mkdir(folder, 0755), 0);
		if (i > 0)
			CHECK_OK(cgroup_folder_write_at(folder, "cgroup.procs", text, &err), err);
	}
	CHECK_OK(cgroup_pids(&live.cgroup, &arena, &pids, &count, &err), err);
	CHECK_INT(count, 4);
	for (size_t i = 0; i < count; i++) {
		bool is_ours = false;

		CHECK_TRUE(i == 0 || pids[i - 1] < pids[i]);
		for (size_t j = 0; j < live.count; j++)
			is_ours |= live.pid[j] == pids[i];
		CHECK_TRUE(is_ours);
	}
	arena_clear(&arena);
	live_end(&live);
}

TEST(cgroup_that_is_gone_has_no_processes)
{
	struct live live = live_new(CGROUP_MODE_NONE);
	struct arena arena = { 0 };
	struct error err;
	pid_t *pids;
	size_t count = 9;

	CHECK_OK(cgroup_pids(&live.cgroup, &arena, &pids, &count, &err), err);
	CHECK_INT(count, 0);
	cgroup_clear(&live.cgroup);
}

TEST(signal_reaches_each_and_counts)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct error err;

	live_add(&live, NULL);
	live_add(&live, NULL);
	CHECK_INT(cgroup_member_signal(&live.cgroup, SIGUSR1, &err), 2);
	for (size_t i = 0; i < live.count; i++)
		CHECK_INT(WTERMSIG(live_wait(live.pid[i])), SIGUSR1);
	CHECK_INT(cgroup_member_signal(&live.cgroup, SIGUSR1, &err), 0);
	live.count = 0;
	live_end(&live);
}

TEST(stuck_process_is_described)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	pid_t pid = live_add(&live, NULL);
	autofree char *start = mem_format("process %d (test_member), state ", pid);
	autofree char *meson_start = mem_format("process %d (test-cgroup-mem), state ", pid);
	autotext struct text text = { 0 };

	cgroup_member_describe(&live.cgroup, &text);
	CHECK_TRUE(text_begins(text_get(&text), start) ||
		   text_begins(text_get(&text), meson_start));
	live_end(&live);
}
