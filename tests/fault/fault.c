// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fault - run a program and let one system call of it fail, or end it there
 *
 * usage: fault REPORT SECONDS PROCESS CALL WHAT PROGRAM [ARG...]
 *
 * PROCESS counts the processes by their birth: 0 is PROGRAM, 1 the first that it forks, and so on.
 * CALL counts that process's system calls from 0. WHAT is an errno by number, "kill" for SIGKILL
 * before the call, or "none". A process is left alone once it executes something that is no husk.
 *
 * PROCESS may be "all", for a PROGRAM of many threads, whose births and calls come in another
 * order each time: CALL counts the calls of all of them then, without those by which threads wait
 * for each other and get their memory.
 *
 * Written into the file REPORT: "hit NUMBER-OF-THE-CALL" when it came to that, "hung" when all took
 * longer than SECONDS (they are killed then), and "calls N N ..." with the count of each process.
 * Exit status: PROGRAM's, or 128 + its signal.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

enum { PROCESSES = 256, ALL = -1 };

struct tracee {
	pid_t pid; /* 0: gone, or let go */
	bool has_begun; /* its first exec is over: what came before is ours */
	bool is_failing; /* the call that it is in shall fail */
	long calls; /* with ALL the first one counts for everybody */
};

static struct tracee tracees[PROCESSES];
static int count;
static long wanted_process, wanted_call;
static int wanted_error; /* 0: none, -1: kill */
static FILE *report;
static struct stat binary; /* of PROGRAM, which is a path */

static volatile sig_atomic_t is_hung;

static void on_alarm(int signal)
{
	(void)signal;
	is_hung = 1;
}

static struct tracee *find(pid_t pid)
{
	for (int i = 0; i < count; i++)
		if (tracees[i].pid == pid)
			return &tracees[i];
	return NULL;
}

/* In the order of birth: a child may stop before its parent's event tells of it. */
static struct tracee *find_or_add(pid_t pid)
{
	struct tracee *found = find(pid);

	if (found)
		return found;
	if (count == PROCESSES) {
		fprintf(stderr, "fault: more than %d processes\n", PROCESSES);
		exit(125);
	}
	tracees[count] = (struct tracee){ .pid = pid, .has_begun = count > 0 };
	return &tracees[count++];
}

/* Calls that cannot fail, or do not return: an error of theirs would be no kernel's. */
static bool can_fail(long number)
{
	static const long never[] = { SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_getpid,
				      SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid,
				      SYS_getegid, SYS_umask, SYS_set_tid_address, SYS_getpgrp };

	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (number == never[i])
			return false;
	return true;
}

/* Of the threads' own: when they wait for each other, where their memory is. */
static bool is_scheduling(long number)
{
	static const long calls[] = { SYS_futex, SYS_nanosleep, SYS_sched_yield, SYS_epoll_pwait,
				      SYS_madvise, SYS_mmap, SYS_munmap, SYS_rt_sigprocmask,
				      SYS_rt_sigaction, SYS_sigaltstack, SYS_tgkill, SYS_gettid,
				      SYS_getpid, SYS_restart_syscall };

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (number == calls[i])
			return true;
	return false;
}

/* Counts the call; it is the one that shall fail. */
static bool is_wanted(struct tracee *t, long number)
{
	if (!t->has_begun || (wanted_process == ALL && is_scheduling(number)))
		return false;
	if (wanted_process == ALL)
		t = tracees;
	return t->calls++ == wanted_call &&
	       (wanted_process == ALL || t - tracees == wanted_process);
}

/* x86-64: orig_rax -1 is no call at all, and rax the result. */
static void enter(struct tracee *t, long number)
{
	struct user_regs_struct regs;

	if (!is_wanted(t, number))
		return;
	ptrace(PTRACE_GETREGS, t->pid, 0, &regs);
	if (wanted_error == -1) {
		fprintf(report, "hit %lld\n", regs.orig_rax);
		kill(t->pid, SIGKILL);
	} else if (wanted_error && can_fail((long)regs.orig_rax)) {
		fprintf(report, "hit %lld\n", regs.orig_rax);
		t->is_failing = true;
		/* close(2) has closed the descriptor also when it fails. */
		if (regs.orig_rax == SYS_close)
			return;
		regs.orig_rax = (unsigned long long)-1;
		ptrace(PTRACE_SETREGS, t->pid, 0, &regs);
	}
}

