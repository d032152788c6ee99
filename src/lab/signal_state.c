// SPDX-License-Identifier: GPL-2.0-or-later
/* E16 signal-state - the table of actions, the two sets of pending signals, the mask */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "proc/status.h"
#include "signal/set.h"

/* Only these two are looked at; in the tables below as bits. */
enum { USR1 = 1, TERM = 2 };

enum step {
	START, CAUGHT, IGNORED, BLOCKED_KILL, BLOCKED_TGKILL, IGNORED_BLOCKED, FORKED, EXECUTED,
	FLUSHED, STEPS,
};

struct sets {
	unsigned int thread, process, blocked, ignored, caught;
};

static const struct {
	const char *done;
	struct sets expected;
} steps[STEPS] = {
	[START] = { "nothing yet", { 0, 0, 0, 0, 0 } },
	[CAUGHT] = { "sigaction(USR1, handler)", { 0, 0, 0, 0, USR1 } },
	[IGNORED] = { "TERM ignored, kill(TERM)", { 0, 0, 0, TERM, USR1 } },
	[BLOCKED_KILL] = { "both blocked, kill(USR1)", { 0, USR1, USR1 | TERM, TERM, USR1 } },
	[BLOCKED_TGKILL] = { "tgkill(USR1) as well", { USR1, USR1, USR1 | TERM, TERM, USR1 } },
	[IGNORED_BLOCKED] = { "kill(TERM), ignored and blocked",
			      { USR1, USR1 | TERM, USR1 | TERM, TERM, USR1 } },
	[FORKED] = { "seen in a child of fork", { 0, 0, USR1 | TERM, TERM, USR1 } },
	[EXECUTED] = { "seen after that child's exec", { 0, 0, USR1 | TERM, TERM, 0 } },
	[FLUSHED] = { "both set to ignored", { 0, 0, USR1 | TERM, USR1 | TERM, 0 } },
};

struct state {
	struct sets step[STEPS];
	int kill_errno, stop_errno; /* of sigaction */
	bool kill_is_blocked;	    /* after sigprocmask with all signals */
	int handler_runs;
};

static volatile sig_atomic_t handler_runs;

static void on_usr1(int signal UNUSED)
{
	handler_runs++;
}

static unsigned int bits_of(uint64_t set)
{
	return (signal_set_has(set, SIGUSR1) ? USR1 : 0) |
	       (signal_set_has(set, SIGTERM) ? TERM : 0);
}

static int look(pid_t pid, struct sets *ret_sets, struct error *err)
{
	struct status status;

	TRY(status_read(pid, pid, &status, err));
	*ret_sets = (struct sets){
		.thread = bits_of(status.pending),
		.process = bits_of(status.shared_pending),
		.blocked = bits_of(status.blocked),
		.ignored = bits_of(status.ignored),
		.caught = bits_of(status.caught),
	};
	return 0;
}

/* Stops before the first instruction of its new program; ptrace(2). */
static int stop_then_execute(void *data UNUSED)
{
	char *argv[] = { "husk-lab", NULL };

	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	/* KILL is the one that a mask does not hold back and STOP the one that stops. */
	kill(getpid(), SIGSTOP);
	execv("/proc/self/exe", argv);
	return 1;
}

static int look_at_child(struct state *io_state, struct error *err)
{
	int status;
	pid_t pid = child_start(stop_then_execute, NULL, 0, err);

	TRY(pid);
	TRY(child_wait(pid, &status, err));
	if (!WIFSTOPPED(status))
		return error_set(err, ENOTSUP, "needs ptrace");
	TRY(look(pid, &io_state->step[FORKED], err));
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	TRY(child_wait(pid, &status, err));
	if (!WIFSTOPPED(status))
		return error_set(err, ENOTSUP, "needs /proc/self/exe");
	TRY(look(pid, &io_state->step[EXECUTED], err));
	child_kill(pid);
	return 0;
}

