// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/group.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "test.h"

/* pid, parent, group, session, state */
#define TASK(p, up, g, s, st) \
	{ .pid = p, .parent_pid = up, .group = g, .session = s, .state = st, .threads = 1 }

TEST(group_lives_by_a_parent_of_its_session_outside_of_it)
{
	static const struct task shell[] = {
		TASK(1, 0, 1, 1, 'S'), TASK(10, 1, 10, 10, 'S'), /* a shell that leads a session */
		TASK(20, 10, 20, 10, 'S'), TASK(21, 20, 20, 10, 'S'), /* a job of two */
	};
	static const struct task left[] = {
		TASK(1, 0, 1, 1, 'S'), TASK(20, 1, 20, 10, 'S'), TASK(21, 20, 20, 10, 'S'),
	};
	static const struct task dead[] = {
		TASK(1, 0, 1, 1, 'S'), TASK(10, 1, 10, 10, 'S'),
		TASK(20, 10, 20, 10, 'Z'), TASK(21, 1, 20, 10, 'S'),
	};
	static const struct task adopted[] = {
		TASK(1, 0, 1, 10, 'S'), TASK(20, 1, 20, 10, 'S'),
	};

	CHECK_TRUE(!group_is_orphaned(20, 1, shell, countof(shell)));
	/* The leader of a session has its parent in another one. */
	CHECK_TRUE(group_is_orphaned(10, 1, shell, countof(shell)));
	CHECK_TRUE(group_is_orphaned(20, 1, left, countof(left)));
	/* A dead member keeps nobody. */
	CHECK_TRUE(group_is_orphaned(20, 1, dead, countof(dead)));
	CHECK_TRUE(group_is_orphaned(20, 1, adopted, countof(adopted)));
	/* A shell that is PID 1 of a container keeps its jobs. */
	CHECK_TRUE(!group_is_orphaned(20, 0, adopted, countof(adopted)));
	CHECK_TRUE(group_is_orphaned(20, 0, NULL, 0));
}

/* A child that has done @change to itself, then the answer of /proc about it. */
static bool child_is_orphaned(void (*change)(void))
{
	int ends[2];
	pid_t pid;
	char byte;
	bool is_orphaned = false;
	struct task task;
	struct error err = { 0 };
	int r;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		change();
		(void)!write(ends[1], "r", 1);
		for (;;)
			pause();
	}
	CHECK_INT(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	r = task_read(pid, &task, &err);
	if (r == 0)
		r = group_read_orphaned(&task, &is_orphaned, &err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK_OK(r, err);
	return is_orphaned;
}

static void lead_group(void)
{
	setpgid(0, 0);
}

static void lead_session(void)
{
	setsid();
}

TEST(job_of_ours_is_not_orphaned)
{
	CHECK_TRUE(!child_is_orphaned(lead_group));
}

TEST(session_of_its_own_is_orphaned)
{
	CHECK_TRUE(child_is_orphaned(lead_session));
}
