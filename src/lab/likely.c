// SPDX-License-Identifier: GPL-2.0-or-later
/* E36 likely - what likely() and unlikely() do to the code */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "lab/child.h"
#include "lab/lab.h"

enum way { LIKELY, UNLIKELY, WAYS };
enum outcome { HOLDS, FAILS, OUTCOMES };

enum { CODE_MAX = 256, STEPS_MAX = 10000 };

static const char *const way_names[WAYS] = { "likely(x > 7)", "unlikely(x > 7)" };
static const int arguments[OUTCOMES] = { [HOLDS] = 9, [FAILS] = 5 };

struct walked {
	int instructions, jumps; /* taken ones */
};

struct branches {
	struct walked walked[WAYS][OUTCOMES];
};

static bool is_expected(enum way way, enum outcome outcome)
{
	return (way == LIKELY) == (outcome == HOLDS);
}

#ifdef __x86_64__

/* Both sides differ, and no compiler can merge them, move them or choose without a jump. */
#define DECIDE(name, expected)                                               \
	__attribute__((noinline)) static int name(int x)                     \
	{                                                                    \
		int result;                                                  \
									     \
		if (__builtin_expect(x > 7, expected))                       \
			__asm__ volatile("mov $1, %0\n nop" : "=r"(result)); \
		else                                                         \
			__asm__ volatile("mov $2, %0\n nop\n nop" : "=r"(result)); \
		__asm__ volatile("nop");                                     \
		return result;                                               \
	}

DECIDE(decide_likely, 1)
DECIDE(decide_unlikely, 0)

struct call {
	int (*function)(int x);
	int argument;
};

static int call(void *data)
{
	const struct call *wanted = data;

	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	__asm__ volatile("int3");
	return wanted->function(wanted->argument);
}

/* The next instruction to be executed; -ECHILD when the process has come to its end. */
static int step(pid_t pid, uint64_t *ret_rip, struct error *err)
{
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0)
		return error_sys(err, "ptrace");
	TRY(child_wait(pid, &status, err));
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
		return error_set(err, ECHILD, "the traced process ended: wait status %#x", status);
	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return error_sys(err, "ptrace");
	*ret_rip = regs.rip;
	return 0;
}

/* The code is ours as well as the child's: Jcc and JMP, with 8 and 32 bits. */
static bool has_jumped(uint64_t rip, uint64_t next)
{
	const uint8_t *code = (const uint8_t *)(uintptr_t)rip;

	if (code[0] >> 4 == 7 || code[0] == 0xeb)
		return next != rip + 2;
	if (code[0] == 0x0f && code[1] >> 4 == 8)
		return next != rip + 6;
	return code[0] == 0xe9;
}

/* From the function's first instruction to the one after its return. */
static int walk(pid_t pid, uint64_t begin, struct walked *ret_walked, struct error *err)
{
	uint64_t rip = 0, next;

	*ret_walked = (struct walked){ 0 };
	for (int steps = 0; rip != begin; steps++) {
		if (steps == STEPS_MAX)
			return error_set(err, ELOOP, "the function was not called");
		TRY(step(pid, &rip, err));
	}
	for (;; rip = next) {
		TRY(step(pid, &next, err));
		ret_walked->instructions++;
		if (next < begin || next >= begin + CODE_MAX)
			return 0;
		ret_walked->jumps += has_jumped(rip, next);
	}
}

static int walk_call(enum way way, enum outcome outcome, struct branches *io_branches,
		     struct error *err)
{
	struct call wanted = { way == LIKELY ? decide_likely : decide_unlikely,
			       arguments[outcome] };
	int status, r, pid = child_start(call, &wanted, 0, err);

	TRY(pid);
	r = child_wait(pid, &status, err);
	if (r >= 0)
		r = walk(pid, (uintptr_t)wanted.function, &io_branches->walked[way][outcome], err);
	child_kill(pid);
	return r;
}

static int observe(void *ret_observation, struct error *err)
{
	for (int way = 0; way < WAYS; way++)
		for (int outcome = 0; outcome < OUTCOMES; outcome++)
			TRY(walk_call((enum way)way, (enum outcome)outcome, ret_observation, err));
	return 0;
}

#else

static int observe(void *ret_observation UNUSED, struct error *err)
{
	return error_set(err, ENOTSUP, "needs an x86-64 processor");
}

#endif

static void check(const void *observation, struct finding *io_finding)
{
	const struct branches *branches = observation;

	for (int way = 0; way < WAYS; way++)
		for (int outcome = 0; outcome < OUTCOMES; outcome++) {
			const struct walked *walked = &branches->walked[way][outcome];
			bool straight = is_expected((enum way)way, (enum outcome)outcome);

			finding_must(io_finding, walked->instructions > 0, "no instruction was "
									   "seen");
			finding_must(io_finding, straight == (walked->jumps == 0),
				     "%s, x = %d: %d jumps were taken", way_names[way],
				     arguments[outcome], walked->jumps);
		}
	finding_say(io_finding, "the expected side is straight ahead, the other one a jump away");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct branches *branches = observation;

	evidence_table(io_evidence, NULL, "written|x|as expected|instructions|jumps taken");
	for (int way = 0; way < WAYS; way++)
		for (int outcome = 0; outcome < OUTCOMES; outcome++)
			evidence_row(io_evidence, "%s|%d|%s|%d|%d", way_names[way],
				     arguments[outcome],
				     is_expected((enum way)way, (enum outcome)outcome) ? "yes"
										: "no",
				     branches->walked[way][outcome].instructions,
				     branches->walked[way][outcome].jumps);
}

const struct experiment lab_likely = {
	.id = "E36",
	.name = "likely",
	.question = "What do likely() and unlikely() do?",
	.prediction = "They tell the compiler which side to lay straight ahead. No instruction is "
		      "added, nothing is fetched by command: the expected side runs without a jump "
		      "that is taken, the other one lies elsewhere.",
	.method = "The same function compiled with both, single-stepped with a value for each "
		  "side.",
	.read_on = "gcc, __builtin_expect; include/linux/compiler.h: likely",
	.needs = LAB_X86,
	.size = sizeof(struct branches),
	.observe = observe,
	.check = check,
	.show = show,
};
