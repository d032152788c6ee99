// SPDX-License-Identifier: GPL-2.0-or-later
/* E17 signal-sender - what siginfo says of who has sent a signal, and when it is a lie */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "lab/need.h"
#include "signal/name.h"
#include "signal/set.h"

enum way {
	BY_KILL, BY_TGKILL, BY_SIGQUEUE, BY_ALARM, BY_TIMER, BY_EXIT, BY_DEATH, BY_PIPE, BY_FORGERY,
	FROM_OUTSIDE, WAYS,
};

/* Whose number si_pid has to be; a timer's siginfo holds another thing in its place. */
enum whose { OWN, NOBODY, CHILD, FORGED, NONE };

enum { VALUE = 4711, EXIT_VALUE = 7, FORGED_CODE = -60, FORGED_PID = 1 };

static const struct {
	const char *how, *code_name;
	int signal, code;
	enum whose whose;
	int value; /* si_value or si_status; 0: not looked at */
} ways[WAYS] = {
	[BY_KILL] = { "kill(self)", "SI_USER", SIGUSR1, SI_USER, OWN, 0 },
	[BY_TGKILL] = { "tgkill(self), raise", "SI_TKILL", SIGUSR1, SI_TKILL, OWN, 0 },
	[BY_SIGQUEUE] = { "sigqueue(self)", "SI_QUEUE", SIGUSR1, SI_QUEUE, OWN, VALUE },
	[BY_ALARM] = { "setitimer", "SI_KERNEL", SIGALRM, SI_KERNEL, NOBODY, 0 },
	[BY_TIMER] = { "timer_create", "SI_TIMER", SIGUSR1, SI_TIMER, NONE, VALUE },
	[BY_EXIT] = { "a child exits with 7", "CLD_EXITED", SIGCHLD, CLD_EXITED, CHILD,
		      EXIT_VALUE },
	[BY_DEATH] = { "a child is killed", "CLD_KILLED", SIGCHLD, CLD_KILLED, CHILD, SIGKILL },
	[BY_PIPE] = { "write to a broken pipe", "SI_USER", SIGPIPE, SI_USER, OWN, 0 },
	[BY_FORGERY] = { "forged, to oneself", "-60", SIGUSR1, FORGED_CODE, FORGED, 0 },
	[FROM_OUTSIDE] = { "kill from an outer pid namespace", "SI_USER", SIGUSR1, SI_USER, NOBODY,
			   0 },
};

struct seen {
	int signal, code, value;
	pid_t pid;
};

struct senders {
	pid_t self;
	pid_t child[WAYS]; /* where there was one */
	struct seen seen[WAYS];
	int forgery_errno; /* of SI_USER forged towards another process */
};

/* Not by sigwaitinfo(3): the C library shows SI_TKILL as SI_USER there. */
static void wait_signal(int number, struct seen *ret_seen)
{
	siginfo_t info = { 0 };
	uint64_t set = signal_set_of(number);

	(void)TEMP_FAILURE_RETRY(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, sizeof(set)));
	*ret_seen = (struct seen){ .signal = info.si_signo, .code = info.si_code,
				   .pid = info.si_pid, .value = info.si_value.sival_int };
	if (number == SIGCHLD)
		ret_seen->value = info.si_status;
}

static void block(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int start_timer(struct error *err)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
				  .sigev_value.sival_int = VALUE };
	struct itimerspec soon = { .it_value.tv_nsec = 1 };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0 ||
	    timer_settime(timer, 0, &soon, NULL) < 0)
		return error_sys(err, "start a timer");
	return 0;
}

static void break_pipe(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	close(ends[0]);
	(void)!write(ends[1], "", 1);
	close(ends[1]);
}

static long forge(pid_t pid, int code)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = code };

	info.si_pid = FORGED_PID;
	return syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &info);
}

static int exit_with_value(void *data UNUSED)
{
	return EXIT_VALUE;
}

static int send_self(enum way way, struct senders *io_senders, struct error *err)
{
	struct itimerval soon = { .it_value.tv_usec = 1 };
	union sigval value = { .sival_int = VALUE };
	pid_t self = getpid();

	if (way == BY_KILL)
		kill(self, SIGUSR1);
	else if (way == BY_TGKILL)
		syscall(SYS_tgkill, self, self, SIGUSR1);
	else if (way == BY_SIGQUEUE)
		sigqueue(self, SIGUSR1, value);
	else if (way == BY_ALARM)
		setitimer(ITIMER_REAL, &soon, NULL);
	else if (way == BY_TIMER)
		return start_timer(err);
	else if (way == BY_PIPE)
		break_pipe();
	else if (way == BY_FORGERY)
		forge(self, FORGED_CODE);
	else
		io_senders->child[way] = child_start(way == BY_EXIT ? exit_with_value : child_sleep,
						     NULL, 0, err);
	return io_senders->child[way] < 0 ? io_senders->child[way] : 0;
}

