// SPDX-License-Identifier: GPL-2.0-or-later
/* E11 restart-table - a signal ends a system call that waits; is the call done again? */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "lab/child.h"
#include "lab/lab.h"
#include "signal/set.h"

/* include/linux/errno.h of the kernel: never seen by a program, only by its tracer. */
enum { RESTARTSYS = 512, RESTARTNOHAND = 514, RESTART_RESTARTBLOCK = 516 };

enum call { READ, WAIT4, NANOSLEEP, POLL, FUTEX, PAUSE, SIGSUSPEND, CALLS };
enum how { WITH_RESTART, WITHOUT_RESTART, NO_HANDLER, HOWS };
enum outcome { NOT_DONE, RETURNED, ENTERED_AGAIN, RESTARTED };

static const struct {
	const char *name;
	long number;
	int code;
	enum outcome expected[HOWS];
} calls[CALLS] = {
	[READ] = { "read (pipe)", SYS_read, RESTARTSYS,
		   { ENTERED_AGAIN, RETURNED, ENTERED_AGAIN } },
	[WAIT4] = { "wait4", SYS_wait4, RESTARTSYS, { ENTERED_AGAIN, RETURNED, ENTERED_AGAIN } },
	[NANOSLEEP] = { "clock_nanosleep", SYS_clock_nanosleep, RESTART_RESTARTBLOCK,
			{ RETURNED, RETURNED, RESTARTED } },
	[POLL] = { "poll", SYS_poll, RESTART_RESTARTBLOCK, { RETURNED, RETURNED, RESTARTED } },
	[FUTEX] = { "futex wait, timeout", SYS_futex, RESTART_RESTARTBLOCK,
		    { RETURNED, RETURNED, RESTARTED } },
	[PAUSE] = { "pause", SYS_pause, RESTARTNOHAND, { RETURNED, RETURNED, ENTERED_AGAIN } },
	[SIGSUSPEND] = { "rt_sigsuspend", SYS_rt_sigsuspend, RESTARTNOHAND,
			 { RETURNED, RETURNED, ENTERED_AGAIN } },
};

struct cell {
	int code;    /* what the kernel's own code gave, as its tracer sees it */
	int outcome;
	int error;   /* that the program got, when the call returned to it */
	int handler_runs;
};

struct restarts {
	struct cell cell[CALLS][HOWS];
};

/* One traced process in one call. */
struct subject {
	enum call call;
	enum how how;
	struct cell *cell;
};

static volatile sig_atomic_t handler_runs;

static void on_signal(int signal UNUSED)
{
	handler_runs++;
}

/* --- the traced process --- */

static long wait_in(enum call call)
{
	struct timespec hour = { .tv_sec = 3600 };
	static uint32_t word;
	uint64_t no_signals = 0;
	int ends[2];

	switch (call) {
	case READ:
		return pipe2(ends, O_CLOEXEC) < 0 ? 0 : syscall(SYS_read, ends[0], &word, 1);
	case WAIT4:
		return syscall(SYS_wait4, -1, NULL, 0, NULL);
	case NANOSLEEP:
		return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &hour, NULL);
	case POLL:
		return syscall(SYS_poll, NULL, 0, 3600 * 1000);
	case FUTEX:
		return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &hour, NULL, 0);
	case PAUSE:
		return syscall(SYS_pause);
	case SIGSUSPEND:
		return syscall(SYS_rt_sigsuspend, &no_signals, sizeof(no_signals));
	case CALLS:
		break;
	}
	return 0;
}

/* A child of its own for wait4 is made before, so that the call is the next thing it does. */
static int be_subject(void *data)
{
	struct subject *subject = data;
	struct error ignored;

	if (subject->call == WAIT4 && child_start(child_sleep, NULL, 0, &ignored) < 0)
		return 1;
	if (subject->how != NO_HANDLER)
		child_handle(SIGUSR1, on_signal, subject->how == WITH_RESTART ? SA_RESTART : 0);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	kill(getpid(), SIGSTOP);
	subject->cell->error = wait_in(subject->call) < 0 ? errno : 0;
	subject->cell->handler_runs = handler_runs;
	/* Another call, so that the tracer sees that this one is over. */
	syscall(SYS_getppid);
	return 0;
}

/* --- the tracer --- */

/* The next stop; 0 for one at a system call, else the signal of it. */
static int next_stop(pid_t pid, int signal, int *ret_signal, struct error *err)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal) < 0)
		return error_sys(err, "ptrace");
	TRY(child_wait(pid, &status, err));
	if (!WIFSTOPPED(status))
		return error_set(err, ESRCH, "the traced process ended");
	*ret_signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
	return 0;
}

static int read_call(pid_t pid, struct __ptrace_syscall_info *ret_info, struct error *err)
{
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(*ret_info), ret_info) < 0)
		return error_sys(err, "ptrace: PTRACE_GET_SYSCALL_INFO");
	return 0;
}

/* Runs it to the entry of the next call, signals and exits of others on the way. */
static int run_to_entry(pid_t pid, long *ret_number, struct error *err)
{
	struct __ptrace_syscall_info info;
	int signal = 0;

	do {
		TRY(next_stop(pid, signal, &signal, err));
		info.op = PTRACE_SYSCALL_INFO_NONE;
		if (signal == 0)
			TRY(read_call(pid, &info, err));
	} while (info.op != PTRACE_SYSCALL_INFO_ENTRY);
	*ret_number = (long)info.entry.nr;
	return 0;
}

