// SPDX-License-Identifier: GPL-2.0-or-later
/* E32 limits - pids.max below what is there, and whose pid_max is it? */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/child.h"
#include "lab/group.h"
#include "lab/lab.h"

enum { TASKS = 4, LOW = 2, INNER_PID_MAX = 4000 };

#define PID_MAX "/proc/sys/kernel/pid_max"

struct limits {
	int lowering;	/* errno of writing 2 while 4 tasks are there */
	long current;	/* afterwards */
	int dead;	/* of the tasks */
	int fork_errno; /* of one of them, afterwards */
	bool has_v1_name, has_v2_name; /* memory.limit_in_bytes, memory.max */
	/* pid_max before, outside afterwards, and inside after the write; 0: not tried */
	long outer_before, outer_after, inner;
	struct gate fork, done;
};

/* --- pids.max --- */

static int be_task(void *data)
{
	struct limits *limits = data;
	struct error why;
	pid_t pid;

	gate_pass(&limits->fork);
	pid = child_start(child_sleep, NULL, 0, &why);
	limits->fork_errno = pid < 0 ? -pid : 0;
	gate_open(&limits->done);
	return child_sleep(NULL);
}

static int start_tasks(const struct cgroup *group, struct limits *io_limits, pid_t *ret_pids,
		       struct error *err)
{
	for (int i = 0; i < TASKS; i++) {
		ret_pids[i] = child_start(be_task, io_limits, 0, err);
		TRY(ret_pids[i]);
		TRY(cgroup_join(group, ret_pids[i], err));
	}
	return 0;
}

static int lower(const struct cgroup *group, struct limits *io_limits, struct error *err)
{
	autofree char *current = NULL;
	struct error why;
	int r = group_write(group, "pids", "pids.max", "2", &why);

	io_limits->lowering = r < 0 ? -r : 0;
	TRY(group_read(group, "pids", "pids.current", &current, err));
	io_limits->current = atol(current);
	return 0;
}

static void look_at_names(const struct cgroup *group, struct limits *io_limits)
{
	autofree char *v1 = NULL, *v2 = NULL;
	struct error ignored;

	io_limits->has_v1_name = group_read(group, "memory", "memory.limit_in_bytes", &v1,
					    &ignored) >= 0;
	io_limits->has_v2_name = group_read(group, "memory", "memory.max", &v2, &ignored) >= 0;
}

static int try_pids(struct limits *io_limits, struct error *err)
{
	autocgroup struct cgroup group = { 0 };
	pid_t pids[TASKS];

	TRY(group_make(100, &group, err));
	TRY(gate_make(&io_limits->fork, err));
	TRY(gate_make(&io_limits->done, err));
	TRY(start_tasks(&group, io_limits, pids, err));
	look_at_names(&group, io_limits);
	TRY(lower(&group, io_limits, err));
	gate_open(&io_limits->fork);
	gate_pass(&io_limits->done);
	for (int i = 0; i < TASKS; i++)
		io_limits->dead += waitpid(pids[i], NULL, WNOHANG) != 0;
	for (int i = 0; i < TASKS; i++)
		child_kill(pids[i]);
	return 0;
}

/* --- pid_max --- */

static int read_pid_max(long *ret_value, struct error *err)
{
	autofree char *text = NULL;

	TRY(file_read(AT_FDCWD, PID_MAX, 32, &text, NULL, err));
	*ret_value = atol(text);
	return 0;
}

static int write_inside(void *data)
{
	struct limits *limits = data;
	struct error ignored;
	char value[16];

	snprintf(value, sizeof(value), "%d", INNER_PID_MAX);
	if (file_write(AT_FDCWD, PID_MAX, value, &ignored) < 0)
		return 1;
	return read_pid_max(&limits->inner, &ignored) < 0;
}

/* Before 6.14 there is one for the machine, which is not ours to change. */
static bool is_per_namespace(void)
{
	struct utsname machine;
	int major = 0, minor = 0;

	uname(&machine);
	return sscanf(machine.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 14));
}

