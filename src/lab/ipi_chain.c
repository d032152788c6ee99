// SPDX-License-Identifier: GPL-2.0-or-later
/* E24 ipi-chain - how a signal reaches a program that runs on another CPU */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"
#include "lab/traceline.h"
#include "lab/tracefs.h"

/* In their order of time; what belongs to whom is in find_step(). */
enum step { GENERATED, SENT, RECEIVED, DELIVERED, RETURNED, STEPS };

enum { LINE_SIZE = 160 };

static const char *const step_names[STEPS] = {
	[GENERATED] = "the sender marks it pending", [SENT] = "the sender's CPU interrupts the "
							      "other",
	[RECEIVED] = "the other CPU takes the interrupt", [DELIVERED] = "on its way out it finds "
									"the signal",
	[RETURNED] = "the handler has returned",
};

struct chain {
	pid_t sender, target;
	int cpu[2]; /* of the sender and of the target */
	bool has_ipi_event;
	bool found[STEPS];
	bool before_interrupt; /* delivered without the interrupt: the target was in the kernel */
	char line[STEPS][LINE_SIZE];
};

static bool is_at(const struct traceline *line, const char *event, int cpu)
{
	return line->cpu == cpu && strcmp(line->event, event) == 0;
}

/* Which step of the chain is it? STEPS: none. */
static enum step find_step(const struct traceline *line, const struct chain *chain)
{
	if (is_at(line, "signal_generate", chain->cpu[0]) && line->pid == chain->sender)
		return traceline_number(line, "pid=", 0) == chain->target ? GENERATED : STEPS;
	if (is_at(line, "ipi_send_cpu", chain->cpu[0]) && line->pid == chain->sender)
		return traceline_number(line, "cpu=", -1) == chain->cpu[1] ? SENT : STEPS;
	if (line->pid != chain->target || line->cpu != chain->cpu[1])
		return STEPS;
	if (strcmp(line->event, "reschedule_entry") == 0)
		return RECEIVED;
	if (strcmp(line->event, "signal_deliver") == 0)
		return DELIVERED;
	return strcmp(line->event, "sys_enter") == 0 &&
			       traceline_number(line, "NR ", -1) == SYS_rt_sigreturn
		       ? RETURNED
		       : STEPS;
}

static void keep(const struct traceline *line, enum step step, struct chain *io_chain)
{
	io_chain->found[step] = true;
	snprintf(io_chain->line[step], LINE_SIZE, "CPU %d %s %s:%.*s", line->cpu, line->flags,
		 line->event, (int)(strchrnul(line->rest, '\n') - line->rest), line->rest);
}

static void read_all(const char *text, struct chain *io_chain)
{
	struct traceline line;

	while (traceline_next(&text, &line)) {
		enum step step = find_step(&line, io_chain);

		if (step == STEPS || io_chain->found[step])
			continue;
		/* What came before the signal was sent has nothing to do with it. */
		if (step == RECEIVED && !io_chain->found[SENT])
			continue;
		io_chain->before_interrupt |= step == DELIVERED && !io_chain->found[RECEIVED];
		keep(&line, step, io_chain);
	}
}

/* --- the two --- */

static volatile sig_atomic_t is_handled;

static void on_signal(int signal UNUSED)
{
	is_handled = 1;
}

struct runner {
	struct gate ready;
	int cpu;
};

/* In user mode until the handler has run. */
static int run(void *data)
{
	const struct runner *runner = data;
	struct error ignored;

	child_handle(SIGUSR1, on_signal, 0);
	if (cpu_pin(runner->cpu, &ignored) < 0)
		return 1;
	gate_open(&runner->ready);
	while (!is_handled)
		;
	return 0;
}

static int send(const struct tracefs *trace, struct chain *io_chain, struct error *err)
{
	struct runner runner = { .cpu = io_chain->cpu[1] };
	int status;

	TRY(gate_make(&runner.ready, err));
	io_chain->target = child_start(run, &runner, 0, err);
	TRY(io_chain->target);
	gate_pass(&runner.ready);
	TRY(tracefs_on(trace, true, err));
	kill(io_chain->target, SIGUSR1);
	TRY(child_wait(io_chain->target, &status, err));
	TRY(tracefs_on(trace, false, err));
	gate_close(&runner.ready);
	return 0;
}

static int record(const struct tracefs *trace, struct chain *io_chain, struct error *err)
{
	autofree char *text = NULL;
	struct error ignored;

	/* SIGUSR1 and rt_sigreturn: nothing of a busy machine shall push these few lines out. */
	TRY(tracefs_enable(trace, "signal/signal_generate", "sig == 10", err));
	TRY(tracefs_enable(trace, "signal/signal_deliver", "sig == 10", err));
	TRY(tracefs_enable(trace, "irq_vectors/reschedule_entry", NULL, err));
	TRY(tracefs_enable(trace, "raw_syscalls/sys_enter", "id == 15", err));
	/* Since Linux 6.4. */
	io_chain->has_ipi_event = tracefs_enable(trace, "ipi/ipi_send_cpu", NULL, &ignored) >= 0;
	if (!io_chain->has_ipi_event)
		return error_set(err, ENOTSUP, "needs the tracepoint ipi_send_cpu, Linux 6.4");
	TRY(send(trace, io_chain, err));
	TRY(tracefs_read(trace, &text, err));
	read_all(text, io_chain);
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct chain *chain = ret_observation;
	struct tracefs trace;
	int r;

	TRY(cpu_choose_two(chain->cpu, err));
	TRY(cpu_pin(chain->cpu[0], err));
	chain->sender = getpid();
	TRY(tracefs_open(&trace, err));
	r = record(&trace, chain, err);
	tracefs_close(&trace);
	return r;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct chain *chain = observation;

	finding_must(io_finding, chain->found[GENERATED] && chain->found[DELIVERED],
		     "the signal was not generated or not delivered");
	finding_must(io_finding, chain->found[RETURNED], "the handler did not return by "
							 "rt_sigreturn");
	finding_may(io_finding,
		    chain->found[SENT] && chain->found[RECEIVED] && !chain->before_interrupt,
		    "the target was not running in user mode at that moment");
	finding_say(io_finding, "CPU %d interrupted CPU %d, and on the way out of that interrupt "
				"the handler was called there",
		    chain->cpu[0], chain->cpu[1]);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct chain *chain = observation;

	evidence_lines(io_evidence, "from the trace");
	for (int i = 0; i < STEPS; i++) {
		evidence_line(io_evidence, "%s", step_names[i]);
		evidence_line(io_evidence, "    %s", chain->found[i] ? chain->line[i] : "(not "
											"seen)");
	}
	evidence_line(io_evidence, "sender %d, target %d, a loop in user mode", chain->sender,
		      chain->target);
}

const struct experiment lab_ipi_chain = {
	.id = "E24",
	.name = "ipi-chain",
	.question = "How does a signal reach a program that is running on another CPU and makes no "
		    "call?",
	.prediction = "The sender marks it pending and sends the other CPU an interrupt. That one "
		      "has nothing to do but return; on the way back to user mode the kernel looks "
		      "for signals and builds the handler's frame, there, on the target's own "
		      "stack.",
	.method = "A process spins on one CPU; kill() on another one; both traced.",
	.read_on = "kill(2); kernel/signal.c: signal_wake_up_state, arch/x86/kernel/smp.c: "
		   "sysvec_reschedule_ipi",
	.needs = LAB_ROOT | LAB_TWO_CPUS | LAB_X86,
	.tries = 50,
	.size = sizeof(struct chain),
	.observe = observe,
	.check = check,
	.show = show,
};
