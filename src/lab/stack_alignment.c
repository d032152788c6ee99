// SPDX-License-Identifier: GPL-2.0-or-later
/* E06 stack-alignment - why the ABI wants the stack at a multiple of 16 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

#include "lab/child.h"
#include "lab/lab.h"

enum way { MOVAPS_16, MOVAPS_8, MOVUPS_8, MOV_4, WAYS };

enum { GENERAL_PROTECTION = 13 };

static const struct {
	const char *text;
	int offset; /* from a multiple of 16 */
	bool faults;
} ways[WAYS] = {
	[MOVAPS_16] = { "movaps, 16 bytes, aligned wanted", 0, false },
	[MOVAPS_8] = { "movaps, 16 bytes, aligned wanted", 8, true },
	[MOVUPS_8] = { "movups, 16 bytes, any address", 8, false },
	[MOV_4] = { "mov, 8 bytes", 4, false },
};

struct alignment {
	struct {
		int signal, code;
		long trap;
		uint64_t address; /* si_addr */
	} way[WAYS];
	uint64_t entry_rsp; /* at the first instruction of a function that C has called */
	uint64_t kept;	    /* how many of rbx, rbp, r12 to r15 a C function gave back */
};

enum { KEPT = 6 };

#ifdef __x86_64__

uint64_t lab_rsp(void);
__asm__(".pushsection .text\nlab_rsp:\n mov %rsp, %rax\n ret\n.popsection");

/*
 * Puts marks into the six registers that a callee has to keep, calls a C function and counts how
 * many of the marks are still there.
 */
uint64_t lab_count_kept(void (*function)(void));
__asm__(".pushsection .text\nlab_count_kept:\n"
	"push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n sub $8, %rsp\n"
	"mov $11, %ebx\n mov $12, %ebp\n mov $13, %r12d\n mov $14, %r13d\n mov $15, %r14d\n"
	"mov $16, %r15d\n call *%rdi\n xor %eax, %eax\n"
	"cmp $11, %rbx\n jne 1f\n inc %eax\n 1: cmp $12, %rbp\n jne 2f\n inc %eax\n"
	"2: cmp $13, %r12\n jne 3f\n inc %eax\n 3: cmp $14, %r13\n jne 4f\n inc %eax\n"
	"4: cmp $15, %r14\n jne 5f\n inc %eax\n 5: cmp $16, %r15\n jne 6f\n inc %eax\n"
	"6: add $8, %rsp\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
	"ret\n.popsection");

static struct alignment *now; /* what the handler fills; one process, one thread */
static int trying;
static sigjmp_buf back;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *user = context;

	now->way[trying].signal = signal;
	now->way[trying].code = info->si_code;
	now->way[trying].trap = user->uc_mcontext.gregs[REG_TRAPNO];
	now->way[trying].address = (uintptr_t)info->si_addr;
	siglongjmp(back, 1);
}

static void access_stack(enum way way, char *at)
{
	if (way == MOVUPS_8)
		__asm__ volatile("movups (%0), %%xmm0" : : "r"(at) : "xmm0", "memory");
	else if (way == MOV_4)
		__asm__ volatile("mov (%0), %%rax" : : "r"(at) : "rax", "memory");
	else
		__asm__ volatile("movaps (%0), %%xmm0" : : "r"(at) : "xmm0", "memory");
}

/* Enough work for the compiler to want those registers. */
static void busy(void)
{
	char text[ERROR_TEXT_SIZE];

	for (int i = 0; i < 10; i++)
		snprintf(text, sizeof(text), "%d %d %s", i, i * i, "rbx");
	__asm__ volatile("" : : "r"(text) : "memory", "rbx", "r12", "r13", "r14", "r15");
}

static int observe(void *ret_observation, struct error *err UNUSED)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	_Alignas(16) char slot[48] = "";

	now = ret_observation;
	sigaction(SIGSEGV, &action, NULL);
	for (trying = 0; trying < WAYS; trying++)
		if (sigsetjmp(back, 1) == 0)
			access_stack((enum way)trying, slot + ways[trying].offset);
	now->entry_rsp = lab_rsp();
	now->kept = lab_count_kept(busy);
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
	const struct alignment *seen = observation;

	for (int i = 0; i < WAYS; i++)
		finding_must(io_finding, (seen->way[i].signal != 0) == ways[i].faults,
			     "%s at an offset of %d gave signal %d", ways[i].text, ways[i].offset,
			     seen->way[i].signal);
	finding_must(io_finding, seen->way[MOVAPS_8].signal == SIGSEGV &&
					 seen->way[MOVAPS_8].code == SI_KERNEL &&
					 seen->way[MOVAPS_8].trap == GENERAL_PROTECTION,
		     "the fault was signal %d, code %d, exception %ld", seen->way[MOVAPS_8].signal,
		     seen->way[MOVAPS_8].code, seen->way[MOVAPS_8].trap);
	finding_must(io_finding, seen->way[MOVAPS_8].address == 0, "the fault told an address");
	finding_must(io_finding, seen->entry_rsp % 16 == 8,
		     "a function was entered with rsp mod 16 = %d", (int)(seen->entry_rsp % 16));
	finding_must(io_finding, seen->kept == KEPT, "a C function kept %d of %d registers",
		     (int)seen->kept, KEPT);
	finding_say(io_finding, "one movaps 8 bytes off is a SIGSEGV that names no address; C "
				"calls with rsp mod 16 = 0 and 8 at the entry");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct alignment *seen = observation;

	evidence_table(io_evidence, "a slot on the stack", "access|address mod 16|result");
	for (int i = 0; i < WAYS; i++)
		if (seen->way[i].signal)
			evidence_row(io_evidence, "%s|%d|signal %d, si_code %d, exception %ld, "
						  "si_addr %#llx",
				     ways[i].text, ways[i].offset, seen->way[i].signal,
				     seen->way[i].code, seen->way[i].trap,
				     (unsigned long long)seen->way[i].address);
		else
			evidence_row(io_evidence, "%s|%d|fine", ways[i].text, ways[i].offset);
	evidence_lines(io_evidence, "the ABI at work");
	evidence_line(io_evidence, "rsp at the first instruction of a function: %#llx, mod 16 = %d "
				   "(call has pushed 8 bytes)",
		      (unsigned long long)seen->entry_rsp, (int)(seen->entry_rsp % 16));
	evidence_line(io_evidence, "rbx rbp r12 r13 r14 r15 after a C function: %d of %d as before",
		      (int)seen->kept, KEPT);
}

const struct experiment lab_stack_alignment = {
	.id = "E06",
	.name = "stack-alignment",
	.question = "What is stack alignment good for?",
	.prediction = "Some instructions demand an address that is a multiple of 16, and compilers "
		      "use them on stack slots. So the ABI has rsp at a multiple of 16 before each "
		      "call; 8 bytes off, the first movaps raises #GP, a SIGSEGV without an "
		      "address.",
	.method = "Four loads from a slot of the stack; then a function of assembler looks at its "
		  "own rsp and at the registers that a callee has to keep.",
	.husk = "husk-init's own start aligns the stack before it calls C.",
	.read_on = "System V ABI for x86-64, 3.2.2; arch/x86/kernel/traps.c: "
		   "exc_general_protection",
	.needs = LAB_X86,
	.size = sizeof(struct alignment),
	.observe = observe,
	.check = check,
	.show = show,
};
