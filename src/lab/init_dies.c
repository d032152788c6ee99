// SPDX-License-Identifier: GPL-2.0-or-later
/* E22 init-dies - PID 1 of a namespace exits; what becomes of the others? */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "lab/child.h"
#include "lab/lab.h"
#include "lab/tracefs.h"

enum { OTHERS = 5, EXIT_INIT = 42, LINES = 10, LINE_SIZE = 96 };

struct teardown {
	int status;	  /* of PID 1, as wait gives it */
	bool is_empty;	  /* when wait returned, nobody held the pipe any more */
	bool has_trace;
	int kills, other_kills; /* SIGKILLs that PID 1 generated with code 128, and with another */
	bool is_exit_first, is_chld_last;
	int line_count;
	char line[LINES][LINE_SIZE];
	char name[16]; /* of PID 1, for the trace */
	struct gate ready, go;
	int hold[2]; /* a pipe that everybody inside holds */
};

/* Nothing that it can do keeps it alive. */
static int resist(void *data)
{
	struct teardown *teardown = data;
	sigset_t all;

	/* So that the trace tells it from PID 1. */
	prctl(PR_SET_NAME, "other");
	for (int number = 1; number < NSIG; number++)
		child_handle(number, SIG_IGN, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	gate_open(&teardown->ready);
	return child_sleep(NULL);
}

static int resist_in_session(void *data)
{
	setsid();
	return resist(data);
}

static int be_init(void *data)
{
	struct teardown *teardown = data;
	struct error ignored;

	prctl(PR_SET_NAME, teardown->name);
	for (int i = 0; i < OTHERS; i++)
		if (child_start(i ? resist : resist_in_session, teardown, 0, &ignored) < 0)
			return 1;
	gate_pass(&teardown->go);
	return EXIT_INIT;
}

/* --- the trace: what PID 1 did, in its own context --- */

static int open_trace(const char *name, struct tracefs *ret_trace, struct error *err)
{
	autofree char *filter = mem_format("comm == \"%s\"", name);

	TRY(tracefs_open(ret_trace, err));
	TRY(tracefs_enable(ret_trace, "signal/signal_generate", "sig == 9 || sig == 17", err));
	TRY(tracefs_enable(ret_trace, "sched/sched_process_exit", filter, err));
	return tracefs_on(ret_trace, true, err);
}

static void keep_line(struct teardown *io_teardown, const char *line)
{
	const char *event = strstr(line, ": ");

	if (io_teardown->line_count < LINES && event)
		snprintf(io_teardown->line[io_teardown->line_count++], LINE_SIZE, "%s",
			 event + 2);
}

/* One line that PID 1 has written. */
static void take_line(struct teardown *io_teardown, const char *line)
{
	keep_line(io_teardown, line);
	io_teardown->is_chld_last = strstr(line, "sig=17") != NULL;
	if (strstr(line, "sched_process_exit") && io_teardown->line_count == 1)
		io_teardown->is_exit_first = true;
	if (!strstr(line, "sig=9 "))
		return;
	if (strstr(line, "code=128 "))
		io_teardown->kills++;
	else
		io_teardown->other_kills++;
}

static int read_trace(const struct tracefs *trace, struct teardown *io_teardown, struct error *err)
{
	autofree char *text = NULL;
	char *rest, *line;

	TRY(tracefs_on(trace, false, err));
	TRY(tracefs_read(trace, &text, err));
	if (!tracefs_is_whole(text))
		return 0;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, " ");
		/* "NAME-PID [CPU] flags time: event: ..." */
		if (strncmp(line, io_teardown->name, strlen(io_teardown->name)) == 0)
			take_line(io_teardown, line);
	}
	io_teardown->has_trace = true;
	return 0;
}

/* --- */

static int tear_down(struct teardown *io_teardown, struct error *err)
{
	pid_t pid = child_start(be_init, io_teardown, CLONE_NEWPID, err);
	char byte;

	TRY(pid);
	for (int i = 0; i < OTHERS; i++)
		gate_pass(&io_teardown->ready);
	close(io_teardown->hold[1]);
	gate_open(&io_teardown->go);
	TRY(child_wait(pid, &io_teardown->status, err));
	/* At once: if anybody were left, there would be EAGAIN. */
	io_teardown->is_empty = read(io_teardown->hold[0], &byte, 1) == 0;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct teardown *teardown = ret_observation;
	struct tracefs trace = { .folder_fd = -1 };
	struct error ignored;
	int r;

	snprintf(teardown->name, sizeof(teardown->name), "lab%d", getpid());
	TRY(gate_make(&teardown->ready, err));
	TRY(gate_make(&teardown->go, err));
	if (pipe2(teardown->hold, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_sys(err, "pipe");
	/* Without tracefs there is less to show; what is predicted can be seen all the same. */
	r = open_trace(teardown->name, &trace, &ignored);
	TRY(tear_down(teardown, err));
	if (r >= 0)
		(void)!read_trace(&trace, teardown, &ignored);
	tracefs_close(&trace);
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct teardown *teardown = observation;

	finding_must(io_finding, WIFEXITED(teardown->status) &&
				 WEXITSTATUS(teardown->status) == EXIT_INIT,
		     "the wait status of PID 1 is %#x, not that of exit(%d)",
		     (unsigned int)teardown->status, EXIT_INIT);
	finding_must(io_finding, teardown->is_empty, "PID 1 could be reaped while others lived");
	if (teardown->has_trace) {
		finding_must(io_finding, teardown->kills == OTHERS && teardown->other_kills == 0,
			     "PID 1 sent %d SIGKILLs as the kernel and %d otherwise, to %d others",
			     teardown->kills, teardown->other_kills, OTHERS);
		finding_must(io_finding, teardown->is_exit_first && teardown->is_chld_last,
			     "the order was not: exit, SIGKILLs, SIGCHLD to the parent");
	}
	finding_say(io_finding, "all %d others, which blocked and ignored everything, were dead "
				"before PID 1 could be reaped with its status "
				"%d", OTHERS, EXIT_INIT);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct teardown *teardown = observation;

	evidence_table(io_evidence, NULL, "what the parent of PID 1 saw|");
	evidence_row(io_evidence, "wait status of PID 1|exit(%d)", WEXITSTATUS(teardown->status));
	evidence_row(io_evidence, "the pipe that all inside held|%s, when wait returned",
		     teardown->is_empty ? "end of file" : "still held");
	if (!teardown->has_trace)
		return;
	evidence_lines(io_evidence, "what the kernel did in the context of PID 1 (code 128 is "
				    "SI_KERNEL)");
	for (int i = 0; i < teardown->line_count; i++)
		evidence_line(io_evidence, "%s", teardown->line[i]);
}

const struct experiment lab_init_dies = {
	.id = "E22",
	.name = "init-dies",
	.question = "Who kills the rest of a container when its PID 1 ends?",
	.prediction = "The kernel, in the exit of PID 1: it sends SIGKILL to everybody else in the "
		      "pid namespace, which nothing blocks, waits until all are gone, and only "
		      "then can the parent reap PID 1. No engine sends these signals.",
	.method = "PID 1 of a new namespace exits while five others block and ignore all signals, "
		  "one of them in a session of its own. tracefs, where it may be read, records who "
		  "sends what.",
	.husk = "husk-init stops all others with a grace first and exits last, so that nobody is "
		"killed while saving data.",
	.read_on = "pid_namespaces(7) \"The namespace init process\"; kernel/pid_namespace.c: "
		   "zap_pid_ns_processes",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct teardown),
	.observe = observe,
	.check = check,
	.show = show,
};
