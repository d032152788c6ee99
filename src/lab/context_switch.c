// SPDX-License-Identifier: GPL-2.0-or-later
/* E29 context-switch - which changes of the running code the kernel has a part in */
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/cpu.h"
#include "lab/lab.h"

enum { ROUNDS = 2000, STACK_SIZE = 1 << 16 };

struct counts {
	long voluntary, forced; /* /proc/PID/status: *_ctxt_switches */
};

struct switches {
	struct counts ping_pong, spinner, library, by_hand;
	int rounds[2]; /* of swapcontext, and of the switch by hand */
};

static struct counts count_own(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (struct counts){ usage.ru_nvcsw, usage.ru_nivcsw };
}

static struct counts since(struct counts before)
{
	struct counts now = count_own();

	return (struct counts){ now.voluntary - before.voluntary, now.forced - before.forced };
}

/* --- two processes that wait for each other --- */

struct table {
	struct gate there, back;
};

static int answer(void *data)
{
	const struct table *table = data;

	for (int i = 0; i < ROUNDS; i++) {
		gate_pass(&table->there);
		gate_open(&table->back);
	}
	return 0;
}

static int play(struct switches *io_switches, struct error *err)
{
	struct table table;
	struct counts before;
	int status, pid;

	TRY(gate_make(&table.there, err));
	TRY(gate_make(&table.back, err));
	pid = child_start(answer, &table, 0, err);
	TRY(pid);
	before = count_own();
	for (int i = 0; i < ROUNDS; i++) {
		gate_open(&table.there);
		gate_pass(&table.back);
	}
	io_switches->ping_pong = since(before);
	TRY(child_wait(pid, &status, err));
	gate_close(&table.there);
	gate_close(&table.back);
	return 0;
}

/* --- two that both want the processor --- */

static int spin_beside(struct switches *io_switches, struct error *err)
{
	struct counts before, now = { 0 };
	int pid = child_start(child_spin, NULL, 0, err);

	TRY(pid);
	before = count_own();
	while (now.forced < 3)
		now = since(before);
	io_switches->spinner = now;
	child_kill(pid);
	return 0;
}

/* --- without the kernel --- */

static ucontext_t contexts[2];

static void run_library(void)
{
	for (;;)
		swapcontext(&contexts[1], &contexts[0]);
}

static void switch_by_library(struct switches *io_switches)
{
	static char stack[STACK_SIZE];
	struct counts before;

	getcontext(&contexts[1]);
	contexts[1].uc_stack = (stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) };
	makecontext(&contexts[1], run_library, 0);
	before = count_own();
	for (int i = 0; i < ROUNDS; i++, io_switches->rounds[0]++)
		swapcontext(&contexts[0], &contexts[1]);
	io_switches->library = since(before);
}

#ifdef __x86_64__

/* What the ABI makes a callee keep, and the stack pointer: all of a switch between functions. */
void lab_switch(uint64_t *ret_saved_rsp, uint64_t rsp);
__asm__(".pushsection .text\nlab_switch:\n push %rbx\n push %rbp\n push %r12\n push %r13\n"
	"push %r14\n push %r15\n mov %rsp, (%rdi)\n mov %rsi, %rsp\n pop %r15\n pop %r14\n"
	"pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n.popsection");

static uint64_t saved[2];
static int others_rounds;

static void run_by_hand(void)
{
	for (;;) {
		others_rounds++;
		lab_switch(&saved[1], saved[0]);
	}
}

static void switch_by_hand(struct switches *io_switches)
{
	static _Alignas(16) uint64_t stack[STACK_SIZE / 8];
	uint64_t *top = stack + STACK_SIZE / 8 - 2;
	struct counts before;

	/* As if run_by_hand had called: its address to return to, and six registers below. */
	*top = (uintptr_t)run_by_hand;
	saved[1] = (uintptr_t)(top - 6);
	before = count_own();
	for (int i = 0; i < ROUNDS; i++)
		lab_switch(&saved[0], saved[1]);
	io_switches->by_hand = since(before);
	io_switches->rounds[1] = others_rounds;
}

#else

static void switch_by_hand(struct switches *io_switches)
{
	io_switches->rounds[1] = ROUNDS;
}

#endif

static int observe(void *ret_observation, struct error *err)
{
	struct switches *switches = ret_observation;

	TRY(cpu_pin_here(err));
	TRY(play(switches, err));
	TRY(spin_beside(switches, err));
	switch_by_library(switches);
	switch_by_hand(switches);
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct switches *s = observation;

	/* The other one needs the processor in each round; who is woken may take it at once. */
	finding_must(io_finding, s->ping_pong.voluntary + s->ping_pong.forced >= ROUNDS,
		     "%d rounds with the other process were %ld switches", ROUNDS,
		     s->ping_pong.voluntary + s->ping_pong.forced);
	finding_may(io_finding, s->ping_pong.voluntary > 0, "no wait was a voluntary switch");
	finding_must(io_finding, s->spinner.voluntary == 0 && s->spinner.forced > 0,
		     "a process that never waits gave the processor up by itself");
	finding_must(io_finding, s->rounds[0] == ROUNDS && s->rounds[1] == ROUNDS,
		     "a switch without the kernel got lost");
	finding_must(io_finding, s->library.voluntary == 0 && s->by_hand.voluntary == 0,
		     "the kernel counted switches that it had no part in");
	finding_say(io_finding, "waiting gave %ld voluntary switches, spinning only forced ones, "
				"and %d switches of stack and registers in user mode none",
		    s->ping_pong.voluntary, 2 * ROUNDS);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct switches *s = observation;

	evidence_table(io_evidence, "on one CPU, as the kernel counts it (getrusage)",
		       "kind|rounds|voluntary|forced");
	evidence_row(io_evidence, "two processes and two pipes|%d|%ld|%ld", ROUNDS,
		     s->ping_pong.voluntary, s->ping_pong.forced);
	evidence_row(io_evidence, "two spinners|-|%ld|%ld", s->spinner.voluntary,
		     s->spinner.forced);
	evidence_row(io_evidence, "swapcontext|%d|%ld|%ld", s->rounds[0], s->library.voluntary,
		     s->library.forced);
	evidence_row(io_evidence, "seven registers by hand|%d|%ld|%ld", s->rounds[1],
		     s->by_hand.voluntary, s->by_hand.forced);
}

const struct experiment lab_context_switch = {
	.id = "E29",
	.name = "context-switch",
	.question = "What is a context switch, and who does it?",
	.prediction = "Of the kernel's two kinds one is voluntary, of a task that waits, the other "
		      "forced, of a task whose turn is over. A program can change stack and "
		      "registers by itself, and the kernel does not notice.",
	.method = "Two processes play ping-pong through pipes, two spin beside each other, and one "
		  "changes between two stacks, all on one CPU.",
	.read_on = "proc(5) \"voluntary_ctxt_switches\", makecontext(3); kernel/sched/core.c: "
		   "context_switch",
	.tries = 20,
	.size = sizeof(struct switches),
	.observe = observe,
	.check = check,
	.show = show,
};
