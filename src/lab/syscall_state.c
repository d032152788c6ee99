// SPDX-License-Identifier: GPL-2.0-or-later
/* E23 syscall-state - what /proc says of a process that is in the kernel */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/child.h"
#include "lab/group.h"
#include "lab/lab.h"
#include "proc/status.h"
#include "proc/task.h"
#include "signal/set.h"

enum row { PIPE, SPIN, ZERO, STOP, ZOMBIE, VFORK, FROZEN, ROWS };

/* A number as text. */
#define WORD(number) #number
#define WORD_OF(number) WORD(number)

enum { WORD_SIZE = 48, TEXT_MAX = 16384, LOOKS = 400, CHUNK = 64 << 20 };

static const struct {
	const char *does;
	const char *state;  /* one of these */
	const char *in_call; /* how /proc/PID/syscall begins, NULL: not looked at */
	const char *stack;  /* looked for in the kernel stack, where it may be read */
} rows[ROWS] = {
	[PIPE] = { "reads an empty pipe", "S", WORD_OF(SYS_read) " ", "pipe_read" },
	[SPIN] = { "counts in user mode", "R", "running", "asm_sysvec" },
	[ZERO] = { "reads 64 MiB of /dev/zero, again and again", "R", "running", "ksys_read" },
	[STOP] = { "has got SIGSTOP", "T", NULL, "do_signal_stop" },
	[ZOMBIE] = { "is dead and not reaped", "Z", NULL, NULL },
	[VFORK] = { "waits for its vfork child", "D", NULL, "kernel_clone" },
	[FROZEN] = { "is in a frozen cgroup", "DS", NULL, NULL },
};

struct seen {
	bool is_there;
	char state;
	char call[WORD_SIZE], wchan[WORD_SIZE], stack[WORD_SIZE];
};

struct states {
	struct seen row[ROWS];
	int vfork_status; /* of the parent that got SIGTERM, its default action */
	bool is_v1;	  /* the freezer */
	bool frozen_pending, frozen_lives; /* after SIGKILL, before it is thawed */
	int frozen_status;
};

/* --- the subjects --- */

static int read_pipe(void *data)
{
	return gate_pass(data);
}

static int spin(void *data UNUSED)
{
	volatile unsigned int turns = 1;

	while (turns)
		turns |= 2;
	return 0;
}

/* Its pages are there before, so that the call waits for nothing. */
static int read_zero(void *data UNUSED)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	char *chunk = malloc(CHUNK);

	if (fd < 0 || !chunk)
		return 1;
	memset(chunk, 1, CHUNK);
	while (read(fd, chunk, CHUNK) > 0)
		;
	return 0;
}

static int stop_oneself(void *data UNUSED)
{
	kill(getpid(), SIGSTOP);
	return 0;
}

static int leave_at_once(void *data UNUSED)
{
	return 0;
}

/* CLONE_VFORK makes the parent wait for its child's exec or end. */
static int wait_as_vfork(void *data UNUSED)
{
	struct error ignored;

	return child_start(child_sleep, NULL, CLONE_VFORK, &ignored) < 0;
}

/* --- a look --- */

/* A line of a file of /proc/PID: the one with @wanted in it, or the first. "" without right. */
static void read_line(pid_t pid, const char *file, const char *wanted, char *ret_word)
{
	autofree char *text = NULL;
	struct error ignored;
	char path[32], *line;

	*ret_word = '\0';
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (file_read(AT_FDCWD, path, TEXT_MAX, &text, NULL, &ignored) < 0)
		return;
	line = wanted ? strstr(text, wanted) : NULL;
	while (line && line > text && line[-1] != '\n')
		line--;
	if (!line)
		line = text;
	line += strncmp(line, "[<0>] ", 6) == 0 ? 6 : 0;
	snprintf(ret_word, WORD_SIZE, "%.*s", (int)strcspn(line, "\n+"), line);
}

static bool is_as_predicted(enum row row, const struct seen *seen)
{
	return strchr(rows[row].state, seen->state) &&
	       (!rows[row].in_call || text_begins(seen->call, rows[row].in_call));
}

/* As root. A process that looks at its own is in a call, and has one. */
static bool can_read_stacks(void)
{
	char word[WORD_SIZE];

	read_line(getpid(), "stack", NULL, word);
	return *word;
}

/* Looks until it is what is predicted, and for a while until the stack is a telling one. */
static int look(enum row row, pid_t pid, struct seen *ret_seen, struct error *err)
{
	const char *stack = can_read_stacks() ? rows[row].stack : NULL;
	struct seen seen = { .is_there = true };
	struct task task;

	for (int i = 0; i < LOOKS; i++) {
		TRY(task_read(pid, &task, err));
		seen.state = task.state;
		read_line(pid, "syscall", NULL, seen.call);
		read_line(pid, "wchan", NULL, seen.wchan);
		read_line(pid, "stack", stack, seen.stack);
		if (i == 0 || is_as_predicted(row, &seen))
			*ret_seen = seen;
		if (is_as_predicted(row, &seen) &&
		    (!stack || strstr(seen.stack, stack)))
			return 0;
		child_rest();
	}
	return 0;
}

static int try_row(enum row row, struct seen *ret_seen, struct error *err)
{
	static child_body *const bodies[ROWS] = {
		[PIPE] = read_pipe, [SPIN] = spin, [ZERO] = read_zero, [STOP] = stop_oneself,
		[ZOMBIE] = leave_at_once,
	};
	struct gate gate;
	siginfo_t info;
	pid_t pid;

	TRY(gate_make(&gate, err));
	pid = child_start(bodies[row], &gate, 0, err);
	TRY(pid);
	if (row == STOP || row == ZOMBIE)
		waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOWAIT);
	TRY(look(row, pid, ret_seen, err));
	child_kill(pid);
	gate_close(&gate);
	return 0;
}

