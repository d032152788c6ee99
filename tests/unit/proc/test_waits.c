// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/waits.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "signal/set.h"
#include "test.h"

TEST(syscall_file_has_three_forms)
{
	static const struct {
		const char *text;
		bool is_running;
		long call;
		uint64_t first;
	} rows[] = {
		{ "running\n", true, -1, 0 },
		{ "-1 0x7ffe67547d98 0x7fafee7912ad\n", false, -1, 0x7ffe67547d98 },
		{ "128 0x7ffd1234 0x7ffd5678 0x0 0x8 0x0 0x0 0x7ffe 0x7faf\n", false, 128,
		  0x7ffd1234 },
	};
	static const char *const none[] = { "", "word", "12", "12 x" };
	struct waits w;
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_OK(waits_parse(rows[i].text, &w, &err), err);
		CHECK_INT(w.is_running, rows[i].is_running);
		CHECK_INT(w.call, rows[i].call);
		CHECK_TRUE(w.is_running || w.first_argument == rows[i].first);
	}
	for (size_t i = 0; i < countof(none); i++)
		CHECK_ERROR(waits_parse(none[i], &w, &err), err, EBADMSG,
			    "not the text of a syscall file");
}

TEST(signalfd_is_known_by_its_line)
{
	uint64_t set = 7;

	CHECK_TRUE(!waits_parse_signalfd("pos:\t0\nflags:\t02\nmnt_id:\t15\n", &set));
	CHECK_TRUE(set == 7);
	CHECK_TRUE(waits_parse_signalfd("pos:\t0\nino:\t9\nsigmask:\t0000000000004000\n", &set));
	CHECK_TRUE(set == signal_set_of(SIGTERM));
}

/* A child that waits for TERM and CHLD in sigwait(3). */
static pid_t fork_waiting_child(void)
{
	pid_t pid = fork();
	sigset_t set;
	int got;

	if (pid)
		return pid;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigwait(&set, &got);
	_exit(0);
}

/* It is soon in the call, which is the only place where it sleeps for good. */
static int read_waiting(pid_t pid, struct waits *ret_waits, struct error *err)
{
	for (;;) {
		int r = waits_read(pid, pid, ret_waits, err);

		if (r < 0 || waits_for_signals(ret_waits))
			return r;
		poll(NULL, 0, 1);
	}
}

TEST(awaited_signals_are_read_from_the_memory_of_the_one_who_waits)
{
	pid_t pid = fork_waiting_child();
	char place[WAITS_PLACE_SIZE] = "";
	struct error err = { 0 };
	uint64_t set = 0;
	struct waits w;
	int r = read_waiting(pid, &w, &err);

	if (r == 0)
		r = waits_read_awaited(pid, pid, &w, &set, &err);
	if (r == 0)
		r = waits_read_place(pid, pid, place, &err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (r == -EPERM || r == -EACCES || r == -ENOENT)
		SKIP("needs the right to trace a child");
	CHECK_OK(r, err);
	CHECK_TRUE(set == (signal_set_of(SIGTERM) | signal_set_of(SIGCHLD)));
	CHECK_TRUE(strcmp(place, "0") == 0 || strcmp(place, "do_sigtimedwait") == 0 ||
		   strstr(place, "sigtimedwait"));
}

TEST(own_signalfd_is_seen)
{
	uint64_t set = 0;
	struct error err;
	sigset_t mask;
	autoclose int fd = -1;

	CHECK_OK(waits_read_signalfds(getpid(), &set, &err), err);
	CHECK_TRUE(set == 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	fd = signalfd(-1, &mask, SFD_CLOEXEC);
	CHECK_OK(waits_read_signalfds(getpid(), &set, &err), err);
	CHECK_TRUE(set == signal_set_of(SIGUSR1));
}

TEST(thread_that_runs_waits_for_nothing)
{
	struct waits w;
	struct error err;
	int r = waits_read(getpid(), getpid(), &w, &err);

	if (r == -ENOENT)
		SKIP("needs /proc/PID/syscall");
	CHECK_OK(r, err);
	CHECK_TRUE(!waits_for_signals(&w));
}
