// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"

/* C-15 */
TEST(what_still_lives_is_killed)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct error err;

	live_add(&live, NULL);
	live_add(&live, NULL);
	CHECK_OK(cgroup_freeze(&live.cgroup, true, &err), err);
	CHECK_OK(cgroup_delete(&live.cgroup, &err), err);
	live_check_gone(&live.cgroup);
	for (size_t i = 0; i < live.count; i++)
		CHECK_INT(WTERMSIG(live_wait(live.pid[i])), SIGKILL);
	live.count = 0;
	live_end(&live);
}

TEST(deleting_twice_is_fine)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct error err;

	CHECK_OK(cgroup_delete(&live.cgroup, &err), err);
	CHECK_OK(cgroup_delete(&live.cgroup, &err), err);
	live_end(&live);
}

TEST(half_made_cgroup_is_removed)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);

	for (size_t i = 0; i < live.cgroup.count; i += 2)
		CHECK_INT(rmdir(live.cgroup.tree[i].folder), 0);
	live_end(&live);
}

/* A process that has moved itself out of one tree but not out of the others. */
TEST(process_in_one_tree_only_is_found)
{
	struct live live = live_create(CGROUP_MODE_V1, NULL);
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(&live.cgroup, "");
	pid_t pid = live_add(&live, NULL);
	autofree char *text = mem_format("%d", pid);
	struct error err;

	if (v2)
		CHECK_OK(cgroup_folder_write_at(v2->mount_point, "cgroup.procs", text, &err), err);
	CHECK_OK(cgroup_delete(&live.cgroup, &err), err);
	CHECK_INT(WTERMSIG(live_wait(pid)), SIGKILL);
	live.count = 0;
	live_end(&live);
}

/* Deeper than a path may be long, and than there are descriptors. */
/* C-15 */
TEST(nested_folders_go_however_deep)
{
	enum { DEPTH = 1500, WIDTH = 5 };
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	int fd = open(live_folder(&live, "pids"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < WIDTH; i++) {
		char name[] = { 'w', (char)('0' + i), '\0' };

		CHECK_INT(mkdirat(fd, name, 0755), 0);
	}
	for (int i = 0; i < DEPTH; i++) {
		int next;

		CHECK_INT(mkdirat(fd, "deep", 0755), 0);
		next = openat(fd, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CHECK_TRUE(next >= 0);
		close(fd);
		fd = next;
	}
	close(fd);
	live_end(&live);
}

TEST(other_containers_keep_the_parent_and_the_last_takes_it_along)
{
	struct cgroup_request first = { .id = "unit-test-a", .is_privileged = true };
	struct cgroup_request second = { .id = "unit-test-b", .is_privileged = true };
	autocgroup struct cgroup a = { 0 }, b = { 0 };
	autofree char *parent = NULL;
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_OK(cgroup_select(&first, &a, &err), err);
	if (a.mode == CGROUP_MODE_NONE)
		SKIP("no cgroup is mounted");
	CHECK_OK(cgroup_select(&second, &b, &err), err);
	parent = mem_format("%s/" CGROUP_PARENT, a.tree->mount_point);
	CHECK_OK(cgroup_create(&a, NULL, &err), err);
	CHECK_OK(cgroup_create(&b, NULL, &err), err);
	CHECK_OK(cgroup_delete(&a, &err), err);
	CHECK_TRUE(live_exists(parent));
	CHECK_OK(cgroup_delete(&b, &err), err);

	/* Other containers of this machine may have it in use. */
	if (live_exists(parent))
		CHECK_TRUE(rmdir(parent) < 0 && (errno == EBUSY || errno == ENOTEMPTY));
	live_check_gone(&a);
	live_check_gone(&b);
}

/* Each makes and removes the common parent, again and again. */
static int come_and_go(int number)
{
	struct spec_resources resources = { .pids = PART(spec_pids, .limit = INT(5)),
					    .cpu = PART(spec_cpu, .cpus = "0") };
	autofree char *id = mem_format("unit-race-%d-%d", getppid(), number);
	struct cgroup_request request = { .id = id, .is_privileged = true };
	struct error err = { 0 };
	int r = 0;

	for (int round = 0; r == 0 && round < 25; round++) {
		struct cgroup cgroup = { 0 };
		pid_t pid;

		r = cgroup_select(&request, &cgroup, &err);
		if (r == 0)
			r = cgroup_create(&cgroup, &resources, &err);
		pid = r == 0 ? fork() : -1;
		if (pid == 0)
			for (;;)
				pause();
		if (r == 0)
			r = cgroup_join(&cgroup, pid, &err);
		if (r == 0)
			r = cgroup_delete(&cgroup, &err);
		if (pid > 0)
			waitpid(pid, NULL, 0);
		cgroup_clear(&cgroup);
	}
	if (r < 0)
		print_error("%s\n", err.text);
	return r < 0;
}

TEST(eight_at_a_time_never_disturb_each_other)
{
	enum { RUNTIMES = 8 };
	pid_t pid[RUNTIMES];

	if (geteuid() != 0)
		SKIP("needs root");
	for (int i = 0; i < RUNTIMES; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(come_and_go(i));
	}
	for (int i = 0; i < RUNTIMES; i++) {
		int status = -1;

		CHECK_INT(waitpid(pid[i], &status, 0), pid[i]);
		CHECK_INT(status, 0);
	}
}