static void leave(struct tracee *t)
{
	struct user_regs_struct regs;

	if (!t->is_failing)
		return;
	t->is_failing = false;
	ptrace(PTRACE_GETREGS, t->pid, 0, &regs);
	regs.rax = (unsigned long long)-(long long)wanted_error;
	ptrace(PTRACE_SETREGS, t->pid, 0, &regs);
}

/* The runtime executes itself again, from a mount that no path leads to or from a memfd. */
static bool is_husk(pid_t pid)
{
	static const char memfd[] = "/memfd:";
	char path[64], target[sizeof memfd] = "";
	struct stat now;

	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	if (readlink(path, target, sizeof memfd - 1) < 0 || strcmp(target, memfd) == 0)
		return true;
	return stat(path, &now) == 0 && now.st_dev == binary.st_dev &&
	       now.st_ino == binary.st_ino;
}

/* Returns the signal to pass on, or -1 when the tracee has been let run already. */
static int handle(struct tracee *t, int status)
{
	struct __ptrace_syscall_info info;
	int signal = WSTOPSIG(status), event = status >> 16;

	if (signal == (SIGTRAP | 0x80)) {
		if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof info, &info) <= 0)
			return 0;
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			enter(t, (long)info.entry.nr);
		else
			leave(t);
		return 0;
	}
	if (event == PTRACE_EVENT_EXEC) {
		if (!t->has_begun) {
			t->has_begun = true;
		} else if (!is_husk(t->pid)) {
			ptrace(PTRACE_DETACH, t->pid, 0, 0);
			t->pid = 0;
			return -1;
		}
		return 0;
	}
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, t->pid, 0, 0);
		return -1;
	}
	return event ? 0 : signal;
}

static pid_t begin(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		raise(SIGSTOP);
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, pid, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) != 0) {
		perror("fault: ptrace");
		exit(125);
	}
	kill(pid, SIGCONT);
	find_or_add(pid);
	return pid;
}

/* What the first process has left, as `husk create` does, lives on without us. */
static void interrupt_all(void)
{
	for (int i = 0; i < count; i++)
		if (tracees[i].pid)
			ptrace(PTRACE_INTERRUPT, tracees[i].pid, 0, 0);
}

static int count_traced(void)
{
	int traced = 0;

	for (int i = 0; i < count; i++)
		traced += tracees[i].pid != 0;
	return traced;
}

static void go_on(struct tracee *t, int status, bool is_over)
{
	int signal = handle(t, status);

	if (signal < 0)
		return;
	if (is_over && !t->is_failing) {
		ptrace(PTRACE_DETACH, t->pid, 0, signal);
		t->pid = 0;
	} else {
		ptrace(PTRACE_SYSCALL, t->pid, 0, signal);
	}
}

/* Until the first process has ended and no other one is traced. Returns its wait status. */
static int follow(pid_t first)
{
	int status, result = 0;
	bool is_over = false;

	do {
		pid_t pid = waitpid(-1, &status, __WALL);
		struct tracee *t;

		if (pid < 0 && errno == EINTR && !is_hung)
			continue;
		if (pid < 0)
			break;
		t = find_or_add(pid);
		if (WIFSTOPPED(status)) {
			go_on(t, status, is_over);
			continue;
		}
		t->pid = 0;
		if (pid == first) {
			result = status;
			is_over = true;
			interrupt_all();
		}
	} while (count_traced() && !is_hung);
	return result;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval limit = { .it_interval.tv_sec = 1 };
	int status;

	if (argc < 7) {
		fputs("usage: fault REPORT SECONDS PROCESS CALL WHAT PROGRAM [ARG...]\n", stderr);
		return 125;
	}
	wanted_process = strcmp(argv[3], "all") == 0 ? ALL : atol(argv[3]);
	wanted_call = atol(argv[4]);
	wanted_error = strcmp(argv[5], "kill") == 0 ? -1 : atoi(argv[5]);
	report = fopen(argv[1], "we");
	if (!report || stat(argv[6], &binary) != 0) {
		perror("fault: REPORT or PROGRAM");
		return 125;
	}
	sigaction(SIGALRM, &action, NULL);
	/* Again each second: the first may come between two calls of waitpid(2). */
	limit.it_value.tv_sec = atoi(argv[2]);
	setitimer(ITIMER_REAL, &limit, NULL);
	status = follow(begin(argv + 6));
	if (is_hung)
		fputs("hung\n", report);
	fputs("calls", report);
	for (int i = 0; i < count; i++)
		fprintf(report, " %ld", tracees[i].calls);
	fputs("\n", report);
	fclose(report);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
