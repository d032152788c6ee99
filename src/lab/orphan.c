// SPDX-License-Identifier: GPL-2.0-or-later
/* E19 orphan - whose child is a process when its parent has died, and who reaps it? */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"

enum { EXIT_ORPHAN = 7 };

/* All numbers are those of a pid namespace made for it. */
struct family {
	pid_t parent;	 /* who dies */
	pid_t before, after; /* the child's getppid() */
	pid_t nearest;	 /* who should get it */
	pid_t orphan, reaped;
	int status;	 /* that the new parent's wait gave */
};

struct orphans {
	struct family plain, subreaper;
	int default_wait;		   /* 1: a dead child was there to be waited for */
	int ignored_wait, ignored_kill; /* errno */
};

/* Until it has another parent. */
static int become_orphan(void *data)
{
	struct family *family = data;

	family->orphan = getpid();
	family->before = getppid();
	/* The parent reads it before it dies. */
	kill(family->before, SIGUSR1);
	while (getppid() == family->before)
		child_rest();
	family->after = getppid();
	return EXIT_ORPHAN;
}

static int bear_and_die(void *data)
{
	struct family *family = data;
	struct error ignored;
	sigset_t ready;
	int number;

	sigemptyset(&ready);
	sigaddset(&ready, SIGUSR1);
	sigprocmask(SIG_BLOCK, &ready, NULL);
	family->parent = getpid();
	if (child_start(become_orphan, family, 0, &ignored) < 0)
		return 1;
	return sigwait(&ready, &number);
}

/* In the process that should get the orphan. */
static int adopt(struct family *io_family)
{
	struct error ignored;
	pid_t parent = child_start(bear_and_die, io_family, 0, &ignored), pid;
	int status;

	io_family->nearest = getpid();
	if (parent < 0)
		return 1;
	while ((pid = waitpid(-1, &status, 0)) > 0)
		if (pid != parent) {
			io_family->reaped = pid;
			io_family->status = WEXITSTATUS(status);
		}
	return 0;
}

static int adopt_as_subreaper(void *data)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return adopt(data);
}

static int leave_at_once(void *data UNUSED)
{
	return 0;
}

/* "Ignored by default" and "ignored" are not the same for this signal. */
static int try_dispositions(struct orphans *io_orphans, struct error *err)
{
	siginfo_t info;
	int status;
	pid_t pid = child_start(leave_at_once, NULL, 0, err);

	TRY(pid);
	io_orphans->default_wait = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0;
	TRY(child_wait(pid, &status, err));
	child_handle(SIGCHLD, SIG_IGN, 0);
	pid = child_start(leave_at_once, NULL, 0, err);
	TRY(pid);
	/* Blocks as long as there is a child, and gives none. */
	io_orphans->ignored_wait = waitpid(pid, &status, 0) < 0 ? errno : 0;
	io_orphans->ignored_kill = kill(pid, 0) < 0 ? errno : 0;
	child_handle(SIGCHLD, SIG_DFL, 0);
	return 0;
}

/* PID 1 of the namespace. */
static int be_init(void *data)
{
	struct orphans *orphans = data;
	struct error ignored;
	int status;
	pid_t pid;

	if (adopt(&orphans->plain) != 0)
		return 1;
	pid = child_start(adopt_as_subreaper, &orphans->subreaper, 0, &ignored);
	if (pid < 0 || child_wait(pid, &status, &ignored) < 0)
		return 1;
	return try_dispositions(orphans, &ignored) < 0;
}

static int observe(void *ret_observation, struct error *err)
{
	int status;
	pid_t pid = child_start(be_init, ret_observation, CLONE_NEWPID, err);

	TRY(pid);
	return child_wait(pid, &status, err);
}

static void check_family(const struct family *family, const char *who, struct finding *io_finding)
{
	finding_must(io_finding, family->before == family->parent,
		     "getppid() of a living parent is %d, not %d", family->before, family->parent);
	finding_must(io_finding, family->after == family->nearest,
		     "the orphan went to %d and not to %s, %d", family->after, who,
		     family->nearest);
	finding_must(io_finding, family->reaped == family->orphan && family->orphan > 0,
		     "%s did not reap the orphan", who);
	finding_must(io_finding, family->status == EXIT_ORPHAN, "its exit status was lost");
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct orphans *orphans = observation;

	check_family(&orphans->plain, "PID 1", io_finding);
	finding_must(io_finding, orphans->plain.after == 1,
		     "without a subreaper the orphan went to %d", orphans->plain.after);
	check_family(&orphans->subreaper, "the subreaper", io_finding);
	finding_must(io_finding, orphans->subreaper.after != 1,
		     "PID 1 got the orphan of a subreaper");
	finding_must(io_finding, orphans->default_wait == 1,
		     "with the default action there was no zombie");
	finding_must(io_finding,
		     orphans->ignored_wait == ECHILD && orphans->ignored_kill == ESRCH,
		     "with SIGCHLD ignored the dead child was still there");
	finding_say(io_finding, "the orphans went to PID 1, and to %d, the subreaper; each reaped "
		    "its own with its status", orphans->subreaper.after);
}

static void add_family(const struct family *family, const char *nearest,
		       struct evidence *io_evidence)
{
	evidence_row(io_evidence, "%s|%d|%d|%d|%d|%d|%d", nearest, family->orphan, family->before,
		     family->after, family->nearest, family->reaped, family->status);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct orphans *orphans = observation;

	evidence_table(io_evidence, "numbers inside of a new pid namespace",
		       "nearest reaper|orphan|getppid before|after|reaper|it reaped|status");
	add_family(&orphans->plain, "PID 1", io_evidence);
	add_family(&orphans->subreaper, "a subreaper", io_evidence);
	evidence_table(io_evidence, "a dead child, by what its parent does with SIGCHLD",
		       "action|waitpid|kill(child, 0)");
	evidence_row(io_evidence, "default, which ignores|%s|it is there, a zombie",
		     orphans->default_wait ? "gives it" : "gives nothing");
	evidence_row(io_evidence, "SIG_IGN|%s|%s",
		     orphans->ignored_wait == ECHILD ? "ECHILD" : "gives it",
		     orphans->ignored_kill == ESRCH ? "ESRCH" : "it is there");
}

const struct experiment lab_orphan = {
	.id = "E19",
	.name = "orphan",
	.question = "Who gets the children of a process that dies, and who must reap them?",
	.prediction = "The nearest living ancestor that is a child subreaper, else PID 1 of the "
		      "pid namespace. Nobody is killed; the new parent's wait gets the orphan when "
		      "it dies. A dead child stays a zombie although SIGCHLD is ignored by "
		      "default; only an explicit SIG_IGN lets the kernel reap it.",
	.method = "In a new pid namespace a middle process bears a child and dies, once below PID "
		  "1 and once below a process with PR_SET_CHILD_SUBREAPER.",
	.husk = "husk-init adopts and reaps all orphans of its container; husk ps tells for each "
		"zombie who must reap it.",
	.read_on = "prctl(2) PR_SET_CHILD_SUBREAPER, wait(2) NOTES; kernel/exit.c: "
		   "find_new_reaper, kernel/signal.c: do_notify_parent",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct orphans),
	.observe = observe,
	.check = check,
	.show = show,
};
