// SPDX-License-Identifier: GPL-2.0-or-later
/* E04 no-register-changed - instructions one by one, and what each of them leaves different */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"

enum { REGISTERS = 16, STEPS = 18 };

enum { RSP = 7, RAX = 0, ARITHMETIC_FLAGS = 0x8d5 };

/* Before the first one rdi points at a word of 0. The order is that of the assembler below. */
static const struct {
	const char *text;
	int changed;		/* number of the one general register that changes; -1: none */
	bool flags;		/* may the flags change? */
	uint64_t word;		/* what rdi points at afterwards */
} steps[STEPS] = {
	{ "nop", -1, false, 0 },
	{ "movq $5, (%rdi)", -1, false, 5 },
	{ "lock incq (%rdi)", -1, true, 6 },
	{ "cmp %rdi, %rsp", -1, true, 6 },
	{ "test %rdi, %rdi", -1, true, 6 },
	{ "stc", -1, true, 6 },
	{ "clc", -1, true, 6 },
	{ "bt $3, %rdi", -1, true, 6 },
	{ "prefetcht0 (%rdi)", -1, false, 6 },
	{ "lfence", -1, false, 6 },
	{ "mfence", -1, false, 6 },
	{ "pause", -1, false, 6 },
	{ "mov %rdi, %rdi", -1, false, 6 },
	{ "movaps %xmm0, %xmm1", -1, false, 6 },
	{ "jmp to the next", -1, false, 6 },
	{ "push %rdi", RSP, false, 6 },
	{ "lea 8(%rsp), %rsp", RSP, false, 6 },
	{ "mov $7, %eax", RAX, false, 6 },
};

static const char *const names[REGISTERS] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi",
					      "rbp", "rsp", "r8",  "r9",  "r10", "r11",
					      "r12", "r13", "r14", "r15" };

struct step {
	uint32_t changed; /* a bit for each general register */
	bool rip, flags;
	uint64_t word;
};

struct walk {
	struct step step[STEPS];
};

#ifdef __x86_64__

void lab_walk(uint64_t *word);
__asm__(".pushsection .text\nlab_walk:\n xor %eax, %eax\n int3\n"
	"nop\n movq $5, (%rdi)\n lock incq (%rdi)\n cmp %rdi, %rsp\n test %rdi, %rdi\n stc\n clc\n"
	"bt $3, %rdi\n prefetcht0 (%rdi)\n lfence\n mfence\n pause\n mov %rdi, %rdi\n"
	"movaps %xmm0, %xmm1\n jmp 1f\n 1: push %rdi\n lea 8(%rsp), %rsp\n mov $7, %eax\n"
	"ret\n.popsection");

/* The same address in the child, which is a fork. */
static uint64_t word;

static int walk(void *data UNUSED)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	lab_walk(&word);
	return 0;
}

static void general(const struct user_regs_struct *regs, uint64_t ret_value[REGISTERS])
{
	const uint64_t value[REGISTERS] = {
		regs->rax, regs->rbx, regs->rcx, regs->rdx, regs->rsi, regs->rdi,
		regs->rbp, regs->rsp, regs->r8,	 regs->r9,  regs->r10, regs->r11,
		regs->r12, regs->r13, regs->r14, regs->r15,
	};

	memcpy(ret_value, value, sizeof(value));
}

static void compare(const struct user_regs_struct *before, const struct user_regs_struct *after,
		    struct step *ret_step)
{
	uint64_t old[REGISTERS], new[REGISTERS];

	general(before, old);
	general(after, new);
	*ret_step = (struct step){
		.rip = before->rip != after->rip,
		.flags = (before->eflags ^ after->eflags) & ARITHMETIC_FLAGS,
	};
	for (size_t i = 0; i < REGISTERS; i++)
		ret_step->changed |= (uint32_t)(old[i] != new[i]) << i;
}

static int await_trap(pid_t pid, struct error *err)
{
	int status;

	TRY(child_wait(pid, &status, err));
	if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP)
		return 0;
	return error_set(err, ECHILD, "the traced process ended: wait status %#x", status);
}

static int step_all(pid_t pid, struct walk *io_walk, struct error *err)
{
	struct user_regs_struct before, after;

	for (int i = 0; i < STEPS; i++) {
		if (ptrace(PTRACE_GETREGS, pid, NULL, &before) < 0 ||
		    ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) < 0)
			return error_sys(err, "ptrace");
		TRY(await_trap(pid, err));
		if (ptrace(PTRACE_GETREGS, pid, NULL, &after) < 0)
			return error_sys(err, "ptrace");
		compare(&before, &after, &io_walk->step[i]);
		io_walk->step[i].word = (uint64_t)ptrace(PTRACE_PEEKDATA, pid, &word, NULL);
	}
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	int r, pid = child_start(walk, NULL, 0, err);

	TRY(pid);
	r = await_trap(pid, err);
	if (r >= 0)
		r = step_all(pid, ret_observation, err);
	child_kill(pid);
	return r;
}

#else

static int observe(void *ret_observation UNUSED, struct error *err)
{
	return error_set(err, ENOTSUP, "needs an x86-64 processor");
}

#endif

static void check(const void *observation, struct finding *io_finding)
{
	const struct walk *seen = observation;
	int without = 0;

	for (int i = 0; i < STEPS; i++) {
		const struct step *step = &seen->step[i];
		uint32_t expected = steps[i].changed < 0 ? 0 : 1U << steps[i].changed;

		finding_must(io_finding, step->changed == expected, "%s: registers changed: %#x",
			     steps[i].text, step->changed);
		finding_must(io_finding, step->rip, "%s did not move rip", steps[i].text);
		finding_must(io_finding, steps[i].flags || !step->flags, "%s changed flags",
			     steps[i].text);
		finding_must(io_finding, step->word == steps[i].word, "%s left %llu in memory",
			     steps[i].text, (unsigned long long)step->word);
		without += step->changed == 0;
	}
	finding_say(io_finding, "%d of %d changed no general register; rip changed each "
				"time", without,
		    STEPS);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct walk *seen = observation;

	evidence_table(io_evidence, NULL, "instruction|general registers|flags|memory word");
	for (int i = 0; i < STEPS; i++) {
		const struct step *step = &seen->step[i];
		const char *name = "-";

		for (size_t bit = 0; bit < REGISTERS; bit++)
			if (step->changed >> bit & 1)
				name = names[bit];
		evidence_row(io_evidence, "%s|%s|%s|%llu", steps[i].text, name,
			     step->flags ? "changed" : "-", (unsigned long long)step->word);
	}
}

const struct experiment lab_no_register_changed = {
	.id = "E04",
	.name = "no-register-changed",
	.question = "Is there an instruction that does something and changes no register?",
	.prediction = "Many: stores, fences, a prefetch, nop; compare and test change only flags, "
		      "a jump only rip. push moves rsp down by 8 before it stores.",
	.method = "A traced process is single-stepped; all registers and a word of memory are "
		  "compared after each instruction.",
	.read_on = "ptrace(2) PTRACE_SINGLESTEP; arch/x86/kernel/step.c",
	.needs = LAB_X86,
	.size = sizeof(struct walk),
	.observe = observe,
	.check = check,
	.show = show,
};
