// SPDX-License-Identifier: GPL-2.0-or-later
/* E14 sigchld-storm - many children die at once; how often does the handler run? */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "proc/status.h"
#include "signal/set.h"

enum { CHILDREN = 200 };

enum way { ONE_AWAKE, LOOP_AWAKE, ONE_BLOCKED, LOOP_BLOCKED, WAYS };

static const struct {
	const char *handler, *signal;
	bool is_loop, is_blocked;
} ways[WAYS] = {
	[ONE_AWAKE] = { "one waitpid per run", "delivered at once", false, false },
	[LOOP_AWAKE] = { "waitpid until none is left", "delivered at once", true, false },
	[ONE_BLOCKED] = { "one waitpid per run", "blocked until all are dead", false, true },
	[LOOP_BLOCKED] = { "waitpid until none is left", "blocked until all are dead", true, true },
};

struct storm {
	struct {
		int runs, reaped;
		uint64_t pending; /* for the process, when all are dead */
	} way[WAYS];
};

/* What the handler sees; one process, one thread. */
static volatile sig_atomic_t runs, reaped, is_loop;

static void on_child(int signal UNUSED)
{
	int saved = errno;

	runs++;
	while (waitpid(-1, NULL, WNOHANG) > 0) {
		reaped++;
		if (!is_loop)
			break;
	}
	errno = saved;
}

/* Lives until nobody holds the other end of the gate. */
static int live(void *data)
{
	struct gate *gate = data;

	close(gate->write_fd);
	gate_pass(gate);
	return 0;
}

static int start_all(struct gate *io_gate, pid_t *ret_pids, struct error *err)
{
	TRY(gate_make(io_gate, err));
	for (int i = 0; i < CHILDREN; i++) {
		ret_pids[i] = child_start(live, io_gate, 0, err);
		TRY(ret_pids[i]);
	}
	return 0;
}

/*
 * waitid sees a zombie only when its exit_notify is over, and with it the signal: both are done
 * under one lock. So nothing comes late. One that the handler has reaped is no child any more.
 */
static void wait_for_deaths(const pid_t *pids)
{
	siginfo_t info;

	for (int i = 0; i < CHILDREN; i++)
		(void)TEMP_FAILURE_RETRY(waitid(P_PID, (id_t)pids[i], &info, WEXITED | WNOWAIT));
}

static int try_way(enum way way, struct storm *io_storm, struct error *err)
{
	pid_t pids[CHILDREN];
	struct status status;
	struct gate gate;
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	runs = reaped = 0;
	is_loop = ways[way].is_loop;
	child_handle(SIGCHLD, on_child, SA_RESTART);
	sigprocmask(ways[way].is_blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, &before);
	TRY(start_all(&gate, pids, err));
	gate_close(&gate);
	wait_for_deaths(pids);
	TRY(status_read(getpid(), getpid(), &status, err));
	sigprocmask(SIG_SETMASK, &before, NULL);
	child_handle(SIGCHLD, SIG_DFL, 0);
	io_storm->way[way].runs = runs;
	io_storm->way[way].reaped = reaped;
	io_storm->way[way].pending = status.shared_pending;
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	for (int way = 0; way < WAYS; way++)
		TRY(try_way((enum way)way, ret_observation, err));
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct storm *storm = observation;

	for (int i = 0; i < WAYS; i++) {
		int run_count = storm->way[i].runs, all = storm->way[i].reaped;

		finding_must(io_finding, run_count >= 1 && run_count <= CHILDREN,
			     "the handler ran %d times for %d deaths", run_count, CHILDREN);
		finding_must(io_finding, !ways[i].is_loop || all == CHILDREN,
			     "a handler that loops reaped %d of %d", all, CHILDREN);
		finding_must(io_finding, ways[i].is_loop || all == run_count,
			     "%d runs with one waitpid each reaped %d", run_count, all);
		finding_must(io_finding, !ways[i].is_blocked || run_count == 1,
			     "a blocked SIGCHLD ran its handler %d times", run_count);
		finding_must(io_finding, !ways[i].is_blocked ||
					 signal_set_has(storm->way[i].pending, SIGCHLD),
			     "SIGCHLD was not pending while it was blocked");
	}
	finding_may(io_finding, storm->way[ONE_AWAKE].runs < CHILDREN,
		    "no two of %d deaths came together", CHILDREN);
	finding_say(io_finding, "%d deaths ran the handler %d times in a process that was awake, "
				"once in one that blocked the signal; every zombie waited for its "
				"waitpid", CHILDREN,
		    storm->way[ONE_AWAKE].runs);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct storm *storm = observation;

	evidence_table(io_evidence, NULL, "handler|SIGCHLD|died|handler ran|reaped|zombies left");
	for (int i = 0; i < WAYS; i++)
		evidence_row(io_evidence, "%s|%s|%d|%d|%d|%d", ways[i].handler, ways[i].signal,
			     CHILDREN, storm->way[i].runs, storm->way[i].reaped,
			     CHILDREN - storm->way[i].reaped);
	evidence_lines(io_evidence, "/proc/self/status while it was blocked and all were dead");
	evidence_line(io_evidence, "ShdPnd: %016llx   bit 16 is signal 17, SIGCHLD: one bit for %d",
		      (unsigned long long)storm->way[LOOP_BLOCKED].pending, CHILDREN);
}

const struct experiment lab_sigchld_storm = {
	.id = "E14",
	.name = "sigchld-storm",
	.question = "When many children die at once, is there one SIGCHLD for each?",
	.prediction = "No. A standard signal that is pending already is not queued again, so the "
		      "handler runs less often than children die, and just once if SIGCHLD is "
		      "blocked meanwhile. The dead themselves are not lost: each is a zombie until "
		      "waitpid.",
	.method = "200 children that wait at a pipe are let go together, under four kinds of "
		  "parent.",
	.husk = "husk-init reads one SIGCHLD and reaps until no zombie is left, always.",
	.read_on = "signal(7) \"Queueing\", wait(2); kernel/signal.c: legacy_queue, "
		   "do_notify_parent",
	.tries = 20,
	.size = sizeof(struct storm),
	.observe = observe,
	.check = check,
	.show = show,
};
