// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "ns/enter.h"

/* A child with namespaces of its own that waits to be killed; -1 where that is not allowed. */
static pid_t make_child(uint64_t flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = sys_clone3(&args);

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}

TEST(own_namespaces_do_not_differ)
{
	struct error err;
	uint64_t flags = 1;

	CHECK_OK(ns_enter_look(getpid(), &flags, &err), err);
	CHECK_INT(flags, 0);
}

TEST(namespaces_of_a_child_are_told_apart)
{
	const uint64_t made = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;
	pid_t pid = make_child(made);
	uint64_t flags = 0;
	struct error err;

	if (pid < 0)
		SKIP("needs the right to make namespaces");
	CHECK_OK(ns_enter_look(pid, &flags, &err), err);
	CHECK_INT(flags, made);
	end_child(pid);
	CHECK_INT(ns_enter_look(pid, &flags, &err), -ENOENT);
}

static int enter_in_child(pid_t target, int target_fd)
{
	pid_t pid = fork();
	struct error err;
	uint64_t flags = 1;
	int status;

	if (pid == 0) {
		if (ns_enter(target_fd, CLONE_NEWUTS | CLONE_NEWIPC, &err) < 0)
			_exit(2);
		_exit(ns_enter_look(target, &flags, &err) < 0 || flags != CLONE_NEWPID);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

TEST(what_was_entered_does_not_differ_any_more)
{
	pid_t pid = make_child(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID);
	autoclose int fd = pid < 0 ? -1 : sys_pidfd_open(pid, 0);

	if (pid < 0)
		SKIP("needs the right to make namespaces");
	CHECK_INT(enter_in_child(pid, fd), 0);
	end_child(pid);
}

TEST(process_that_is_gone_cannot_be_entered)
{
	pid_t pid = make_child(CLONE_NEWUTS);
	autoclose int fd = pid < 0 ? -1 : sys_pidfd_open(pid, 0);
	struct error err;

	if (pid < 0)
		SKIP("needs the right to make namespaces");
	end_child(pid);
	CHECK_INT(ns_enter(fd, CLONE_NEWUTS, &err), -ESRCH);
}

TEST(no_namespace_is_entered_without_a_flag)
{
	struct error err;

	CHECK_OK(ns_enter(-1, 0, &err), err);
}

TEST(setgroups_is_denied_only_where_it_was_forbidden)
{
	bool is_denied = true;
	struct error err;

	CHECK_OK(ns_enter_denies_setgroups(getpid(), &is_denied, &err), err);
	if (geteuid() == 0)
		CHECK_TRUE(!is_denied);
}
