// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"

/* A folder of the container's own below each tree, as a container with a writable mount makes. */
static char *sub_folder(const struct live *live, const char *controller)
{
	char *folder = mem_format("%s/inner", live_folder(live, controller));

	CHECK_INT(mkdir(folder, 0755), 0);
	return folder;
}

static void move_into(const char *folder, pid_t pid)
{
	autofree char *text = mem_format("%d", pid);
	struct error err;

	CHECK_OK(cgroup_folder_write_at(folder, "cgroup.procs", text, &err), err);
}

/* */
TEST(frozen_processes_are_frozen_until_thawed)
{
	struct live live = live_create(CGROUP_MODE_V1, NULL);
	struct error err;
	bool frozen = true;

	live_add(&live, NULL);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(!frozen);
	CHECK_OK(cgroup_freeze(&live.cgroup, true, &err), err);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(frozen);
	live_check(&live, "freezer", "freezer.state", "FROZEN");
	CHECK_OK(cgroup_freeze(&live.cgroup, false, &err), err);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(!frozen);
	live_end(&live);
}

/* */
TEST(kill_reaches_frozen_processes_and_those_below)
{
	struct live live = live_create(CGROUP_MODE_V1, NULL);
	autofree char *inner = sub_folder(&live, "freezer");
	struct error err;
	pid_t outside = live_add(&live, NULL), inside = live_add(&live, NULL);

	move_into(inner, inside);
	CHECK_OK(cgroup_folder_write_at(inner, "freezer.state", "FROZEN", &err), err);
	CHECK_OK(cgroup_freeze(&live.cgroup, true, &err), err);
	CHECK_OK(cgroup_kill(&live.cgroup, &err), err);
	CHECK_INT(WTERMSIG(live_wait(outside)), SIGKILL);
	CHECK_INT(WTERMSIG(live_wait(inside)), SIGKILL);
	live.count = 0;
	live_end(&live);
}

static void fork_for_ever(void)
{
	for (;;)
		if (fork() < 0)
			sched_yield();
}

/* The same container as on a machine without a cgroup2 mount. */
static struct cgroup without_v2(const struct live *live)
{
	struct cgroup_tree trees[32];
	struct cgroup only_v1 = { 0 };
	struct error err;
	size_t count = 0;

	for (size_t i = 0; i < live->cgroup.count; i++)
		if (*live->cgroup.tree[i].controllers)
			trees[count++] = live->cgroup.tree[i];
	CHECK_OK(cgroup_restore(CGROUP_MODE_V1, trees, count, &only_v1, &err), err);
	return only_v1;
}

TEST(fork_bomb_ends_without_cgroup_kill)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(64)) };
	struct live live = live_create(CGROUP_MODE_V1, &resources);
	autocgroup struct cgroup only_v1 = without_v2(&live);
	struct error err;

	live_add(&live, fork_for_ever);
	CHECK_OK(cgroup_kill(&only_v1, &err), err);
	CHECK_INT(WTERMSIG(live_wait(live.pid[0])), SIGKILL);
	live.count = 0;
	CHECK_OK(cgroup_delete(&only_v1, &err), err);
	live_end(&live);
}

/* */
TEST(new_cpuset_has_what_the_one_above_has)
{
	struct live live = live_create(CGROUP_MODE_V1, NULL);
	const struct cgroup_tree *tree = cgroup_fs_find_tree(&live.cgroup, "cpuset");
	autofree char *cpus = NULL, *mems = NULL;
	struct error err;

	if (tree) {
		CHECK_OK(cgroup_folder_read_at(tree->mount_point, "cpuset.cpus", &cpus, &err), err);
		CHECK_OK(cgroup_folder_read_at(tree->mount_point, "cpuset.mems", &mems, &err), err);
		live_check(&live, "cpuset", "cpuset.cpus", cpus);
		live_check(&live, "cpuset", "cpuset.mems", mems);
	}
	live_end(&live);
}

/* */
TEST(realtime_runtime_is_given_to_the_parents_first)
{
	struct spec_resources resources = {
		.cpu = PART(spec_cpu, .realtime_period = INT(1000000), .realtime_runtime = INT(1000)) };
	struct live live = live_new(CGROUP_MODE_V1);
	struct error err;
	int r = cgroup_create(&live.cgroup, &resources, &err);

	if (r == -ENOTSUP) {
		live_tidy(&live.cgroup);
		cgroup_clear(&live.cgroup);
		SKIP("the kernel has no realtime groups");
	}
	CHECK_OK(r, err);
	live_check(&live, "cpu", "cpu.rt_runtime_us", "1000");
	live_end(&live);
}

TEST(without_any_freezer_nothing_is_frozen)
{
	struct cgroup_tree pids = { "pids", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/x" };
	autocgroup struct cgroup cgroup = { 0 };
	struct error err;
	bool frozen = true;

	CHECK_OK(cgroup_restore(CGROUP_MODE_V1, &pids, 1, &cgroup, &err), err);
	CHECK_ERROR(cgroup_freeze(&cgroup, true, &err), err, ENOTSUP,
		    "/sys/fs/cgroup/pids/x: no freezer hierarchy is mounted");
	CHECK_OK(cgroup_is_frozen(&cgroup, &frozen, &err), err);
	CHECK_TRUE(!frozen);
}
