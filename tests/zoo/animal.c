// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * animal - a program that puts itself into a state, says so, and stays there
 *
 * Its arguments are done one after the other:
 *
 *	handle SIG, ignore SIG, block SIG	numbers, as in kill -l
 *	zombies N	children that have ended and are not waited for
 *	orphans N	grandchildren that have ended after their parent, for PID 1 to wait for
 *	children N	children that sleep
 *	fill		children that sleep, until a fork is refused
 *	grow SIG	one more child that sleeps, at each SIG
 *	reap		end all children and wait for them
 *	touch N		N MiB of memory, each page written
 *	overeat N	the same in a child, which shall die of it; then it is waited for
 *	stopped		a child that is stopped
 *	vfork		a child that waits in vfork(2) for a grandchild that sleeps
 *	run WORDS...	a child that executes the words; then sleep
 *	ready		say so
 *	wait SIG	wait for it in sigwaitinfo(2); the signal is blocked
 *	signalfd SIG	wait for it in read(2)
 *
 * Behind the last word it sleeps.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(const char *what)
{
	perror(what);
	exit(99);
}

static void rest(void)
{
	for (;;)
		pause();
}

static pid_t fork_or_end(void)
{
	pid_t pid = fork();

	if (pid < 0)
		end("fork");
	return pid;
}

static void on_signal(int signal)
{
	_exit(128 + signal);
}

static sigset_t set_of(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static void block(int signal)
{
	sigset_t set = set_of(signal);

	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void await_end(pid_t pid, int options)
{
	siginfo_t info;

	if (waitid(P_PID, (id_t)pid, &info, options) < 0)
		end("waitid");
}

static void make_zombies(int count)
{
	while (count--) {
		pid_t pid = fork_or_end();

		if (pid == 0)
			_exit(0);
		await_end(pid, WEXITED | WNOWAIT);
	}
}

/* The grandchild holds the pipe open until its parent is gone. */
static void make_orphan(void)
{
	int orphaned[2], ended[2];
	pid_t child;
	char byte;

	if (pipe(orphaned) < 0 || pipe(ended) < 0)
		end("pipe");
	child = fork_or_end();
	if (child == 0) {
		close(ended[0]);
		if (fork_or_end() == 0) {
			close(orphaned[1]);
			(void)!read(orphaned[0], &byte, 1);
			_exit(0);
		}
		_exit(0);
	}
	close(orphaned[0]);
	close(ended[1]);
	await_end(child, WEXITED);
	close(orphaned[1]);
	(void)!read(ended[0], &byte, 1);
	close(ended[0]);
}

static int make_children(int count)
{
	int made = 0;

	for (; made < count; made++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0)
			rest();
	}
	return made;
}

static void on_grow(int signal)
{
	(void)signal;
	if (fork() == 0)
		rest();
}

/* Without a mask: the children block nothing. */
static void grow_at(int signal)
{
	struct sigaction act = { .sa_handler = on_grow, .sa_flags = SA_NODEFER };

	sigaction(signal, &act, NULL);
}

static void reap(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	signal(SIGTERM, on_signal);
}

static void touch(int mib)
{
	size_t size = (size_t)mib << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		end("mmap");
	for (size_t at = 0; at < size; at += 4096)
		memory[at] = 1;
}

static void overeat(int mib)
{
	pid_t pid = fork_or_end();

	if (pid == 0) {
		touch(mib);
		_exit(0);
	}
	await_end(pid, WEXITED);
}

static void make_stopped(void)
{
	pid_t pid = fork_or_end();

	if (pid == 0) {
		raise(SIGSTOP);
		rest();
	}
	await_end(pid, WSTOPPED | WNOWAIT);
}

static void make_stuck(void)
{
	if (fork_or_end() == 0) {
		/* The grandchild borrows the memory, and the child waits inside of the kernel. */
		if (vfork() == 0)
			for (;;)
				pause();
		rest();
	}
}

static void run(char **words)
{
	if (fork_or_end() == 0) {
		execvp(words[0], words);
		end(words[0]);
	}
	rest();
}

static void ready(void)
{
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		end("write");
}

static void await(int signal)
{
	sigset_t set = set_of(signal);

	block(signal);
	while (sigwaitinfo(&set, NULL) < 0)
		;
}

static void read_signalfd(int signal)
{
	struct signalfd_siginfo got;
	sigset_t set = set_of(signal);
	int fd;

	block(signal);
	fd = signalfd(-1, &set, 0);
	if (fd < 0)
		end("signalfd");
	/* Ready is said when the descriptor is there. */
	ready();
	(void)!read(fd, &got, sizeof(got));
}

static void do_number(const char *word, int number)
{
	if (strcmp(word, "handle") == 0)
		signal(number, on_signal);
	else if (strcmp(word, "ignore") == 0)
		signal(number, SIG_IGN);
	else if (strcmp(word, "block") == 0)
		block(number);
	else if (strcmp(word, "zombies") == 0)
		make_zombies(number);
	else if (strcmp(word, "orphans") == 0)
		while (number--)
			make_orphan();
	else if (strcmp(word, "children") == 0)
		make_children(number);
	else if (strcmp(word, "grow") == 0)
		grow_at(number);
	else if (strcmp(word, "touch") == 0)
		touch(number);
	else if (strcmp(word, "overeat") == 0)
		overeat(number);
	else if (strcmp(word, "wait") == 0)
		await(number);
	else if (strcmp(word, "signalfd") == 0)
		read_signalfd(number);
	else
		exit(98);
}

static int do_word(const char *word)
{
	if (strcmp(word, "ready") == 0)
		ready();
	else if (strcmp(word, "fill") == 0)
		make_children(1000);
	else if (strcmp(word, "reap") == 0)
		reap();
	else if (strcmp(word, "stopped") == 0)
		make_stopped();
	else if (strcmp(word, "vfork") == 0)
		make_stuck();
	else
		return 0;
	return 1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "run") == 0)
			run(argv + i + 1);
		if (do_word(argv[i]))
			continue;
		do_number(argv[i], i + 1 < argc ? atoi(argv[i + 1]) : 0);
		i++;
	}
	rest();
}
