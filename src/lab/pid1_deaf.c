// SPDX-License-Identifier: GPL-2.0-or-later
/* E18 pid1-deaf - signals to PID 1 of a pid namespace, by disposition and sender */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "lab/child.h"
#include "lab/lab.h"
#include "signal/name.h"

enum disposition { DEFAULT, IGNORE, HANDLER, DISPOSITIONS };
enum sender { OUTSIDE, INSIDE, ITSELF, SENDERS };
enum outcome { NOT_DONE, IGNORED, HANDLED, STOPPED, KILLED };

static const int signals[] = { SIGTERM, SIGKILL, SIGSTOP, SIGTSTP, SIGSEGV, SIGCHLD };
enum { SIGNALS = sizeof(signals) / sizeof(*signals) };

/* Deaths that no sender brings, of a PID 1. */
enum fault { NULL_DEFAULT, NULL_IGNORED, ABORT, ALARM, FAULTS };

struct cell {
	int outcome;
	int result; /* of kill(2), 0 or an errno */
};

struct deaf {
	struct cell init[SIGNALS][DISPOSITIONS][SENDERS];
	struct cell normal[SIGNALS]; /* an ordinary process, default action */
	int fault_status[FAULTS];    /* wait status */
};

/* One subject: PID 1 of a namespace, or an ordinary process; and one beside it who sends. */
struct subject {
	int signal;
	enum disposition disposition;
	pid_t sender_target; /* as the sender sees it */
	struct gate order, answer; /* a byte in, a byte out */
	struct gate sender_order;
	struct cell *cell; /* where the sender inside and the subject itself leave the result */
};

static volatile sig_atomic_t handler_runs;

static void on_signal(int signal UNUSED)
{
	handler_runs++;
}

static void send(struct subject *subject, pid_t pid)
{
	subject->cell->result = kill(pid, subject->signal) < 0 ? errno : 0;
}

static int be_sender(void *data)
{
	struct subject *subject = data;

	gate_pass(&subject->sender_order);
	send(subject, subject->sender_target);
	gate_open(&subject->answer);
	return child_sleep(NULL);
}

enum { ORDER_SEND = 's', ORDER_TELL = 't' };

static void serve(struct subject *subject)
{
	char order, answer;

	while (TEMP_FAILURE_RETRY(read(subject->order.read_fd, &order, 1)) == 1) {
		if (order == ORDER_SEND)
			send(subject, getpid());
		answer = handler_runs ? HANDLED : IGNORED;
		if (write(subject->answer.write_fd, &answer, 1) != 1)
			return;
	}
}

/* The sender inside exists before the handler does: its own end would be a signal as well. */
static int be_subject(void *data)
{
	struct subject *subject = data;
	struct error ignored;

	/* Of an orphaned process group the kernel stops nobody by SIGTSTP. */
	setpgid(0, 0);
	subject->sender_target = getpid();
	if (child_start(be_sender, subject, 0, &ignored) < 0)
		return 1;
	if (subject->disposition == IGNORE)
		child_handle(subject->signal, SIG_IGN, 0);
	else if (subject->disposition == HANDLER)
		child_handle(subject->signal, on_signal, SA_RESTART);
	gate_open(&subject->answer);
	serve(subject);
	return 0;
}

/* A byte from one of the two, or what has become of the subject. */
static enum outcome await_answer(const struct subject *subject, pid_t pid)
{
	struct pollfd answer = { .fd = subject->answer.read_fd, .events = POLLIN };
	int status;
	char got;

	for (;;) {
		if (poll(&answer, 1, 1) == 1 && read(answer.fd, &got, 1) == 1)
			return (enum outcome)got;
		if (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid)
			return WIFSTOPPED(status) ? STOPPED : KILLED;
	}
}

/*
 * A signal is dealt with before the subject runs on, so one that answers has had it, and one that
 * does not is dead or stopped.
 */
static enum outcome await_outcome(const struct subject *subject, pid_t pid)
{
	char order = ORDER_TELL;

	if (write(subject->order.write_fd, &order, 1) != 1)
		return NOT_DONE;
	return await_answer(subject, pid);
}

/* NOT_DONE, or what came of it before the sender could say that it is sent. */
static enum outcome order_signal(struct subject *subject, enum sender sender, pid_t pid)
{
	char order = ORDER_SEND;

	if (sender == ITSELF)
		return write(subject->order.write_fd, &order, 1) == 1
			       ? await_answer(subject, pid) : NOT_DONE;
	if (sender == OUTSIDE) {
		send(subject, pid);
		return NOT_DONE;
	}
	gate_open(&subject->sender_order);
	return await_answer(subject, pid);
}

