// SPDX-License-Identifier: GPL-2.0-or-later
/* E21 zombie-limit - the dead that nobody reaps count against pids.max */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/group.h"
#include "lab/lab.h"

enum { LIMIT = 16, MOST = 100 };

struct counts {
	int current, listed; /* pids.current; lines of cgroup.procs */
	long long events;    /* "max" of pids.events */
};

struct zombies {
	int forks, fork_errno; /* until it failed, and why */
	int after_reaping;     /* errno of the next one */
	struct counts dead, reaped;
	struct gate in_group, are_dead, may_reap, have_reaped, end;
};

static int leave_at_once(void *data UNUSED)
{
	return 0;
}

/* The parent that does not care, alone in its cgroup. */
static int be_careless(void *data)
{
	struct zombies *zombies = data;
	pid_t pids[MOST], pid;
	struct error why;
	siginfo_t info;
	int status;

	gate_pass(&zombies->in_group);
	while (zombies->forks < MOST) {
		pid = child_start(leave_at_once, NULL, 0, &why);
		if (pid < 0) {
			zombies->fork_errno = -pid;
			break;
		}
		pids[zombies->forks++] = pid;
	}
	/* They are dead then, and still there. */
	for (int i = 0; i < zombies->forks; i++)
		(void)TEMP_FAILURE_RETRY(waitid(P_PID, (id_t)pids[i], &info, WEXITED | WNOWAIT));
	gate_open(&zombies->are_dead);
	gate_pass(&zombies->may_reap);
	for (int i = 0; i < zombies->forks; i++)
		if (child_wait(pids[i], &status, &why) < 0)
			return 1;
	gate_open(&zombies->have_reaped);
	gate_pass(&zombies->end);
	pid = child_start(leave_at_once, NULL, 0, &why);
	zombies->after_reaping = pid < 0 ? -pid : 0;
	return 0;
}

static int count_lines(const char *text)
{
	int count = *text != '\0';

	for (; *text; text++)
		count += *text == '\n' && text[1];
	return count;
}

static int count(const struct cgroup *group, struct counts *ret_counts, struct error *err)
{
	autofree char *current = NULL, *procs = NULL, *events = NULL;
	const char *max;

	TRY(group_read(group, "pids", "pids.current", &current, err));
	TRY(group_read(group, "pids", "cgroup.procs", &procs, err));
	TRY(group_read(group, "pids", "pids.events", &events, err));
	max = strstr(events, "max ");
	*ret_counts = (struct counts){ .current = atoi(current), .listed = count_lines(procs),
				       .events = max ? atoll(max + 4) : 0 };
	return 0;
}

/* The kernel lets go of a task's place a moment after its parent has had it. */
static int await_reaped(const struct cgroup *group, struct counts *ret_counts, struct error *err)
{
	do {
		child_rest();
		TRY(count(group, ret_counts, err));
	} while (ret_counts->current > 1);
	return 0;
}

static int make_gates(struct zombies *io_zombies, struct error *err)
{
	TRY(gate_make(&io_zombies->in_group, err));
	TRY(gate_make(&io_zombies->are_dead, err));
	TRY(gate_make(&io_zombies->may_reap, err));
	TRY(gate_make(&io_zombies->have_reaped, err));
	return gate_make(&io_zombies->end, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct zombies *zombies = ret_observation;
	autocgroup struct cgroup group = { 0 };
	int status;
	pid_t pid;

	TRY(group_make(LIMIT, &group, err));
	TRY(make_gates(zombies, err));
	pid = child_start(be_careless, zombies, 0, err);
	TRY(pid);
	TRY(cgroup_join(&group, pid, err));
	gate_open(&zombies->in_group);
	gate_pass(&zombies->are_dead);
	TRY(count(&group, &zombies->dead, err));
	gate_open(&zombies->may_reap);
	gate_pass(&zombies->have_reaped);
	TRY(await_reaped(&group, &zombies->reaped, err));
	gate_open(&zombies->end);
	return child_wait(pid, &status, err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct zombies *zombies = observation;

	finding_must(io_finding, zombies->fork_errno == EAGAIN,
		     "after %d forks the next gave errno %d, not EAGAIN", zombies->forks,
		     zombies->fork_errno);
	finding_must(io_finding, zombies->forks == LIMIT - 1, "%d forks below a limit of %d",
		     zombies->forks, LIMIT);
	finding_must(io_finding, zombies->dead.current == LIMIT,
		     "pids.current is %d with %d zombies and their parent", zombies->dead.current,
		     zombies->forks);
	finding_must(io_finding, zombies->dead.listed == 1,
		     "cgroup.procs lists %d processes, of which one lives", zombies->dead.listed);
	finding_must(io_finding, zombies->dead.events >= 1, "pids.events counted nothing");
	finding_must(io_finding, zombies->reaped.current == 1 && zombies->after_reaping == 0,
		     "after reaping pids.current is %d and fork gives errno %d",
		     zombies->reaped.current, zombies->after_reaping);
	finding_say(io_finding, "%d dead children and their parent fill a limit of %d; when they "
				"are reaped fork works again", zombies->forks, LIMIT);
}

static void add_counts(const char *when, const struct counts *counts, const char *next,
		       struct evidence *io_evidence)
{
	evidence_row(io_evidence, "%s|%d|%d|%d|%lld|%s", when, LIMIT, counts->current,
		     counts->listed, counts->events, next);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct zombies *zombies = observation;

	evidence_table(io_evidence, NULL,
		       "when|pids.max|pids.current|lines of cgroup.procs|pids.events max|fork "
		       "gives");
	add_counts("all children are dead", &zombies->dead,
		   zombies->fork_errno == EAGAIN ? "EAGAIN" : "no EAGAIN", io_evidence);
	add_counts("all are reaped", &zombies->reaped,
		   zombies->after_reaping ? "an error" : "a child", io_evidence);
}

const struct experiment lab_zombie_limit = {
	.id = "E21",
	.name = "zombie-limit",
	.question = "Can processes that are dead keep a container from starting new ones?",
	.prediction = "Yes. A zombie keeps its number and its place in pids.current until its "
		      "parent waits. At pids.max fork gives EAGAIN, although cgroup.procs, which "
		      "lists no zombies, looks almost empty.",
	.method = "A parent that never waits forks in a cgroup with pids.max 16 until it cannot; "
		  "then it reaps, and forks once more.",
	.husk = "husk doctor and husk ps count pids.current, name the zombies and who must reap "
		"them; husk-init reaps.",
	.read_on = "cgroups(7) pids, wait(2) NOTES; kernel/cgroup/pids.c: pids_can_fork, "
		   "kernel/exit.c: release_task",
	.size = sizeof(struct zombies),
	.observe = observe,
	.check = check,
	.show = show,
};
