// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* A new folder that is gone as soon as it is open twice. */
static void open_twice(int ret_fds[2])
{
	char folder[] = "/tmp/husk-lock-XXXXXX";

	CHECK_TRUE(mkdtemp(folder) != NULL);
	for (int i = 0; i < 2; i++)
		ret_fds[i] = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(rmdir(folder), 0);
	CHECK_TRUE(ret_fds[0] >= 0 && ret_fds[1] >= 0);
}

/* LC-12 */
TEST(one_has_it_and_the_other_learns_who)
{
	autofree char *who = mem_format("(process %d)", getpid());
	struct error err;
	int fds[2];

	open_twice(fds);
	CHECK_TRUE(!state_lock_is_held(fds[1]));
	CHECK_OK(state_lock_take(fds[0], 0, &err), err);
	CHECK_TRUE(state_lock_is_held(fds[1]));
	CHECK_INT(state_lock_take(fds[1], 0, &err), -EBUSY);
	CHECK_TRUE(strstr(err.text, "locked by ") == err.text);
	CHECK_TRUE(strstr(err.text, who) != NULL);
	state_lock_release(fds[0]);
	CHECK_TRUE(!state_lock_is_held(fds[1]));
	CHECK_OK(state_lock_take(fds[1], 0, &err), err);
	close(fds[0]);
	close(fds[1]);
}

TEST(those_who_only_ask_do_not_disturb_each_other)
{
	int fds[2];

	open_twice(fds);
	CHECK_INT(flock(fds[0], LOCK_SH), 0);
	CHECK_TRUE(!state_lock_is_held(fds[1]));
	close(fds[0]);
	close(fds[1]);
}

/* The child takes the lock, says so, and dies when it is told to. */
TEST(a_lock_is_free_when_its_holder_was_killed)
{
	struct error err;
	int fds[2], ready[2];
	pid_t pid;
	char byte;

	open_twice(fds);
	CHECK_INT(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (state_lock_take(fds[0], 0, &err) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[0]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	CHECK_INT(state_lock_take(fds[1], 5, &err), -EBUSY);
	kill(pid, SIGKILL);
	/* Longer than its death can take: it is waited for, not slept through. */
	CHECK_OK(state_lock_take(fds[1], 60000, &err), err);
	waitpid(pid, NULL, 0);
	close(fds[1]);
	close(ready[0]);
	close(ready[1]);
}

/* Who took it is gone, a child still has it: no process is named that is not there. */
TEST(a_holder_that_is_gone_is_not_named)
{
	struct error err;
	int fds[2], status;
	pid_t pid;

	open_twice(fds);
	pid = fork();
	if (pid == 0)
		_exit(state_lock_take(fds[0], 0, &err) < 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_ERROR(state_lock_take(fds[1], 0, &err), err, EBUSY, "locked by another process");
	close(fds[0]);
	close(fds[1]);
}