static int open_gates(struct subject *io_subject, struct error *err)
{
	TRY(gate_make(&io_subject->order, err));
	TRY(gate_make(&io_subject->answer, err));
	return gate_make(&io_subject->sender_order, err);
}

static void close_gates(struct subject *io_subject)
{
	gate_close(&io_subject->order);
	gate_close(&io_subject->answer);
	gate_close(&io_subject->sender_order);
}

/* The subject and all that it has in @subject lie in memory that its processes share. */
static int try_cell(struct subject *io_subject, enum sender sender, uint64_t flags,
		    struct error *err)
{
	struct subject *subject = io_subject;
	pid_t pid;

	TRY(open_gates(subject, err));
	pid = child_start(be_subject, subject, flags, err);
	TRY(pid);
	gate_pass(&subject->answer);
	subject->cell->outcome = order_signal(subject, sender, pid);
	if (subject->cell->outcome == NOT_DONE)
		subject->cell->outcome = await_outcome(subject, pid);
	/* One that has ended is reaped already; the sender of an ordinary process stays behind. */
	if (subject->cell->outcome != KILLED)
		child_kill(pid);
	close_gates(subject);
	return 0;
}

static bool can_be_set(int signal)
{
	return signal != SIGKILL && signal != SIGSTOP;
}

static int try_signal(int index, struct deaf *io_deaf, struct error *err)
{
	struct subject subject = { .signal = signals[index], .cell = &io_deaf->normal[index] };

	TRY(try_cell(&subject, OUTSIDE, 0, err));
	for (int d = 0; d < (can_be_set(signals[index]) ? DISPOSITIONS : 1); d++)
		for (int s = 0; s < SENDERS; s++) {
			subject.disposition = (enum disposition)d;
			subject.cell = &io_deaf->init[index][d][s];
			TRY(try_cell(&subject, (enum sender)s, CLONE_NEWPID, err));
		}
	return 0;
}

/* --- what is no signal of a sender --- */

/* A sanitizer would not let it come so far. */
__attribute__((no_sanitize("address", "undefined"))) static int read_null(void)
{
	const volatile int *volatile nowhere = NULL;

	return *nowhere;
}

static int wait_for_alarm(void)
{
	struct itimerval timer = { .it_value.tv_usec = 1000 };

	setitimer(ITIMER_REAL, &timer, NULL);
	while (getitimer(ITIMER_REAL, &timer) == 0 && timerisset(&timer.it_value))
		child_rest();
	return 3;
}

static int be_faulty(void *data)
{
	enum fault fault = *(enum fault *)data;

	if (fault == NULL_IGNORED)
		child_handle(SIGSEGV, SIG_IGN, 0);
	if (fault == NULL_DEFAULT || fault == NULL_IGNORED)
		return read_null();
	if (fault == ABORT)
		abort();
	return wait_for_alarm();
}

static int observe(void *ret_observation, struct error *err)
{
	struct deaf *deaf = ret_observation;
	pid_t pid;

	for (int i = 0; i < SIGNALS; i++)
		TRY(try_signal(i, deaf, err));
	for (int fault = 0; fault < FAULTS; fault++) {
		pid = child_start(be_faulty, &fault, CLONE_NEWPID, err);
		TRY(pid);
		TRY(child_wait(pid, &deaf->fault_status[fault], err));
	}
	return 0;
}

/* --- the prediction --- */

static enum outcome predict_init(int signal, enum disposition disposition, enum sender sender)
{
	if (disposition == HANDLER)
		return HANDLED;
	if (sender == OUTSIDE && signal == SIGKILL)
		return KILLED;
	return sender == OUTSIDE && signal == SIGSTOP ? STOPPED : IGNORED;
}

static enum outcome predict_normal(int signal)
{
	if (signal == SIGCHLD)
		return IGNORED;
	return signal == SIGSTOP || signal == SIGTSTP ? STOPPED : KILLED;
}

static const char *const outcome_words[] = {
	[NOT_DONE] = "?", [IGNORED] = "ignored", [HANDLED] = "handled", [STOPPED] = "STOPPED",
	[KILLED] = "KILLED",
};

static const char *word_of(int outcome)
{
	return outcome >= NOT_DONE && outcome <= KILLED ? outcome_words[outcome] : "?";
}

static const char *const sender_words[] = { "outside", "inside", "itself" };