static int try_self(enum way way, struct senders *io_senders, struct error *err)
{
	int status;

	block(ways[way].signal);
	TRY(send_self(way, io_senders, err));
	if (way == BY_DEATH) {
		io_senders->forgery_errno = forge(io_senders->child[way], SI_USER) < 0 ? errno : 0;
		kill(io_senders->child[way], SIGKILL);
	}
	wait_signal(ways[way].signal, &io_senders->seen[way]);
	if (io_senders->child[way])
		return child_wait(io_senders->child[way], &status, err);
	return 0;
}

/* PID 1 of the new namespace: tells that it waits, then what it got. */
static int wait_inside(void *data)
{
	const int *fd = data;
	struct seen seen;

	block(SIGUSR1);
	(void)!write(*fd, "", 1);
	wait_signal(SIGUSR1, &seen);
	(void)!write(*fd, &seen, sizeof(seen));
	return 0;
}

static int try_outside(struct seen *ret_seen, struct error *err)
{
	int ends[2], status;
	char ready;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(err, "pipe");
	pid = child_start(wait_inside, &ends[1], CLONE_NEWPID, err);
	TRY(pid);
	if (TEMP_FAILURE_RETRY(read(ends[0], &ready, 1)) != 1 || kill(pid, SIGUSR1) < 0 ||
	    TEMP_FAILURE_RETRY(read(ends[0], ret_seen, sizeof(*ret_seen))) != sizeof(*ret_seen))
		return error_sys(err, "signal the inner process");
	close(ends[0]);
	close(ends[1]);
	return child_wait(pid, &status, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct senders *senders = ret_observation;

	TRY(need_queue(err));
	senders->self = getpid();
	for (int way = 0; way < FROM_OUTSIDE; way++)
		TRY(try_self((enum way)way, senders, err));
	TRY(try_outside(&senders->seen[FROM_OUTSIDE], err));
	return need_queue(err);
}

static pid_t expected_pid(const struct senders *senders, int way)
{
	switch (ways[way].whose) {
	case OWN:
		return senders->self;
	case CHILD:
		return senders->child[way];
	case FORGED:
		return FORGED_PID;
	case NOBODY:
		return 0;
	case NONE:
		break;
	}
	return senders->seen[way].pid;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct senders *senders = observation;

	for (int i = 0; i < WAYS; i++) {
		const struct seen *seen = &senders->seen[i];

		finding_must(io_finding,
			     seen->signal == ways[i].signal && seen->code == ways[i].code,
			     "%s: signal %d with si_code %d, not %d with %d", ways[i].how,
			     seen->signal, seen->code, ways[i].signal, ways[i].code);
		finding_must(io_finding, seen->pid == expected_pid(senders, i),
			     "%s: si_pid is %d, not %d", ways[i].how, seen->pid,
			     expected_pid(senders, i));
		finding_must(io_finding, !ways[i].value || seen->value == ways[i].value,
			     "%s: the value is %d, not %d", ways[i].how, seen->value,
			     ways[i].value);
	}
	finding_must(io_finding, senders->forgery_errno == EPERM,
		     "SI_USER could be forged towards another process (errno %d)",
		     senders->forgery_errno);
	finding_say(io_finding, "si_code tells the way; si_pid is 0 from a timer, the kernel and "
				"an outer namespace, and whatever a process writes for itself");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	static const char *const whose[] = { "own", "nobody's", "the child's", "forged",
					     "(the timer's)" };
	const struct senders *senders = observation;

	evidence_table(io_evidence, NULL, "sent by|signal|si_code||si_pid||value");
	for (int i = 0; i < WAYS; i++) {
		const struct seen *seen = &senders->seen[i];
		char value[16] = "";

		if (ways[i].value)
			snprintf(value, sizeof(value), "%d", seen->value);
		evidence_row(io_evidence, "%s|%s|%d|%s|%d|%s|%s", ways[i].how,
			     signal_name(ways[i].signal), seen->code, ways[i].code_name, seen->pid,
			     whose[ways[i].whose], value);
	}
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "rt_sigqueueinfo(another process, SI_USER, si_pid 1): %s",
		      senders->forgery_errno == EPERM ? "EPERM" : "not refused");
}

const struct experiment lab_signal_sender = {
	.id = "E17",
	.name = "signal-sender",
	.question = "Can a process tell who has sent it a signal?",
	.prediction = "By si_code mostly: 0 kill, -6 tgkill, -1 sigqueue, -2 timer, 128 kernel, "
		      "and 1 or 2 with a child's status. si_pid is translated for the receiver: a "
		      "sender that its pid namespace does not hold is 0. Codes below 0 can be "
		      "forged; others not towards another process.",
	.method = "A process gets a signal in ten ways and reads each with rt_sigtimedwait(2).",
	.husk = "husk trace records sender and code in the kernel, where nothing is forged or 0.",
	.read_on = "sigaction(2) \"The siginfo_t argument\", rt_sigqueueinfo(2); kernel/signal.c: "
		   "do_rt_sigqueueinfo, __send_signal_locked",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct senders),
	.observe = observe,
	.check = check,
	.show = show,
};
