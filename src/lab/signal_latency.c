// SPDX-License-Identifier: GPL-2.0-or-later
/* E25 signal-latency - how long a signal takes, by what its target is doing */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"

enum way { RUNNING_ELSEWHERE, SLEEPING_ELSEWHERE, SLEEPING_HERE, WAYS };

/* The least of them has to be below a thousandth of a second: on a busy machine the rest tells
 * more of the scheduler than of signals. */
enum { SIGNALS = 300, BUCKETS = 10, LEAST_MAX_NS = 1000000 };

static const struct {
	const char *name;
	bool is_running, is_here;
} ways[WAYS] = {
	[RUNNING_ELSEWHERE] = { "runs in user mode, another CPU", true, false },
	[SLEEPING_ELSEWHERE] = { "sleeps, another CPU", false, false },
	[SLEEPING_HERE] = { "sleeps, the sender's CPU", false, true },
};

struct latency {
	struct {
		uint64_t least, median; /* nanoseconds, from before kill() to the handler */
		int handled;
		uint32_t bucket[BUCKETS]; /* below 2, 4, 8 ... microseconds; the last: all others */
	} way[WAYS];
	/* Between sender and target. */
	volatile uint64_t handled_at;
	volatile int handled;
};

static struct latency *shared; /* of the target's handler */

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void on_signal(int signal UNUSED)
{
	shared->handled_at = now_ns();
	shared->handled++;
}

struct target {
	int cpu;
	bool is_running;
	struct gate ready;
};

static int be_target(void *data)
{
	const struct target *target = data;
	struct error ignored;

	child_handle(SIGUSR1, on_signal, 0);
	if (cpu_pin(target->cpu, &ignored) < 0)
		return 1;
	gate_open(&target->ready);
	while (shared->handled < SIGNALS)
		if (!target->is_running)
			/* The last signal may come before this one sleeps. */
			nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static void tell(uint64_t *io_took, enum way way, struct latency *io_latency)
{
	qsort(io_took, SIGNALS, sizeof(*io_took), compare);
	io_latency->way[way].least = io_took[0];
	io_latency->way[way].median = io_took[SIGNALS / 2];
	for (int i = 0; i < SIGNALS; i++) {
		int bucket = 0;

		while (bucket < BUCKETS - 1 && io_took[i] >= 2000ULL << bucket)
			bucket++;
		io_latency->way[way].bucket[bucket]++;
	}
}

/* One after the other: the next one is sent when the last was handled. */
static void send_all(pid_t pid, uint64_t *ret_took)
{
	for (int i = 0; i < SIGNALS; i++) {
		uint64_t begin;

		child_rest();
		begin = now_ns();
		kill(pid, SIGUSR1);
		while (shared->handled <= i)
			sched_yield();
		ret_took[i] = shared->handled_at - begin;
	}
}

static int try_way(enum way way, const int cpu[2], struct latency *io_latency, struct error *err)
{
	struct target target = { .cpu = cpu[!ways[way].is_here],
				 .is_running = ways[way].is_running };
	uint64_t took[SIGNALS];
	int status, pid;

	io_latency->handled = 0;
	TRY(gate_make(&target.ready, err));
	pid = child_start(be_target, &target, 0, err);
	TRY(pid);
	gate_pass(&target.ready);
	send_all(pid, took);
	TRY(child_wait(pid, &status, err));
	gate_close(&target.ready);
	io_latency->way[way].handled = io_latency->handled;
	tell(took, way, io_latency);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	int cpu[2];

	shared = ret_observation;
	TRY(cpu_choose_two(cpu, err));
	TRY(cpu_pin(cpu[0], err));
	for (int way = 0; way < WAYS; way++)
		TRY(try_way((enum way)way, cpu, shared, err));
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct latency *latency = observation;

	for (int i = 0; i < WAYS; i++) {
		finding_must(io_finding, latency->way[i].handled == SIGNALS,
			     "a target that %s handled %d of %d", ways[i].name,
			     latency->way[i].handled, SIGNALS);
		finding_may(io_finding, latency->way[i].least < LEAST_MAX_NS,
			    "a target that %s took %llu us at the least", ways[i].name,
			    (unsigned long long)latency->way[i].least / 1000);
	}
	finding_say(io_finding, "at the least %.1f us to one that runs, %.1f us to one that sleeps "
				"elsewhere, %.1f us to one that sleeps here",
		    (double)latency->way[RUNNING_ELSEWHERE].least / 1000,
		    (double)latency->way[SLEEPING_ELSEWHERE].least / 1000,
		    (double)latency->way[SLEEPING_HERE].least / 1000);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct latency *latency = observation;

	evidence_table(io_evidence, "from kill() to the handler, 300 signals one by one",
		       "the target|least|median");
	for (int i = 0; i < WAYS; i++)
		evidence_row(io_evidence, "%s|%.1f us|%.1f us", ways[i].name,
			     (double)latency->way[i].least / 1000,
			     (double)latency->way[i].median / 1000);
	evidence_bars(io_evidence, "to one that runs on another CPU");
	for (int i = 0; i < BUCKETS; i++)
		evidence_bar(io_evidence, latency->way[RUNNING_ELSEWHERE].bucket[i], "%s %d us",
			     i == BUCKETS - 1 ? "from" : "below",
			     i == BUCKETS - 1 ? 1 << i : 2 << i);
}

const struct experiment lab_signal_latency = {
	.id = "E25",
	.name = "signal-latency",
	.question = "How long does a signal take?",
	.prediction = "Some microseconds: an interrupt of the other CPU when the target runs "
		      "there, a wake-up when it sleeps. There is no promise, and the long tail is "
		      "the scheduler's: the handler runs when its thread does.",
	.method = "Signals one by one, from before kill() to the first line of the handler, with a "
		  "shared clock.",
	.read_on = "signal(7), sched(7); kernel/signal.c: complete_signal",
	.needs = LAB_TWO_CPUS,
	.tries = 5,
	.size = sizeof(struct latency),
	.observe = observe,
	.check = check,
	.show = show,
};
