// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * live - a cgroup on this machine, with processes in it, for tests that need the kernel
 *
 *	struct live live = live_new(CGROUP_MODE_V2);     skips without root or that mode
 *	...
 *	live_end(&live);                                 nothing stays
 *
 * All folders lie below /husk-test-PID of each tree.
 */
#ifndef HUSK_TESTS_UNIT_CGROUP_LIVE_H
#define HUSK_TESTS_UNIT_CGROUP_LIVE_H

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"
#include "cgroup/driver.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"

#define INT(number) { .is_set = true, .value = number }
#define PART(type, ...) &(struct type){ __VA_ARGS__ }

enum { LIVE_TASKS = 8, LIVE_WAIT_MS = 60000 };

struct live {
	struct cgroup cgroup;
	size_t count;
	pid_t pid[LIVE_TASKS];
};

static inline struct cgroup live_select(const char *name)
{
	autofree char *path = mem_format("/husk-test-%d/%s", getpid(), name);
	struct cgroup_request request = { .path = path, .id = "x", .is_privileged = true };
	struct cgroup cgroup = { 0 };
	struct error err;

	CHECK_OK(cgroup_select(&request, &cgroup, &err), err);
	return cgroup;
}

/* @mode: NONE for any. */
static inline struct live live_new(enum cgroup_mode mode)
{
	struct live live = { 0 };

	if (geteuid() != 0)
		SKIP("needs root");
	live.cgroup = live_select("box");
	if (live.cgroup.mode == CGROUP_MODE_NONE)
		SKIP("no cgroup is mounted");
	if (mode != CGROUP_MODE_NONE && live.cgroup.mode != mode) {
		cgroup_clear(&live.cgroup);
		SKIP(mode == CGROUP_MODE_V2 ? "needs pure cgroup v2" : "needs cgroup v1");
	}
	return live;
}

static inline struct live live_create(enum cgroup_mode mode, const struct spec_resources *resources)
{
	struct live live = live_new(mode);
	struct error err;

	CHECK_OK(cgroup_create(&live.cgroup, resources, &err), err);
	return live;
}

/* A process in the cgroup that does nothing, or @work. It dies with the test. */
static inline pid_t live_add(struct live *io_live, void (*work)(void))
{
	int gate[2];
	struct error err;
	pid_t pid;
	char byte;

	CHECK_INT(pipe2(gate, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		if (read(gate[0], &byte, 1) == 1 && work)
			work();
		for (;;)
			pause();
	}
	io_live->pid[io_live->count++] = pid;
	CHECK_OK(cgroup_join(&io_live->cgroup, pid, &err), err);
	CHECK_INT(write(gate[1], "x", 1), 1);
	close(gate[0]);
	close(gate[1]);
	return pid;
}

/* Waits for the end of a process and gives its wait status; fails when it goes on living. */
static inline int live_wait(pid_t pid)
{
	autoclose int pid_fd = sys_pidfd_open(pid, 0);
	struct pollfd end = { .fd = pid_fd, .events = POLLIN };
	int status = -1;

	if (pid_fd >= 0)
		CHECK_INT(poll(&end, 1, LIVE_WAIT_MS), 1);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static inline const char *live_folder(const struct live *live, const char *controller)
{
	const struct cgroup_tree *tree = cgroup_fs_find_tree(&live->cgroup, controller);

	if (!tree)
		tree = cgroup_fs_find_tree(&live->cgroup, "");
	CHECK_TRUE(tree);
	return tree->folder;
}

/* What is in a file of the tree of @controller; "" is the cgroup2 one. */
static inline void live_check(const struct live *live, const char *controller, const char *file,
			      const char *expected)
{
	autofree char *text = NULL;
	struct error err;

	CHECK_OK(cgroup_folder_read_at(live_folder(live, controller), file, &text, &err), err);
	CHECK_STR(text, expected);
}

static inline bool live_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static inline void live_check_gone(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++)
		CHECK_TRUE(!live_exists(cgroup->tree[i].folder));
}

/* Removes the parents of this test program. */
static inline void live_tidy(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		autofree char *parent = mem_format("%s/husk-test-%d", cgroup->tree[i].mount_point,
						   getpid());

		rmdir(parent);
		CHECK_TRUE(!live_exists(parent));
	}
}

static inline void live_end(struct live *io_live)
{
	struct error err;

	CHECK_OK(cgroup_delete(&io_live->cgroup, &err), err);
	live_check_gone(&io_live->cgroup);
	for (size_t i = 0; i < io_live->count; i++)
		waitpid(io_live->pid[i], NULL, 0);
	live_tidy(&io_live->cgroup);
	cgroup_clear(&io_live->cgroup);
}

#endif
