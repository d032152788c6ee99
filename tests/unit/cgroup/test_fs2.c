// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"

/* */
TEST(frozen_processes_are_frozen_until_thawed)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	struct error err;
	bool frozen = true;

	live_add(&live, NULL);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(!frozen);
	CHECK_OK(cgroup_freeze(&live.cgroup, true, &err), err);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(frozen);
	CHECK_OK(cgroup_freeze(&live.cgroup, false, &err), err);
	CHECK_OK(cgroup_fs2_wait(live.cgroup.tree->folder, "frozen 0", LIVE_WAIT_MS, &err), err);
	CHECK_OK(cgroup_is_frozen(&live.cgroup, &frozen, &err), err);
	CHECK_TRUE(!frozen);
	live_end(&live);
}

/* */
TEST(kill_reaches_frozen_processes_and_those_below)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	autofree char *inner = mem_format("%s/inner", live.cgroup.tree->folder), *text = NULL;
	struct error err;
	pid_t outside = live_add(&live, NULL), inside = live_add(&live, NULL);

	text = mem_format("%d", inside);
	CHECK_INT(mkdir(inner, 0755), 0);
	CHECK_OK(cgroup_folder_write_at(inner, "cgroup.procs", text, &err), err);
	CHECK_OK(cgroup_folder_write_at(inner, "cgroup.freeze", "1", &err), err);
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

/* */
TEST(fork_bomb_ends_with_and_without_cgroup_kill)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(64)) };
	struct error err;

	for (int with = 0; with < 2; with++) {
		struct live live = live_create(CGROUP_MODE_V2, &resources);

		live_add(&live, fork_for_ever);
		if (with)
			CHECK_OK(cgroup_kill(&live.cgroup, &err), err);
		else
			CHECK_OK(cgroup_fs2_kill_each(&live.cgroup, &err), err);
		CHECK_INT(WTERMSIG(live_wait(live.pid[0])), SIGKILL);
		CHECK_OK(cgroup_fs2_wait(live.cgroup.tree->folder, "populated 0", LIVE_WAIT_MS, &err),
			 err);
		live.count = 0;
		live_end(&live);
	}
}

TEST(kill_of_a_cgroup_that_is_gone_is_fine)
{
	struct live live = live_new(CGROUP_MODE_V2);
	struct error err;

	CHECK_OK(cgroup_kill(&live.cgroup, &err), err);
	cgroup_clear(&live.cgroup);
}

TEST(wait_ends_after_its_time)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	autofree char *text = mem_format("%s/cgroup.events: no \"frozen 1\" within 20 ms",
					 live.cgroup.tree->folder);
	struct error err;

	CHECK_ERROR(cgroup_fs2_wait(live.cgroup.tree->folder, "frozen 1", 20, &err), err, ETIMEDOUT,
		    text);
	live_end(&live);
}

/* C-11 */
TEST(controllers_come_down_from_the_mount_point)
{
	static const char *const usual[] = { "cpu", "memory", "pids" };
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	autofree char *controllers = NULL;
	struct error err;

	CHECK_OK(cgroup_folder_read_at(live.cgroup.tree->folder, "cgroup.controllers", &controllers,
				       &err), err);
	for (size_t i = 0; i < countof(usual); i++)
		CHECK_TRUE(strstr(controllers, usual[i]));
	live_end(&live);
}

/* C-11 */
TEST(processes_above_keep_a_controller_back_and_the_error_says_so)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(5)) };
	struct live live = live_new(CGROUP_MODE_V2);
	autocgroup struct cgroup below = live_select("busy/box");
	autofree char *busy = mem_format("/sys/fs/cgroup/husk-test-%d/busy", getpid());
	autofree char *text = mem_format("linux.resources.pids.limit: controller pids: %s cannot hand "
		"it down, processes live there: device or resource busy", busy);
	autofree char *member = NULL;
	struct error err;
	struct cgroup_tree tree = *live.cgroup.tree;
	struct folder_made made = { 0 };
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	member = mem_format("%d", pid);
	tree.folder = busy;
	CHECK_OK(cgroup_folder_make(&tree, &made, &err), err);
	CHECK_OK(cgroup_folder_write_at(busy, "cgroup.procs", member, &err), err);
	CHECK_ERROR(cgroup_create(&below, &resources, &err), err, EBUSY, text);

	/* Where nothing needs it, the folder stays one that processes can live in. */
	CHECK_OK(cgroup_create(&below, NULL, &err), err);
	CHECK_OK(cgroup_join(&below, pid, &err), err);
	CHECK_OK(cgroup_folder_write_at(busy, "cgroup.procs", member, &err), err);
	CHECK_OK(cgroup_delete(&below, &err), err);
	kill(pid, SIGKILL);
	live_wait(pid);
	CHECK_OK(cgroup_fs2_wait(busy, "populated 0", LIVE_WAIT_MS, &err), err);
	cgroup_folder_unmake(&tree, &made);
	live_tidy(&live.cgroup);
	cgroup_clear(&live.cgroup);
}

/* Hands pids down from the folder once for each byte, and ends with the pipe. */
static NORETURN void hand_down(const char *above, int gate_fd)
{
	struct error err;
	char byte;

	while (read(gate_fd, &byte, 1) == 1)
		if (cgroup_folder_write_at(above, "cgroup.subtree_control", "+pids", &err) < 0)
			_exit(1);
	_exit(0);
}

static void await_name(const char *folder, const char *controller)
{
	bool is_named = false;
	struct error err;

	while (!is_named) {
		autofree char *list = NULL;

		CHECK_OK(cgroup_folder_read_at(folder, "cgroup.controllers", &list, &err), err);
		is_named = strstr(list, controller) != NULL;
	}
}

TEST(controller_that_is_named_has_its_files_after_settling)
{
	enum { ROUNDS = 300 };
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	const struct cgroup_tree *tree = live.cgroup.tree;
	autofree char *above = mem_format("/sys/fs/cgroup/husk-test-%d", getpid());
	autofree char *file = mem_format("%s/pids.max", tree->folder);
	struct error err;
	int gate[2];
	pid_t pid;

	CHECK_INT(pipe2(gate, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		hand_down(above, gate[0]);
	}
	for (int round = 0; round < ROUNDS; round++) {
		CHECK_OK(cgroup_folder_write_at(above, "cgroup.subtree_control", "-pids", &err), err);
		CHECK_TRUE(!live_exists(file));
		CHECK_INT(write(gate[1], "x", 1), 1);
		await_name(tree->folder, "pids");
		cgroup_fs2_settle(tree);
		CHECK_TRUE(live_exists(file));
	}
	close(gate[0]);
	close(gate[1]);
	CHECK_INT(live_wait(pid), 0);
	live_end(&live);
}
