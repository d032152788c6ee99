// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "cgroup/live.h"
#include "container/attend.h"

/* Forks @body, and attends to it as `run` does: with all signals blocked. */
static int attend(void (*body)(void), void (*meanwhile)(pid_t pid))
{
	struct container_attendance attendance = { .terminal_fd = -1 };
	sigset_t all, before;
	struct error err;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	attendance.pid = fork();
	if (attendance.pid == 0) {
		body();
		_exit(99);
	}
	attendance.pid_fd = sys_pidfd_open(attendance.pid, 0);
	CHECK_TRUE(attendance.pid_fd >= 0);
	if (meanwhile)
		meanwhile(attendance.pid);
	status = container_attend(&attendance, &err);
	CHECK_OK(status, err);
	close(attendance.pid_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

static void exit_with_42(void)
{
	_exit(42);
}

TEST(exit_status_is_the_process_s)
{
	CHECK_INT(attend(exit_with_42, NULL), 42);
}

static void die_by_sigsegv(void)
{
	sigset_t none;

	signal(SIGSEGV, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	raise(SIGSEGV);
}

TEST(death_by_signal_is_128_and_its_number)
{
	prctl(PR_SET_DUMPABLE, 0);
	CHECK_INT(attend(die_by_sigsegv, NULL), 139);
}

static void exit_with_the_signal_that_comes(void)
{
	sigset_t two;
	int got;

	sigemptyset(&two);
	sigaddset(&two, SIGUSR1);
	sigaddset(&two, SIGRTMIN + 3);
	sigwait(&two, &got);
	_exit(got);
}

static void send_usr1_to_us(pid_t pid UNUSED)
{
	kill(getpid(), SIGUSR1);
}

static void send_realtime_to_us(pid_t pid UNUSED)
{
	kill(getpid(), SIGRTMIN + 3);
}

/* EN-03 */
TEST(signals_are_forwarded)
{
	CHECK_INT(attend(exit_with_the_signal_that_comes, send_usr1_to_us), SIGUSR1);
	CHECK_INT(attend(exit_with_the_signal_that_comes, send_realtime_to_us), SIGRTMIN + 3);
}

/* The grandchild comes to us when its parent ends, and ends before the process does. */
static void leave_an_orphan(void)
{
	int pair[2];
	char byte;
	pid_t between;

	if (pipe(pair) < 0)
		_exit(98);
	between = fork();
	if (between == 0) {
		if (fork() == 0) {
			close(pair[0]);
			_exit(0);
		}
		_exit(0);
	}
	close(pair[1]);
	waitpid(between, NULL, 0);
	(void)!read(pair[0], &byte, 1); /* ends with the orphan */
	_exit(7);
}

TEST(orphans_are_reaped_and_do_not_count)
{
	siginfo_t left = { 0 };

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	CHECK_INT(attend(leave_an_orphan, NULL), 7);
	/* One that ended in the very last moment is ours to find: it must be a zombie or gone. */
	while (waitid(P_ALL, 0, &left, WEXITED) == 0)
		continue;
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* A second process of the session, which is not in its first one's family. */
TEST(hangup_ends_a_session_and_the_status_is_its_first_process_s)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct container_session session = CONTAINER_SESSION_NONE;
	struct container_attendance attendance = { .terminal_fd = -1, .session = &session };
	sigset_t all, before;
	pid_t second;
	struct error err;

	attendance.pid = live_add(&live, NULL);
	second = live_add(&live, NULL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	CHECK_OK(container_session_open(&live.cgroup, attendance.pid, &session, &err), err);
	CHECK_OK(cgroup_join(&session.cgroup, second, &err), err);
	attendance.pid_fd = sys_pidfd_open(attendance.pid, 0);
	CHECK_INT(kill(getpid(), SIGHUP), 0);
	CHECK_INT(container_attend(&attendance, &err), 128 + SIGHUP);
	close(attendance.pid_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	CHECK_INT(WTERMSIG(live_wait(second)), SIGHUP);
	live_check_gone(&session.cgroup);
	container_session_clear(&session);
	live.count = 0;
	live_end(&live);
	signal(SIGHUP, SIG_DFL);
}