static void try_kill_and_stop(struct state *io_state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t all, before, now;

	io_state->kill_errno = sigaction(SIGKILL, &ignore, NULL) < 0 ? errno : 0;
	io_state->stop_errno = sigaction(SIGSTOP, &ignore, NULL) < 0 ? errno : 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	sigprocmask(SIG_SETMASK, &before, &now);
	io_state->kill_is_blocked = sigismember(&now, SIGKILL);
}

static int observe(void *ret_observation, struct error *err)
{
	struct state *state = ret_observation;
	struct sets *step = state->step;
	pid_t self = getpid();
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGUSR1);
	sigaddset(&both, SIGTERM);
	try_kill_and_stop(state);
	TRY(look(self, &step[START], err));
	child_handle(SIGUSR1, on_usr1, 0);
	TRY(look(self, &step[CAUGHT], err));
	child_handle(SIGTERM, SIG_IGN, 0);
	kill(self, SIGTERM);
	TRY(look(self, &step[IGNORED], err));
	sigprocmask(SIG_BLOCK, &both, NULL);
	kill(self, SIGUSR1);
	TRY(look(self, &step[BLOCKED_KILL], err));
	syscall(SYS_tgkill, self, self, SIGUSR1);
	TRY(look(self, &step[BLOCKED_TGKILL], err));
	kill(self, SIGTERM);
	TRY(look(self, &step[IGNORED_BLOCKED], err));
	TRY(look_at_child(state, err));
	child_handle(SIGUSR1, SIG_IGN, 0);
	child_handle(SIGTERM, SIG_IGN, 0);
	TRY(look(self, &step[FLUSHED], err));
	sigprocmask(SIG_UNBLOCK, &both, NULL);
	state->handler_runs = handler_runs;
	return 0;
}

static const char *words_of(unsigned int bits)
{
	static const char *const words[] = { "-", "USR1", "TERM", "USR1 TERM" };

	return words[bits & (USR1 | TERM)];
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct state *state = observation;

	for (int i = 0; i < STEPS; i++)
		finding_must(io_finding, memcmp(&state->step[i], &steps[i].expected,
						sizeof(struct sets)) == 0,
			     "the sets are not as predicted at \"%s\"", steps[i].done);
	finding_must(io_finding, state->kill_errno == EINVAL && state->stop_errno == EINVAL,
		     "sigaction took SIGKILL or SIGSTOP");
	finding_must(io_finding, !state->kill_is_blocked, "SIGKILL was blocked");
	finding_must(io_finding, state->handler_runs == 0, "a signal that was flushed came all the "
		     "same");
	finding_say(io_finding, "all %d states are as predicted; sigaction(SIGKILL) is EINVAL and "
		    "blocking it does nothing", STEPS);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct state *state = observation;

	evidence_table(io_evidence, "USR1 and TERM in /proc/PID/status",
		       "done|SigPnd (thread)|ShdPnd (process)|SigBlk|SigIgn|SigCgt");
	for (int i = 0; i < STEPS; i++) {
		const struct sets *sets = &state->step[i];

		evidence_row(io_evidence, "%s|%s|%s|%s|%s|%s", steps[i].done,
			     words_of(sets->thread), words_of(sets->process),
			     words_of(sets->blocked), words_of(sets->ignored),
			     words_of(sets->caught));
	}
}

const struct experiment lab_signal_state = {
	.id = "E16",
	.name = "signal-state",
	.question = "Where does the kernel keep what a process does with signals, and what "
		    "survives fork and exec?",
	.prediction = "One table of actions per process; a mask per thread; one pending set per "
		      "process (kill) and one per thread (tgkill). An ignored signal is forgotten, "
		      "unless it is blocked. fork drops what is pending and copies the rest; exec "
		      "resets handlers and keeps what is ignored and the mask.",
	.method = "One process changes its own state step by step; each time its /proc status is "
		  "read.",
	.husk = "A container's program is executed with an empty mask and all actions default, "
		"whatever the caller of husk had blocked or ignored.",
	.read_on = "signal(7), execve(2), proc(5) SigPnd; kernel/signal.c: do_sigaction, "
		   "include/linux/sched/signal.h",
	.size = sizeof(struct state),
	.observe = observe,
	.check = check,
	.show = show,
};
