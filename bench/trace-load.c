// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trace-load - what bench/trace and tests/integration/test_trace_storm.py trace
 *
 * usage: trace-load pingpong|forks|calls COUNT     prints how many nanoseconds it took, of the wall
 *                                                  clock and of the processor
 *        trace-load storm COUNT                    prints how many signals were sent, and refused
 *
 * storm begins with a line on stdin, and goes when that ends; in between it and its receiver are
 * there and silent.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long long now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Of this process and of those that it has waited for. */
static long long used_ns(void)
{
	long long used = 0;

	for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
		struct rusage usage;

		getrusage(who, &usage);
		used += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL +
			(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
	}
	return used;
}

static void on_signal(int signal)
{
	(void)signal;
}

static void handle(int signal)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (sigaction(signal, &action, NULL) < 0)
		fail("sigaction");
}

static void end(pid_t pid)
{
	if (kill(pid, SIGKILL) < 0 || waitpid(pid, NULL, 0) != pid)
		fail("end");
}

/* --- pingpong: each side sends, and sleeps until it is sent to --- */

static void play(pid_t other, long count, int begins)
{
	sigset_t none;

	sigemptyset(&none);
	for (long i = 0; i < count; i++) {
		if (begins && kill(other, SIGUSR1) < 0)
			fail("kill");
		sigsuspend(&none);
		if (!begins && kill(other, SIGUSR1) < 0)
			fail("kill");
	}
}

/* Half of the signals go there, half back. */
static void pingpong(long count)
{
	pid_t self = getpid(), pid;
	sigset_t mine;

	handle(SIGUSR1);
	sigemptyset(&mine);
	sigaddset(&mine, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mine, NULL);
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		play(self, count / 2, 0);
		pause();
	}
	play(pid, count / 2, 1);
	end(pid);
}

static void forks(long count)
{
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0)
			_exit(0);
		if (waitpid(pid, NULL, 0) != pid)
			fail("waitpid");
	}
}

static void calls(long count)
{
	for (long i = 0; i < count; i++)
		(void)getppid();
}

static void timed(void (*work)(long count), long count)
{
	long long begin = now_ns(), used = used_ns();

	work(count);
	printf("%lld %lld\n", now_ns() - begin, used_ns() - used);
}

/* --- storm --- */

/*
 * The kernel goes through the whole queue for each signal that is taken out of it, so a long one
 * would measure that. It counts by user.
 */
enum { KINDS = 4, QUEUE = 512, USER = 1 << 20 };

static pid_t start_receiver(void)
{
	int ready[2];
	char byte;
	struct rlimit limit = { QUEUE, QUEUE };
	uid_t user = USER + (uid_t)getpid();
	pid_t pid;

	if (setrlimit(RLIMIT_SIGPENDING, &limit) < 0)
		fail("setrlimit");
	if (geteuid() == 0 && setresuid(user, user, user) < 0)
		fail("setresuid");
	if (pipe(ready) < 0)
		fail("pipe");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		handle(SIGUSR1);
		for (int i = 1; i < KINDS; i++)
			handle(SIGRTMIN + i);
		if (write(ready[1], "", 1) != 1)
			fail("write");
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		fail("read");
	return pid;
}

/* What finds the queue full (RLIMIT_SIGPENDING) is sent again, and each time is a signal. */
static void storm(long count)
{
	pid_t pid = start_receiver();
	long refused = 0;
	char byte;

	if (read(STDIN_FILENO, &byte, 1) != 1)
		fail("read");
	for (long i = 0; i < count; i++) {
		int signal = i % KINDS ? SIGRTMIN + (int)(i % KINDS) : SIGUSR1;
		union sigval value = { .sival_int = (int)i };

		while (sigqueue(pid, signal, value) < 0) {
			if (errno != EAGAIN)
				fail("sigqueue");
			refused++;
			nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000 }, NULL);
		}
	}
	printf("%ld %ld\n", count, refused);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	end(pid);
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;
	const char *what = argc == 3 ? argv[1] : "";

	if (count <= 0)
		return 2;
	if (strcmp(what, "storm") == 0)
		storm(count);
	else if (strcmp(what, "pingpong") == 0)
		timed(pingpong, count);
	else if (strcmp(what, "forks") == 0)
		timed(forks, count);
	else if (strcmp(what, "calls") == 0)
		timed(calls, count);
	else
		return 2;
	return 0;
}
