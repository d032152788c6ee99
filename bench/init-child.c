// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init-child - what runs below an init that is measured, or in its place
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init-bench.h"

static void on_latency(int signal)
{
	(void)signal;
	shared->at_us = now_us();
	shared->seq++;
	wake(&shared->seq);
}

static void on_record(int signal, siginfo_t *info, void *context)
{
	(void)context;
	shared->value = info->si_value.sival_int;
	shared->code = info->si_code;
	shared->from = info->si_pid;
	shared->count[signal]++;
	shared->seq++;
	wake(&shared->seq);
}

static void on_helper(int signal)
{
	shared->helper_count[signal]++;
}

static void on_linger(int signal)
{
	(void)signal;
	shared->helper_got_term = 1;
	nap(100e3);
	shared->helper_is_done = 1;
	_exit(0);
}

static void record_all(void)
{
	struct sigaction action = { .sa_sigaction = on_record,
				    .sa_flags = SA_SIGINFO | SA_RESTART };

	sigfillset(&action.sa_mask); /* one after the other: the counts tell the order */
	for (int signal = 1; signal <= 64; signal++)
		if (signal != SIGKILL && signal != SIGSTOP && signal != SIGCHLD)
			sigaction(signal, &action, NULL);
}

static void say_ready(void)
{
	shared->ready = 1;
	wake(&shared->ready);
}

/* Every signal that has a handler makes it go round once. */
static int for_ever(void)
{
	while (pause() != 0)
		;
	return 0;
}

static int stay(void)
{
	say_ready();
	return for_ever();
}

static int exit_with(int number)
{
	say_ready();
	return number;
}

static int die_of(int number)
{
	say_ready();
	signal(number, SIG_DFL);
	raise(number);
	return 98;
}

static int wait_for_ever(int number)
{
	(void)number;
	return stay();
}

static int answer(int number)
{
	(void)number;
	signal(SIGUSR1, on_latency);
	return stay();
}

static int ignore(int number)
{
	(void)number;
	signal(SIGTERM, SIG_IGN);
	return stay();
}

static int record(int number)
{
	(void)number;
	record_all();
	return stay();
}

/* With a helper in the same process group, which says that both are there. */
static int be_two(int number)
{
	(void)number;
	record_all();
	if (fork() == 0) {
		for (int signal_number = 1; signal_number <= 64; signal_number++)
			signal(signal_number, on_helper);
		stay();
	}
	return for_ever();
}

/* The main process ends; a second one wants to end in order. */
static int leave_one(int number)
{
	if (fork() == 0) {
		signal(SIGTERM, on_linger);
		shared->go = 1;
		wake(&shared->go);
		for_ever();
	}
	await(&shared->go, 0, 60000);
	say_ready();
	return number;
}

static int read_terminal(int number)
{
	char line[64];

	(void)number;
	record_all();
	say_ready();
	shared->tty_answer = read(0, line, sizeof(line)) > 0 ? 1 : 2;
	wake(&shared->tty_answer);
	return for_ever();
}

static int storm(int number)
{
	for (int i = 0; i < number; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(fork() < 0);
		if (pid < 0)
			return 97;
		waitpid(pid, NULL, 0);
	}
	return stay();
}

/* So many orphans, each of which ends when nobody has the other end of the pipe any more. */
static void make_orphans(const int *ends, int number)
{
	char byte;

	close(ends[1]);
	for (int i = 0; i < number; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(read(ends[0], &byte, 1) != 0);
		if (pid < 0) {
			shared->value = i;
			break;
		}
	}
	_exit(0);
}

static int burst(int number)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return 97;
	pid = fork();
	if (pid == 0)
		make_orphans(ends, number);
	close(ends[0]);
	waitpid(pid, NULL, 0);
	say_ready();
	await(&shared->go, 0, 600000);
	close(ends[1]);
	return for_ever();
}

static const struct mode {
	const char *name;
	int (*run)(int number);
} modes[] = {
	{ "exit", exit_with },	    { "die", die_of },	       { "pause", wait_for_ever },
	{ "latency", answer },	    { "ignore", ignore },      { "record", record },
	{ "group", be_two },	    { "linger", leave_one },   { "tty", read_terminal },
	{ "storm", storm },	    { "burst", burst },
};

/* What it was started with. */
static void tell_state(void)
{
	sigset_t blocked;

	shared->leads_group = getpgrp() == getpid();
	shared->leads_session = getsid(0) == getpid();
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (int signal = 1; signal < 32; signal++) {
		struct sigaction action;

		shared->blocked |= (uint32_t)sigismember(&blocked, signal) << signal;
		sigaction(signal, NULL, &action);
		shared->ignored |= (uint32_t)(action.sa_handler == SIG_IGN) << signal;
	}
}

int child(const char *mode, int number)
{
	int fd = open(getenv("IB_SHM"), O_RDWR | O_CLOEXEC);

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return 99;
	close(fd);
	tell_state();
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(modes[i].name, mode) == 0)
			return modes[i].run(number);
	return 96;
}