static int try_pid_max(struct limits *io_limits, struct error *err)
{
	int status;
	pid_t pid;

	TRY(read_pid_max(&io_limits->outer_before, err));
	if (!is_per_namespace())
		return 0;
	pid = child_start(write_inside, io_limits, CLONE_NEWPID, err);
	TRY(pid);
	TRY(child_wait(pid, &status, err));
	return read_pid_max(&io_limits->outer_after, err);
}

static int observe(void *ret_observation, struct error *err)
{
	TRY(try_pids(ret_observation, err));
	return try_pid_max(ret_observation, err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct limits *limits = observation;

	finding_must(io_finding, limits->lowering == 0,
		     "a limit below the present count was refused with errno %d",
		     limits->lowering);
	finding_must(io_finding, limits->current == TASKS && limits->dead == 0,
		     "of %d tasks %d died and %ld are counted", TASKS, limits->dead,
		     limits->current);
	finding_must(io_finding, limits->fork_errno == EAGAIN,
		     "fork above the limit gave errno %d, not EAGAIN", limits->fork_errno);
	finding_must(io_finding, !limits->has_v1_name || !limits->has_v2_name,
		     "one folder has both names of the limit of memory");
	if (limits->inner)
		finding_must(io_finding, limits->inner == INNER_PID_MAX &&
					 limits->outer_after == limits->outer_before,
			     "pid_max is %ld inside, and %ld outside, where it was %ld",
			     limits->inner, limits->outer_after, limits->outer_before);
	finding_say(io_finding, "pids.max %d with %d tasks: accepted, nobody died, the next fork "
				"gave EAGAIN%s", LOW, TASKS,
		    limits->inner ? "; pid_max inside is the namespace's own" : "");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct limits *limits = observation;

	evidence_table(io_evidence, NULL, "done|came to");
	evidence_row(io_evidence, "pids.max set to %d with %d tasks|%s", LOW, TASKS,
		     limits->lowering ? "refused" : "accepted");
	evidence_row(io_evidence, "pids.current, and how many died|%ld, %d", limits->current,
		     limits->dead);
	evidence_row(io_evidence, "fork by one of them|%s",
		     limits->fork_errno == EAGAIN ? "EAGAIN" : "no EAGAIN");
	evidence_row(io_evidence, "the limit of memory is called|%s",
		     limits->has_v2_name ? "memory.max (v2)"
		     : limits->has_v1_name ? "memory.limit_in_bytes (v1)" : "(no such controller)");
	if (limits->inner)
		evidence_row(io_evidence, "pid_max set to %d in a pid namespace|%ld inside, %ld "
			     "outside as before", INNER_PID_MAX, limits->inner,
			     limits->outer_after);
	else
		evidence_row(io_evidence, "pid_max (before Linux 6.14 one for all)|%ld",
			     limits->outer_before);
}

const struct experiment lab_limits = {
	.id = "E32",
	.name = "limits",
	.question = "What bounds the number of processes, and what happens above the bound?",
	.prediction = "Several things, and the lowest counts: pids.max of the cgroup and of all "
		      "above it, RLIMIT_NPROC of the user, pid_max (numbers, so threads too), "
		      "threads-max. pids.max may be set below what is there: nobody dies, only "
		      "fork fails, with EAGAIN. Since Linux 6.14 each pid namespace has a pid_max "
		      "of its own.",
	.method = "Four tasks are in a cgroup when its pids.max becomes 2, and one forks. In a new "
		  "pid namespace pid_max is changed and read on both sides.",
	.husk = "husk update lowers limits in the same way; husk doctor tells when pids.max was "
		"hit.",
	.read_on = "cgroups(7) pids, proc(5) pid_max, getrlimit(2); kernel/cgroup/pids.c: "
		   "pids_max_write, kernel/pid.c",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct limits),
	.observe = observe,
	.check = check,
	.show = show,
};
