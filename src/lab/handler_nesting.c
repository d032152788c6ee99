// SPDX-License-Identifier: GPL-2.0-or-later
/* E10 handler-nesting - a signal within its own handler, within another one, on another stack */
#include <signal.h>
#include <ucontext.h>

#include "lab/child.h"
#include "lab/lab.h"

enum way { SAME, SAME_NODEFER, OTHER, OTHER_MASKED, WAYS };

enum { RAISES = 3, STACK_SIZE = 1 << 16 };

/* A handler that raises its own blocked signal for ever would run for ever. */
static const struct {
	const char *action;
	int flags, raised;
	bool is_masked;
	int depth;
} ways[WAYS] = {
	[SAME] = { "raises the same signal", 0, SIGUSR1, false, 1 },
	[SAME_NODEFER] = { "the same, SA_NODEFER", SA_NODEFER, SIGUSR1, false, RAISES + 1 },
	[OTHER] = { "raises another signal", 0, SIGUSR2, false, 2 },
	[OTHER_MASKED] = { "another one, in sa_mask", 0, SIGUSR2, true, 1 },
};

struct nesting {
	struct {
		int depth, runs;
	} way[WAYS];
	uint64_t stack, frame, main_rsp; /* the other stack, and both places of the handler on it */
};

/* Of the handlers; one process, one thread. */
static volatile sig_atomic_t depth, deepest, runs, left, raised;

static void on_signal(int signal)
{
	depth++;
	runs++;
	deepest = depth > deepest ? depth : deepest;
	if (signal == SIGUSR1 && left > 0) {
		left--;
		raise(raised);
	}
	depth--;
}

static void try_way(enum way way, struct nesting *io_nesting)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = ways[way].flags };

	sigemptyset(&action.sa_mask);
	if (ways[way].is_masked)
		sigaddset(&action.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	depth = deepest = runs = 0;
	left = RAISES;
	raised = ways[way].raised;
	raise(SIGUSR1);
	io_nesting->way[way].depth = deepest;
	io_nesting->way[way].runs = runs;
}

static struct nesting *now;

static void on_other_stack(int signal UNUSED, siginfo_t *info UNUSED, void *context UNUSED)
{
	char here;

	now->frame = (uintptr_t)&here;
#ifdef __x86_64__
	now->main_rsp = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
#endif
}

static void try_other_stack(struct nesting *io_nesting)
{
	static char stack[STACK_SIZE];
	struct sigaction action = { .sa_sigaction = on_other_stack,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };

	now = io_nesting;
	now->stack = (uintptr_t)stack;
	sigaltstack(&other, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

static int observe(void *ret_observation, struct error *err UNUSED)
{
	for (int way = 0; way < WAYS; way++)
		try_way((enum way)way, ret_observation);
	try_other_stack(ret_observation);
	return 0;
}

static bool is_on_stack(const struct nesting *nesting, uint64_t address)
{
	return address >= nesting->stack && address < nesting->stack + STACK_SIZE;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct nesting *nesting = observation;

	for (int i = 0; i < WAYS; i++) {
		finding_must(io_finding, nesting->way[i].depth == ways[i].depth,
			     "a handler that %s was %d deep", ways[i].action,
			     nesting->way[i].depth);
		finding_must(io_finding, nesting->way[i].runs > 1 &&
						 nesting->way[i].runs <= RAISES + 1,
			     "a handler that %s ran %d "
			     "times", ways[i].action, nesting->way[i].runs);
	}
	finding_must(io_finding, is_on_stack(nesting, nesting->frame),
		     "the handler did not run on the other stack");
	finding_must(io_finding, !is_on_stack(nesting, nesting->main_rsp),
		     "the saved rsp is on the handler's stack");
	finding_say(io_finding, "the same signal waited until the handler had returned, another "
				"one came within it, and sa_mask kept that out");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct nesting *nesting = observation;

	evidence_table(io_evidence, NULL, "the handler|ran|deepest");
	for (int i = 0; i < WAYS; i++)
		evidence_row(io_evidence, "%s|%d|%d", ways[i].action, nesting->way[i].runs,
			     nesting->way[i].depth);
	evidence_lines(io_evidence, "with sigaltstack and SA_ONSTACK");
	evidence_line(io_evidence, "stack given      %#llx to %#llx",
		      (unsigned long long)nesting->stack,
		      (unsigned long long)nesting->stack + STACK_SIZE);
	evidence_line(io_evidence, "handler's frame  %#llx", (unsigned long long)nesting->frame);
	evidence_line(io_evidence, "saved rsp        %#llx, where the program goes on",
		      (unsigned long long)nesting->main_rsp);
}

const struct experiment lab_handler_nesting = {
	.id = "E10",
	.name = "handler-nesting",
	.question = "Can a signal interrupt a signal handler?",
	.prediction = "Another signal can, and its handler runs on top. The same one is blocked "
		      "until the handler returns, unless SA_NODEFER; so is what stands in sa_mask. "
		      "With SA_ONSTACK all this happens on a stack of its own.",
	.method = "A handler raises a signal at most three times and counts how deep it is.",
	.husk = "husk-init has no handlers that do anything: it blocks all signals and reads them "
		"one by one.",
	.read_on = "sigaction(2), sigaltstack(2); kernel/signal.c: signal_delivered",
	.size = sizeof(struct nesting),
	.observe = observe,
	.check = check,
	.show = show,
};
