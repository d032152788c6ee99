// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/ns.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"
#include "test.h"

/* A name that no process of another run of this test has. */
static const char *child_name(void)
{
	static char name[16];

	if (!*name)
		snprintf(name, sizeof(name), "husk-%d", (int)getpid());
	return name;
}

/* A child in namespaces of its own, called child_name(), that sleeps until it is killed. */
static pid_t fork_into(uint64_t flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	int ends[2];
	pid_t pid;
	char byte;

	(void)child_name();
	assert_int_equal(pipe(ends), 0);
	pid = sys_clone3(&args);
	if (pid == 0) {
		prctl(PR_SET_NAME, child_name());
		(void)!write(ends[1], "r", 1);
		for (;;)
			pause();
	}
	if (pid > 0)
		CHECK_INT(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST(own_namespace_holds_itself)
{
	struct error err;
	autoclose int fd = proc_ns_open(getpid(), "pid", &err);
	autoclose int user_fd = proc_ns_open(getpid(), "user", &err);

	CHECK_OK(fd, err);
	CHECK_OK(user_fd, err);
	CHECK_TRUE(proc_ns_inode(fd) != 0);
	CHECK_TRUE(proc_ns_is_same(fd, fd));
	CHECK_TRUE(proc_ns_holds(fd, fd));
	CHECK_TRUE(!proc_ns_is_same(fd, user_fd));
}

TEST(inner_namespace_lies_in_the_outer_one_and_not_the_other_way)
{
	struct error err;
	pid_t pid = fork_into(CLONE_NEWPID);
	autoclose int outer_fd = proc_ns_open(getpid(), "pid", &err);
	autoclose int inner_fd = -1;

	if (pid < 0)
		SKIP("needs root");
	inner_fd = proc_ns_open(pid, "pid", &err);
	end(pid);
	CHECK_OK(inner_fd, err);
	CHECK_TRUE(proc_ns_holds(outer_fd, inner_fd));
	CHECK_TRUE(!proc_ns_holds(inner_fd, outer_fd));
	CHECK_TRUE(!proc_ns_is_first(inner_fd));
}

TEST(process_is_found_by_its_number_and_by_its_name_within)
{
	struct error err;
	pid_t pid = fork_into(CLONE_NEWPID), by_number, by_name, none, nobody;
	autoclose int fd = -1;

	if (pid < 0)
		SKIP("needs root");
	fd = proc_ns_open(pid, "pid", &err);
	by_number = proc_ns_find_pid(fd, 1, &err);
	by_name = proc_ns_find_name(fd, child_name(), &err);
	none = proc_ns_find_pid(fd, 77, &err);
	CHECK_STR(err.text, "no process has the number 77 in that namespace");
	nobody = proc_ns_find_name(fd, "husk-no-such", &err);
	CHECK_STR(err.text, "no process has the name \"husk-no-such\" in that namespace");
	end(pid);
	CHECK_INT(by_number, pid);
	CHECK_INT(by_name, pid);
	CHECK_INT(none, -ESRCH);
	CHECK_INT(nobody, -ESRCH);
}

TEST(name_of_two_processes_is_refused_with_their_numbers)
{
	autofree char *start = mem_format("2 processes have the name \"%s\": ", child_name());
	struct error err;
	autoclose int fd = proc_ns_open(getpid(), "pid", &err);
	pid_t one = fork_into(0), other = fork_into(0);
	int r = proc_ns_find_name(fd, child_name(), &err);

	end(one);
	end(other);
	CHECK_INT(r, -EEXIST);
	CHECK_TRUE(text_begins(err.text, start));
}

TEST(capability_counts_in_the_own_namespace_and_below)
{
	struct error err;
	pid_t pid = fork_into(CLONE_NEWUSER);
	autoclose int outer_fd = proc_ns_open(getpid(), "user", &err);
	autoclose int inner_fd = -1;
	uid_t uid = geteuid(), other = uid + 1;

	if (pid < 0)
		SKIP("needs user namespaces");
	inner_fd = proc_ns_open(pid, "user", &err);
	end(pid);
	CHECK_OK(inner_fd, err);
	CHECK_TRUE(proc_ns_has_capability(outer_fd, outer_fd, true, other));
	CHECK_TRUE(!proc_ns_has_capability(outer_fd, outer_fd, false, uid));
	CHECK_TRUE(proc_ns_has_capability(outer_fd, inner_fd, true, other));
	CHECK_TRUE(!proc_ns_has_capability(outer_fd, inner_fd, false, other));
	/* Who made it may do all in it. */
	CHECK_TRUE(proc_ns_has_capability(outer_fd, inner_fd, false, uid));
	CHECK_TRUE(!proc_ns_has_capability(inner_fd, outer_fd, true, uid));
}

TEST(missing_process_has_no_namespace)
{
	struct error err;

	CHECK_INT(proc_ns_open(-1, "pid", &err), -ENOENT);
}
