// SPDX-License-Identifier: GPL-2.0-or-later
/* E30 irq-flags - in which moments of the kernel interrupts are off */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/traceline.h"
#include "lab/tracefs.h"

enum moment { DEVICE, TIMER, SOFTIRQ, SWITCH, CALL, MOMENTS };

enum { FLAGS_MAX = 6, ROUNDS = 300 };

static const struct {
	const char *event, *name, *what;
	bool always_off, never_off;
} moments[MOMENTS] = {
	[DEVICE] = { "irq/irq_handler_entry", "irq_handler_entry", "a device's hardirq handler",
		     true, false },
	[TIMER] = { "irq_vectors/local_timer_entry", "local_timer_entry", "the timer's hardirq",
		    true, false },
	[SOFTIRQ] = { "irq/softirq_entry", "softirq_entry", "a softirq", false, true },
	[SWITCH] = { "sched/sched_switch", "sched_switch", "the switch of tasks", true, false },
	[CALL] = { "raw_syscalls/sys_enter", "sys_enter", "the start of a system "
							  "call", false, true },
};

struct flags {
	char text[TRACELINE_FLAGS];
	uint32_t count;
};

struct moments {
	bool has[MOMENTS]; /* the kernel has that event */
	uint32_t seen[MOMENTS], off[MOMENTS];
	struct flags flags[MOMENTS][FLAGS_MAX]; /* the first kinds of flags that were seen */
};

static void note(enum moment moment, const struct traceline *line, struct moments *io_moments)
{
	struct flags *flags = io_moments->flags[moment];

	io_moments->seen[moment]++;
	io_moments->off[moment] += traceline_irqs_off(line);
	for (int i = 0; i < FLAGS_MAX; i++) {
		if (flags[i].count && strcmp(flags[i].text, line->flags) != 0)
			continue;
		strcpy(flags[i].text, line->flags);
		flags[i].count++;
		return;
	}
}

static void read_all(const char *text, struct moments *io_moments)
{
	struct traceline line;

	while (traceline_next(&text, &line))
		for (int moment = 0; moment < MOMENTS; moment++)
			if (strcmp(line.event, moments[moment].name) == 0)
				note((enum moment)moment, &line, io_moments);
}

/* Sleeps make timers and switches; the rest comes from whatever else the machine does. */
static void live_a_little(void)
{
	for (int i = 0; i < ROUNDS; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

static int record(struct tracefs *trace, struct moments *io_moments, struct error *err)
{
	autofree char *text = NULL;
	struct error ignored;

	for (int i = 0; i < MOMENTS; i++)
		io_moments->has[i] = tracefs_enable(trace, moments[i].event, NULL, &ignored) >= 0;
	TRY(tracefs_on(trace, true, err));
	live_a_little();
	TRY(tracefs_on(trace, false, err));
	TRY(tracefs_read(trace, &text, err));
	read_all(text, io_moments);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct tracefs trace;
	int r;

	TRY(tracefs_open(&trace, err));
	r = record(&trace, ret_observation, err);
	tracefs_close(&trace);
	return r;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct moments *seen = observation;

	for (int i = 0; i < MOMENTS; i++) {
		finding_must(io_finding, !moments[i].always_off || seen->off[i] == seen->seen[i],
			     "%s: interrupts were on in %u of %u", moments[i].what,
			     seen->seen[i] - seen->off[i], seen->seen[i]);
		finding_must(io_finding, !moments[i].never_off || seen->off[i] == 0,
			     "%s: interrupts were off in %u of %u", moments[i].what, seen->off[i],
			     seen->seen[i]);
	}
	finding_may(io_finding, seen->seen[TIMER] + seen->seen[DEVICE] > 0, "no hardirq came");
	finding_may(io_finding, seen->seen[SOFTIRQ] > 0, "no softirq came");
	finding_may(io_finding, seen->seen[SWITCH] > 0, "no task was switched");
	finding_say(io_finding, "off in all %u hardirqs and %u switches, on in all %u softirqs",
		    seen->seen[TIMER] + seen->seen[DEVICE], seen->seen[SWITCH],
		    seen->seen[SOFTIRQ]);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct moments *seen = observation;

	evidence_table(io_evidence, "flags of the trace: d interrupts off, h hardirq, s softirq, "
				    "then the depth of preemption off",
		       "moment|flags|seen|interrupts");
	for (int i = 0; i < MOMENTS; i++) {
		if (!seen->seen[i])
			evidence_row(io_evidence, "%s|-|0|%s", moments[i].what,
				     seen->has[i] ? "did not come" : "this kernel does not tell");
		for (int f = 0; f < FLAGS_MAX && seen->flags[i][f].count; f++)
			evidence_row(io_evidence, "%s|%s|%u|%s", moments[i].what,
				     seen->flags[i][f].text, seen->flags[i][f].count,
				     strpbrk(seen->flags[i][f].text, "dD") ? "off" : "on");
	}
}

const struct experiment lab_irq_flags = {
	.id = "E30",
	.name = "irq-flags",
	.question = "Are interrupts off while the kernel handles one, switches tasks, works in a "
		    "softirq?",
	.prediction = "Off in a hardirq handler from its first instruction, because the processor "
		      "does it, and off in the switch of tasks itself. On in softirqs and in "
		      "system calls: atomic means that one may not sleep, not that nothing may "
		      "interrupt.",
	.method = "tracefs writes the state of the CPU beside each event; some milliseconds of an "
		  "ordinary life are recorded.",
	.read_on = "Documentation/trace/ftrace.rst \"Output format\"; kernel/softirq.c, "
		   "kernel/sched/core.c: __schedule",
	.needs = LAB_ROOT,
	.tries = 20,
	.size = sizeof(struct moments),
	.observe = observe,
	.check = check,
	.show = show,
};
