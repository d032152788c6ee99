// SPDX-License-Identifier: GPL-2.0-or-later
/* E20 ppid-zero - one process, several numbers; and a parent that has none */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "proc/status.h"

/* One process from both sides. */
struct sides {
	pid_t outside, outside_parent; /* as /proc has them here */
	pid_t inside, inside_parent;   /* getpid() and getppid() */
	size_t levels;		       /* of NSpid, from here inwards */
	pid_t innermost;
};

struct numbers {
	struct sides first, joined;
	pid_t observer;
	pid_t helper, helper_after; /* its getpid() before and after setns */
	int dead_setns, dead_fork;	      /* errno, of a namespace whose PID 1 is dead */
	pid_t joined_pid; /* that its parent's fork gave: one process, as the helper numbers it */
	struct gate gate;
	int namespace_fd;
};

static int sleep_inside(struct sides *io_sides, const struct gate *gate)
{
	io_sides->inside = getpid();
	io_sides->inside_parent = getppid();
	gate_open(gate);
	return child_sleep(NULL);
}

static int be_first(void *data)
{
	struct numbers *numbers = data;

	return sleep_inside(&numbers->first, &numbers->gate);
}

static int be_joined(void *data)
{
	struct numbers *numbers = data;

	return sleep_inside(&numbers->joined, &numbers->gate);
}

/* What `exec` into a container does. setns holds for the children only. */
static int join(void *data)
{
	struct numbers *numbers = data;
	struct error ignored;
	int status;
	pid_t pid;

	numbers->helper = getpid();
	if (setns(numbers->namespace_fd, CLONE_NEWPID) < 0)
		return 1;
	numbers->helper_after = getpid();
	pid = child_start(be_joined, numbers, 0, &ignored);
	numbers->joined_pid = pid;
	gate_open(&numbers->gate);
	return pid < 0 ? 1 : child_wait(pid, &status, &ignored) < 0;
}

static int join_dead(void *data)
{
	struct numbers *numbers = data;
	struct error why;
	pid_t pid;

	numbers->dead_setns = setns(numbers->namespace_fd, CLONE_NEWPID) < 0 ? errno : 0;
	pid = child_start(be_joined, numbers, 0, &why);
	numbers->dead_fork = pid < 0 ? -pid : 0;
	return 0;
}

static int look(pid_t pid, struct sides *io_sides, struct error *err)
{
	struct status status;

	TRY(status_read(pid, pid, &status, err));
	io_sides->outside = status.pid;
	io_sides->outside_parent = status.parent_pid;
	io_sides->levels = status.level_count;
	io_sides->innermost = status.level[status.level_count - 1];
	return 0;
}

static int open_namespace(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int try_dead(struct numbers *io_numbers, pid_t first, struct error *err)
{
	int status;
	pid_t pid;

	child_kill(first);
	pid = child_start(join_dead, io_numbers, 0, err);
	TRY(pid);
	return child_wait(pid, &status, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct numbers *numbers = ret_observation;
	pid_t first, helper;

	numbers->observer = getpid();
	TRY(gate_make(&numbers->gate, err));
	first = child_start(be_first, numbers, CLONE_NEWPID, err);
	TRY(first);
	numbers->namespace_fd = open_namespace(first);
	if (numbers->namespace_fd < 0)
		return error_sys(err, "open the pid namespace");
	helper = child_start(join, numbers, 0, err);
	TRY(helper);
	/* Ready are: the first process, the joined one, the helper that knows its number. */
	for (int i = 0; i < 3; i++)
		gate_pass(&numbers->gate);
	TRY(look(first, &numbers->first, err));
	TRY(look(numbers->joined_pid, &numbers->joined, err));
	return try_dead(numbers, first, err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct numbers *numbers = observation;
	const struct sides *first = &numbers->first, *joined = &numbers->joined;

	finding_must(io_finding, first->inside == 1 && first->inside_parent == 0,
		     "the first process is %d with parent %d", first->inside, first->inside_parent);
	finding_must(io_finding, joined->inside > 1 && joined->inside_parent == 0,
		     "the joined process is %d with parent %d", joined->inside,
		     joined->inside_parent);
	finding_must(io_finding, first->outside_parent == numbers->observer &&
				 joined->outside_parent == numbers->helper,
		     "seen from outside the parents are %d and %d, not %d and %d",
		     first->outside_parent, joined->outside_parent, numbers->observer,
		     numbers->helper);
	finding_must(io_finding, numbers->helper == numbers->helper_after,
		     "setns gave the helper the number %d", numbers->helper_after);
	finding_must(io_finding, first->levels >= 2 && joined->levels >= 2 &&
				 first->innermost == first->inside &&
				 joined->innermost == joined->inside,
		     "NSpid does not end with the inner number");
	finding_must(io_finding, numbers->dead_setns == 0 && numbers->dead_fork == ENOMEM,
		     "of a dead namespace setns gave errno %d and fork %d", numbers->dead_setns,
		     numbers->dead_fork);
	finding_say(io_finding, "PID %d outside is 1 inside, PID %d is %d, and both have parent 0: "
		    "theirs live outside", first->outside, joined->outside, joined->inside);
}

static void add_sides(const char *who, const struct sides *sides, struct evidence *io_evidence)
{
	evidence_row(io_evidence, "%s|%d|%d|%d|%d|%d ... %d", who, sides->inside,
		     sides->inside_parent, sides->outside, sides->outside_parent, sides->outside,
		     sides->innermost);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct numbers *numbers = observation;

	evidence_table(io_evidence, NULL,
		       "process|getpid()|getppid()|Pid outside|PPid outside|NSpid");
	add_sides("first of the namespace", &numbers->first, io_evidence);
	add_sides("joined, as by exec", &numbers->joined, io_evidence);
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "PPid %d is the observer, %d the helper that called setns.",
		      numbers->observer, numbers->helper);
	evidence_line(io_evidence, "When PID 1 is dead: setns gives %s, the next fork %s.",
		      numbers->dead_setns ? "an error" : "0",
		      numbers->dead_fork == ENOMEM ? "ENOMEM" : "something else");
}

const struct experiment lab_ppid_zero = {
	.id = "E20",
	.name = "ppid-zero",
	.question = "How can two processes of a container have parent 0, and what is a pid?",
	.prediction = "A process has one number in each pid namespace from the outermost to its "
		      "own. getppid() is 0 when the parent has no number in the caller's "
		      "namespace: so it is for PID 1, and for each process that somebody outside "
		      "has put in by setns and fork. setns itself changes no number of the caller.",
	.method = "A process is made as PID 1 of a new namespace, and a helper joins a second one "
		  "to it, as `exec` does. Both sides look. Then PID 1 dies and a helper tries "
		  "again.",
	.husk = "husk ps shows both numbers of each process. husk exec knows ENOMEM here for what "
		"it is: the container has stopped.",
	.read_on = "pid_namespaces(7), setns(2); kernel/pid.c: pid_nr_ns, alloc_pid",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct numbers),
	.observe = observe,
	.check = check,
	.show = show,
};