/* From the entry of the call on: it sleeps, is sent the signal, and comes out of the call. */
static int interrupt(const struct subject *subject, pid_t pid, struct error *err)
{
	struct __ptrace_syscall_info info;
	int signal, status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
		return error_sys(err, "ptrace");
	TRY(child_await_call(pid, calls[subject->call].number, err));
	kill(pid, subject->how == NO_HANDLER ? SIGWINCH : SIGUSR1);
	TRY(child_wait(pid, &status, err));
	signal = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
	if (signal != (SIGTRAP | 0x80))
		return error_set(err, EIO, "the call did not end at a stop");
	TRY(read_call(pid, &info, err));
	subject->cell->code = info.op == PTRACE_SYSCALL_INFO_EXIT ? (int)-info.exit.rval : 0;
	return 0;
}

static int trace(const struct subject *subject, pid_t pid, struct error *err)
{
	const long wanted = calls[subject->call].number;
	long number;
	int status;

	TRY(child_wait(pid, &status, err));
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		return error_sys(err, "ptrace");
	do
		TRY(run_to_entry(pid, &number, err));
	while (number != wanted);
	TRY(interrupt(subject, pid, err));
	do
		TRY(run_to_entry(pid, &number, err));
	while (number == SYS_rt_sigreturn);
	subject->cell->outcome = number == wanted ? ENTERED_AGAIN
				 : number == SYS_restart_syscall ? RESTARTED : RETURNED;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct restarts *restarts = ret_observation;

	for (int call = 0; call < CALLS; call++)
		for (int how = 0; how < HOWS; how++) {
			struct subject subject = { (enum call)call, (enum how)how,
						   &restarts->cell[call][how] };
			pid_t pid = child_start(be_subject, &subject, 0, err);

			TRY(pid);
			TRY(trace(&subject, pid, err));
			child_kill(pid);
		}
	return 0;
}

/* --- */

static const char *outcome_word(const struct cell *cell)
{
	if (cell->outcome == ENTERED_AGAIN)
		return "entered again";
	if (cell->outcome == RESTARTED)
		return "restart_syscall";
	if (cell->outcome != RETURNED)
		return "?";
	return cell->error == EINTR ? "EINTR" : "another result";
}

static void check(const void *observation, struct finding *io_finding)
{
	static const char *const hows[] = { "SA_RESTART", "a handler", "no handler" };
	const struct restarts *restarts = observation;

	for (int call = 0; call < CALLS; call++)
		for (int how = 0; how < HOWS; how++) {
			const struct cell *cell = &restarts->cell[call][how];

			finding_must(io_finding, cell->code == calls[call].code,
				     "%s: the kernel's result is -%d, not -%d", calls[call].name,
				     cell->code, calls[call].code);
			finding_must(io_finding,
				     cell->outcome == (int)calls[call].expected[how] &&
				     (cell->outcome != RETURNED || cell->error == EINTR),
				     "%s with %s: %s", calls[call].name, hows[how],
				     outcome_word(cell));
			finding_must(io_finding,
				     cell->outcome != RETURNED || cell->handler_runs == 1,
				     "%s: the handler ran %d times", calls[call].name,
				     cell->handler_runs);
		}
	finding_say(io_finding, "all %d cells are as predicted, and no program saw -512, -514 or "
		    "-516", CALLS * HOWS);
}

static const char *code_word(int code)
{
	switch (code) {
	case RESTARTSYS:
		return "ERESTARTSYS";
	case RESTARTNOHAND:
		return "ERESTARTNOHAND";
	case RESTART_RESTARTBLOCK:
		return "ERESTART_RESTARTBLOCK";
	default:
		return "?";
	}
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct restarts *restarts = observation;

	evidence_table(io_evidence, NULL,
		       "call|kernel's result||SA_RESTART|handler without it|no handler");
	for (int call = 0; call < CALLS; call++) {
		const struct cell *cell = restarts->cell[call];

		evidence_row(io_evidence, "%s|-%d|%s|%s|%s|%s", calls[call].name, cell->code,
			     code_word(cell->code), outcome_word(&cell[WITH_RESTART]),
			     outcome_word(&cell[WITHOUT_RESTART]),
			     outcome_word(&cell[NO_HANDLER]));
	}
}

const struct experiment lab_restart_table = {
	.id = "E11",
	.name = "restart-table",
	.question = "A signal comes while a system call waits: is the call done again or does it "
		    "fail?",
	.prediction = "The kernel's code gives up with a number that no program ever sees, and "
		      "that decides. -512: again with SA_RESTART or without any handler, else "
		      "EINTR. -514: again only without a handler. -516: EINTR after a handler, "
		      "else restart_syscall goes on with the time that is left.",
	.method = "Seven calls are interrupted in their sleep under ptrace, which shows the result "
		  "before it is translated: by SIGUSR1 with two kinds of handler, by an ignored "
		  "SIGWINCH.",
	.husk = "husk blocks signals and reads them from a signalfd, so that none of its calls "
		"ends half way; where one may, it is retried.",
	.read_on = "signal(7) \"Interruption of system calls\", restart_syscall(2); "
		   "arch/x86/kernel/signal.c: handle_signal",
	.needs = LAB_X86,
	.size = sizeof(struct restarts),
	.observe = observe,
	.check = check,
	.show = show,
};