static void check_init(const struct deaf *deaf, int i, struct finding *io_finding)
{
	for (int d = 0; d < (can_be_set(signals[i]) ? DISPOSITIONS : 1); d++)
		for (int s = 0; s < SENDERS; s++) {
			const struct cell *cell = &deaf->init[i][d][s];
			enum outcome expected = predict_init(signals[i], (enum disposition)d,
							     (enum sender)s);

			finding_must(io_finding, cell->outcome == (int)expected,
				     "%s to PID 1 from %s: %s, not %s", signal_name(signals[i]),
				     sender_words[s], word_of(cell->outcome), word_of(expected));
			finding_must(io_finding, cell->result == 0, "kill(%s) gave errno %d",
				     signal_name(signals[i]), cell->result);
		}
}

static void check_faults(const struct deaf *deaf, struct finding *io_finding)
{
	for (int fault = NULL_DEFAULT; fault <= ABORT; fault++)
		finding_must(io_finding, WIFSIGNALED(deaf->fault_status[fault]) &&
					 WTERMSIG(deaf->fault_status[fault]) != SIGABRT,
			     "a PID 1 that does wrong was not killed (status %#x)",
			     (unsigned int)deaf->fault_status[fault]);
	finding_must(io_finding, WIFEXITED(deaf->fault_status[ALARM]) &&
				 WEXITSTATUS(deaf->fault_status[ALARM]) == 3,
		     "its own timer killed a PID 1");
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct deaf *deaf = observation;

	for (int i = 0; i < SIGNALS; i++) {
		check_init(deaf, i, io_finding);
		finding_must(io_finding,
			     deaf->normal[i].outcome == (int)predict_normal(signals[i]),
			     "%s to an ordinary process: %s", signal_name(signals[i]),
			     word_of(deaf->normal[i].outcome));
	}
	check_faults(deaf, io_finding);
	finding_say(io_finding, "without a handler nothing but SIGKILL and SIGSTOP from outside "
		    "reaches PID 1; kill() says 0 all the same");
}

static const char *status_word(int status)
{
	if (WIFSIGNALED(status))
		return signal_name(WTERMSIG(status));
	return WIFEXITED(status) ? "lives on and exits" : "?";
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct deaf *deaf = observation;

	evidence_table(io_evidence, "to PID 1 of a new pid namespace, default action, from ...; "
				    "to an ordinary process",
		       "signal|outside|inside|itself|is ignored|has handler|ordinary, default");
	for (int i = 0; i < SIGNALS; i++) {
		const struct cell (*cell)[SENDERS] = deaf->init[i];
		bool is_set = can_be_set(signals[i]);

		evidence_row(io_evidence, "%s|%s|%s|%s|%s|%s|%s", signal_name(signals[i]),
			     word_of(cell[DEFAULT][OUTSIDE].outcome),
			     word_of(cell[DEFAULT][INSIDE].outcome),
			     word_of(cell[DEFAULT][ITSELF].outcome),
			     is_set ? word_of(cell[IGNORE][OUTSIDE].outcome) : "-",
			     is_set ? word_of(cell[HANDLER][OUTSIDE].outcome) : "-",
			     word_of(deaf->normal[i].outcome));
	}
	evidence_table(io_evidence, NULL, "what PID 1 does itself|ended by");
	evidence_row(io_evidence, "reads address 0|%s",
		     status_word(deaf->fault_status[NULL_DEFAULT]));
	evidence_row(io_evidence, "the same with SIGSEGV ignored|%s",
		     status_word(deaf->fault_status[NULL_IGNORED]));
	evidence_row(io_evidence, "abort(): its SIGABRT is dropped|%s",
		     status_word(deaf->fault_status[ABORT]));
	evidence_row(io_evidence, "lets its timer send SIGALRM|%s",
		     status_word(deaf->fault_status[ALARM]));
}

const struct experiment lab_pid1_deaf = {
	.id = "E18",
	.name = "pid1-deaf",
	.question = "Why does PID 1 of a container not react to kill?",
	.prediction = "For the init of a pid namespace the default action does not exist: a signal "
		      "without handler is dropped while it is sent, whoever sends it, and kill() "
		      "still returns 0. Only SIGKILL and SIGSTOP from an outer namespace act. A "
		      "handler makes all others work. A fault of its own kills it.",
	.method = "Six signals to a fresh PID 1 with each disposition from outside, inside and "
		  "itself: 42 namespaces; the same to an ordinary process.",
	.husk = "husk explain tells it for one process and signal before it is sent, husk doctor "
		"finds such a PID 1, husk-init (box --init) has handlers and passes signals on.",
	.read_on = "pid_namespaces(7), kill(2) NOTES; kernel/signal.c: sig_task_ignored, "
		   "SIGNAL_UNKILLABLE",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct deaf),
	.observe = observe,
	.check = check,
	.show = show,
};
