// SPDX-License-Identifier: GPL-2.0-or-later
/* E35 pause-container - what a pod's pause process is for, shown with two kinds of PID 1 */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"

enum { ORPHANS = 8 };

struct pause {
	int zombies_of_careless; /* after all orphans have died */
	int zombies_of_reaper;
};

/* One pid namespace and what its processes tell. */
struct pod {
	bool is_reaping;
	struct gate ready;
};

static int leave_at_once(void *data UNUSED)
{
	return 0;
}

/* A program that leaves its children behind. */
static int be_container(void *data UNUSED)
{
	struct error ignored;

	for (int i = 0; i < ORPHANS; i++)
		if (child_start(leave_at_once, NULL, 0, &ignored) < 0)
			return 1;
	return 0;
}

static int be_pause(void *data)
{
	struct pod *pod = data;
	struct error ignored;
	siginfo_t info;
	pid_t pid = child_start(be_container, NULL, 0, &ignored);

	if (pid < 0)
		return 1;
	/* Its children are PID 1's from then on. */
	(void)TEMP_FAILURE_RETRY(waitid(P_PID, (id_t)pid, &info, WEXITED));
	if (pod->is_reaping)
		while (waitpid(-1, NULL, 0) > 0)
			;
	gate_open(&pod->ready);
	return child_sleep(NULL);
}

static int try_pod(bool is_reaping, int *ret_zombies, struct error *err)
{
	struct pod pod = { .is_reaping = is_reaping };
	pid_t pid;

	TRY(gate_make(&pod.ready, err));
	pid = child_start(be_pause, &pod, CLONE_NEWPID, err);
	TRY(pid);
	gate_pass(&pod.ready);
	/* Who is not reaped is dead at last. */
	while (child_count(pid, "RSDT") > 0)
		child_rest();
	*ret_zombies = child_count(pid, "Z");
	child_kill(pid);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct pause *pause = ret_observation;

	TRY(try_pod(false, &pause->zombies_of_careless, err));
	return try_pod(true, &pause->zombies_of_reaper, err);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct pause *pause = observation;

	finding_must(io_finding, pause->zombies_of_careless == ORPHANS,
		     "a PID 1 that only sleeps has %d zombies of %d orphans",
		     pause->zombies_of_careless, ORPHANS);
	finding_must(io_finding, pause->zombies_of_reaper == 0,
		     "a PID 1 that waits has %d zombies", pause->zombies_of_reaper);
	finding_say(io_finding, "%d orphans were %d zombies of a PID 1 that sleeps and none of one "
		    "that waits in a loop", ORPHANS, pause->zombies_of_careless);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct pause *pause = observation;

	evidence_table(io_evidence, NULL, "PID 1 of the pod|orphans that died|zombies");
	evidence_row(io_evidence, "only sleeps|%d|%d", ORPHANS, pause->zombies_of_careless);
	evidence_row(io_evidence, "waits in a loop, as pause does|%d|%d", ORPHANS,
		     pause->zombies_of_reaper);
}

const struct experiment lab_pause_container = {
	.id = "E35",
	.name = "pause-container",
	.question = "What is the pause process of a Kubernetes pod for?",
	.prediction = "It holds the pod's namespaces, and where the pod shares one pid namespace "
		      "it is PID 1 of it: orphans of all containers become its children, and it "
		      "reaps them. By default each container has a pid namespace, and its own PID "
		      "1 must do that.",
	.method = "A program leaves eight children behind in a pid namespace, below a PID 1 that "
		  "only sleeps and below one that waits.",
	.husk = "husk starts the pause process like any container; for a container of its own pid "
		"namespace there is husk-init (annotation org.husk.init).",
	.read_on = "pid_namespaces(7), wait(2); kernel/exit.c: forget_original_parent",
	.needs = LAB_NAMESPACES,
	.size = sizeof(struct pause),
	.observe = observe,
	.check = check,
	.show = show,
};
