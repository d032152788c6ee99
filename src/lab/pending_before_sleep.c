// SPDX-License-Identifier: GPL-2.0-or-later
/* E12 pending-before-sleep - a signal is there already when a call wants to sleep */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "proc/status.h"

enum { RESTARTSYS = 512 };

struct before {
	long entry_number; /* of the call that it was stopped at */
	bool was_pending;  /* before it went on */
	long result;	   /* of the kernel's code, seen at the exit stop */
	uint64_t switches; /* how often it left the processor between the two stops */
	int delivered;	   /* the signal of the next stop */
};

static int read_nothing(void *data UNUSED)
{
	char byte;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 1;
	child_handle(SIGUSR1, SIG_DFL, 0);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	kill(getpid(), SIGSTOP);
	return read(ends[0], &byte, 1) != 1;
}

static int next_stop(pid_t pid, int *ret_status, struct error *err)
{
	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
		return error_sys(err, "ptrace");
	TRY(child_wait(pid, ret_status, err));
	return WIFSTOPPED(*ret_status) ? 0 : error_set(err, ESRCH, "the traced process ended");
}

static int read_call(pid_t pid, struct __ptrace_syscall_info *ret_info, struct error *err)
{
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(*ret_info), ret_info) < 0)
		return error_sys(err, "ptrace: PTRACE_GET_SYSCALL_INFO");
	return 0;
}

static int trace(pid_t pid, struct before *io_before, struct error *err)
{
	struct __ptrace_syscall_info info;
	struct status entry, exit;
	int status;

	TRY(child_wait(pid, &status, err));
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		return error_sys(err, "ptrace");
	do {
		TRY(next_stop(pid, &status, err));
		TRY(read_call(pid, &info, err));
	} while (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_read);
	io_before->entry_number = (long)info.entry.nr;
	kill(pid, SIGUSR1);
	TRY(status_read(pid, pid, &entry, err));
	io_before->was_pending = entry.shared_pending != 0;
	TRY(next_stop(pid, &status, err));
	TRY(read_call(pid, &info, err));
	TRY(status_read(pid, pid, &exit, err));
	io_before->result = info.op == PTRACE_SYSCALL_INFO_EXIT ? (long)info.exit.rval : 0;
	io_before->switches = exit.switches - entry.switches;
	TRY(next_stop(pid, &status, err));
	io_before->delivered = WSTOPSIG(status);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	pid_t pid = child_start(read_nothing, NULL, 0, err);

	TRY(pid);
	TRY(trace(pid, ret_observation, err));
	child_kill(pid);
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct before *before = observation;

	finding_must(io_finding, before->entry_number == SYS_read && before->was_pending,
		     "the signal was not pending at the entry of read");
	finding_must(io_finding, before->result == -RESTARTSYS, "read gave %ld, not -%d",
		     before->result, RESTARTSYS);
	finding_must(io_finding, before->delivered == SIGUSR1,
		     "the next stop was for signal %d, not SIGUSR1", before->delivered);
	/* One is the stop itself. Being preempted counts too, and is no sleep: it may be more. */
	finding_may(io_finding, before->switches <= 1, "it left the processor %llu times",
		    (unsigned long long)before->switches);
	finding_say(io_finding, "read gave up at once, without a sleep: the one switch is the stop "
		    "for its tracer");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct before *before = observation;

	evidence_table(io_evidence, NULL, "moment|seen");
	evidence_row(io_evidence, "stop at the entry of read (empty pipe)|SIGUSR1 sent, %s",
		     before->was_pending ? "pending" : "not pending");
	evidence_row(io_evidence, "stop at its exit|result %ld (ERESTARTSYS)", before->result);
	evidence_row(io_evidence, "times that it left the processor between|%llu",
		     (unsigned long long)before->switches);
	evidence_row(io_evidence, "next stop|delivery of signal %d", before->delivered);
}

const struct experiment lab_pending_before_sleep = {
	.id = "E12",
	.name = "pending-before-sleep",
	.question = "What if a signal is pending when a process is about to sleep in a call?",
	.prediction = "An interruptible wait looks for signals after it has put itself on the "
		      "queue and before it sleeps. So it does not sleep: the call undoes what it "
		      "began and gives the same -512 as if it had been woken.",
	.method = "A process is stopped at the entry of read on an empty pipe, gets SIGUSR1 there, "
		  "and goes on to the exit.",
	.read_on = "signal(7), ptrace(2); kernel/sched/wait.c: prepare_to_wait_event, "
		   "kernel/sched/core.c: signal_pending_state",
	.tries = 20,
	.size = sizeof(struct before),
	.observe = observe,
	.check = check,
	.show = show,
};
