// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/end.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "proc/task.h"
#include "test.h"

struct child {
	pid_t pid;
	int pid_fd;
	struct task task;
};

/* A child that waits for a byte, then exits with 7. */
static struct child start(int pipe_fd[2])
{
	struct child child;
	struct error err;

	CHECK_INT(pipe2(pipe_fd, O_CLOEXEC), 0);
	child.pid = fork();
	if (child.pid == 0) {
		char byte;

		(void)!read(pipe_fd[0], &byte, 1);
		_exit(7);
	}
	child.pid_fd = sys_pidfd_open(child.pid, 0);
	CHECK_OK(task_read(child.pid, &child.task, &err), err);
	return child;
}

static void await_zombie(pid_t pid)
{
	siginfo_t info;

	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

TEST(status_is_told_alive_zombie_and_reaped)
{
	int pipe_fd[2], status = -1;
	struct child child = start(pipe_fd);
	uint64_t start_time = child.task.start_time;
	struct error err;
	int r;

	CHECK_INT(end_read(child.pid, start_time, child.pid_fd, &status, &err), -EBUSY);
	CHECK_INT(write(pipe_fd[1], "x", 1), 1);
	await_zombie(child.pid);
	r = end_read(child.pid, start_time, child.pid_fd, &status, &err);
	if (geteuid() == 0) {
		CHECK_OK(r, err);
		CHECK_INT(WEXITSTATUS(status), 7);
	}
	CHECK_INT(waitpid(child.pid, NULL, 0), child.pid);
	status = -1;
	r = end_read(child.pid, start_time, child.pid_fd, &status, &err);
	/* Before Linux 6.15 nobody keeps it. */
	CHECK_TRUE(r == -ENODATA || (r == 0 && WEXITSTATUS(status) == 7));
	CHECK_INT(end_read(child.pid, start_time, -1, &status, &err), -ENODATA);
	close(child.pid_fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

TEST(signal_is_told_as_one)
{
	int pipe_fd[2], status = -1;
	struct child child = start(pipe_fd);
	struct error err;

	if (geteuid() != 0)
		SKIP("needs root to look into a zombie");
	CHECK_INT(kill(child.pid, SIGKILL), 0);
	await_zombie(child.pid);
	CHECK_OK(end_read(child.pid, child.task.start_time, child.pid_fd, &status, &err), err);
	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGKILL);
	waitpid(child.pid, NULL, 0);
	close(child.pid_fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

TEST(the_scheduler_s_time_is_found_in_its_file)
{
	double ms = 0;

	CHECK_TRUE(end_parse_last_run("a (1, #threads: 1)\n---\nse.exec_start    :   605206.645094\n"
				      "se.vruntime : 1.0\n", &ms));
	CHECK_INT(ms, 605206);
	CHECK_TRUE(!end_parse_last_run("", &ms));
	CHECK_TRUE(!end_parse_last_run("a\nse.exec_start\nse.vruntime : 1.0\n", &ms));
	CHECK_TRUE(!end_parse_last_run("a\nse.exec_start : x\n", &ms));
}

TEST(a_zombie_has_an_age_until_it_is_reaped)
{
	pid_t child = fork();
	uint64_t ms = UINT64_MAX;
	siginfo_t ended;
	struct error err;
	int r;

	if (child == 0)
		_exit(0);
	CHECK_INT(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	r = end_read_age(child, &ms, &err);
	CHECK_INT(waitpid(child, NULL, 0), child);
	if (r == -ENODATA)
		SKIP("this kernel does not show when a task last ran");
	CHECK_OK(r, err);
	CHECK_TRUE(ms < 86400000);
	CHECK_INT(end_read_age(child, &ms, &err), -ESRCH);
}