/* D, and yet a deadly signal ends it: the kernel calls such a wait killable. */
static int try_vfork(struct states *io_states, struct error *err)
{
	pid_t pid = child_start(wait_as_vfork, NULL, 0, err);

	TRY(pid);
	TRY(child_await_state(pid, "D", err));
	TRY(look(VFORK, pid, &io_states->row[VFORK], err));
	kill(pid, SIGTERM);
	return child_wait(pid, &io_states->vfork_status, err);
}

static int freeze_and_kill(const struct cgroup *group, struct states *io_states,
			   struct error *err)
{
	struct status status;
	pid_t pid = child_start(child_sleep, NULL, 0, err);

	TRY(pid);
	TRY(cgroup_join(group, pid, err));
	TRY(cgroup_freeze(group, true, err));
	TRY(look(FROZEN, pid, &io_states->row[FROZEN], err));
	kill(pid, SIGKILL);
	if (io_states->is_v1) {
		for (int i = 0; i < 20; i++)
			child_rest();
		TRY(status_read(pid, pid, &status, err));
		io_states->frozen_lives = status.state == 'D';
		io_states->frozen_pending =
			signal_set_has(status.pending | status.shared_pending, SIGKILL);
		TRY(cgroup_freeze(group, false, err));
	}
	return child_wait(pid, &io_states->frozen_status, err);
}

static bool has_tree(const struct cgroup *group, const char *controller)
{
	for (size_t i = 0; i < group->count; i++)
		if (strcmp(group->tree[i].controllers, controller) == 0)
			return true;
	return false;
}

/* Left out where no cgroup may be made. */
static int try_frozen(struct states *io_states, struct error *err)
{
	autocgroup struct cgroup group = { 0 };
	struct error ignored;

	if (group_make(0, &group, &ignored) < 0)
		return 0;
	io_states->is_v1 = has_tree(&group, "freezer");
	return freeze_and_kill(&group, io_states, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct states *states = ret_observation;

	for (int row = PIPE; row <= ZOMBIE; row++)
		TRY(try_row((enum row)row, &states->row[row], err));
	TRY(try_vfork(states, err));
	return try_frozen(states, err);
}

/* --- */

static void check_frozen(const struct states *states, struct finding *io_finding)
{
	if (!states->row[FROZEN].is_there)
		return;
	finding_must(io_finding, WIFSIGNALED(states->frozen_status) &&
				 WTERMSIG(states->frozen_status) == SIGKILL,
		     "a frozen process did not end by SIGKILL");
	finding_must(io_finding, !states->is_v1 ||
				 (states->frozen_lives && states->frozen_pending),
		     "SIGKILL acted on a process that cgroup v1 had frozen");
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct states *states = observation;

	for (int i = 0; i < ROWS; i++) {
		const struct seen *seen = &states->row[i];

		finding_must(io_finding, i == FROZEN || seen->is_there, "%s: not seen",
			     rows[i].does);
		finding_must(io_finding, !seen->is_there || is_as_predicted((enum row)i, seen),
			     "a process that %s is %c, \"%s\"", rows[i].does, seen->state,
			     seen->call);
	}
	finding_must(io_finding, WIFSIGNALED(states->vfork_status) &&
				 WTERMSIG(states->vfork_status) == SIGTERM,
		     "SIGTERM did not end a killable wait");
	check_frozen(states, io_finding);
	finding_say(io_finding, "R in user mode and R in a long call; S, D and T only while it "
				"waits. A killable D ended by SIGTERM%s",
		    states->is_v1 ? ", one frozen by cgroup v1 not even by SIGKILL" : "");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct states *states = observation;

	evidence_table(io_evidence, NULL, "a process that|state|syscall|wchan|in its stack");
	for (int i = 0; i < ROWS; i++) {
		const struct seen *seen = &states->row[i];

		if (seen->is_there)
			evidence_row(io_evidence, "%s|%c|%.12s|%s|%s", rows[i].does, seen->state,
				     seen->call, seen->wchan, *seen->stack ? seen->stack : "-");
	}
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "SIGTERM, default action, to the one that waits for a vfork "
				   "child: %s",
		      WIFSIGNALED(states->vfork_status) ? "it died" : "nothing");
	if (states->row[FROZEN].is_there)
		evidence_line(io_evidence, "SIGKILL to the frozen one (cgroup %s): %s",
			      states->is_v1 ? "v1" : "v2",
			      states->frozen_lives ? "pending, it died when it was thawed"
						   : "it died");
}

const struct experiment lab_syscall_state = {
	.id = "E23",
	.name = "syscall-state",
	.question = "What is the state of a process while a system call of it runs?",
	.prediction = "R, as in user mode: there is no state \"in the kernel\". It is S while it "
		      "waits and a signal may end that, D while it waits and may not be disturbed; "
		      "some D waits end by a deadly signal all the same, and what cgroup v1 has "
		      "frozen waits until it is thawed.",
	.method = "Seven processes are looked at in /proc/PID: stat, syscall, wchan and (as root) "
		  "stack.",
	.husk = "husk kill and husk stop thaw a container that is paused under cgroup v1, or "
		"SIGKILL would wait for ever.",
	.read_on = "proc(5) stat; kernel/sched/core.c: wait_task_inactive, include/linux/sched.h: "
		   "TASK_KILLABLE, kernel/cgroup/legacy_freezer.c",
	.size = sizeof(struct states),
	.observe = observe,
	.check = check,
	.show = show,
};
