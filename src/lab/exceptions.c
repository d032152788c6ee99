// SPDX-License-Identifier: GPL-2.0-or-later
/* E07 exceptions - what the processor reports when an instruction cannot be carried out */
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "lab/child.h"
#include "lab/lab.h"
#include "signal/name.h"

enum culprit {
	DIVIDE, BREAKPOINT, UNDEFINED, HALT, READ_NULL, WRITE_NULL, JUMP_NULL, READ_KERNEL,
	READ_NONCANONICAL, PUSH_NONCANONICAL, INTERRUPT, CULPRITS,
};

enum { PAGE_FAULT = 14, NO_OFFSET = -1 };

struct seen {
	int signal, code;
	long trap, error;
	uint64_t address; /* CR2, of a page fault */
	uint64_t rip, at; /* where it was said to be, and the culprit itself */
};

struct exceptions {
	struct seen seen[CULPRITS];
};

static const struct {
	const char *instruction, *exception;
	int signal, code;
	long trap, error;
	int offset; /* of RIP behind the beginning of the instruction */
} rules[CULPRITS] = {
	[DIVIDE] = { "div by 0", "#DE fault", SIGFPE, FPE_INTDIV, 0, 0, 0 },
	[BREAKPOINT] = { "int3", "#BP trap", SIGTRAP, SI_KERNEL, 3, 0, 1 },
	[UNDEFINED] = { "ud2", "#UD fault", SIGILL, ILL_ILLOPN, 6, 0, 0 },
	[HALT] = { "hlt", "#GP fault", SIGSEGV, SI_KERNEL, 13, 0, 0 },
	[READ_NULL] = { "read at 0", "#PF fault", SIGSEGV, SEGV_MAPERR, PAGE_FAULT, 4, 0 },
	[WRITE_NULL] = { "write at 0", "#PF fault", SIGSEGV, SEGV_MAPERR, PAGE_FAULT, 6, 0 },
	[JUMP_NULL] = { "jump to 0", "#PF fault", SIGSEGV, SEGV_MAPERR, PAGE_FAULT, 0x14,
			NO_OFFSET },
	[READ_KERNEL] = { "read the kernel", "#PF fault", SIGSEGV, SEGV_MAPERR, PAGE_FAULT, 5, 0 },
	[READ_NONCANONICAL] = { "read at 1 << 63", "#GP fault", SIGSEGV, SI_KERNEL, 13, 0, 0 },
	[PUSH_NONCANONICAL] = { "push, rsp 1 << 63", "#SS fault", SIGBUS, SI_KERNEL, 12, 0, 0 },
	[INTERRUPT] = { "int $0x81", "#GP fault", SIGSEGV, SI_KERNEL, 13, 0x81 * 8 + 2, 0 },
};

#ifdef __x86_64__

/* `lab_NAME` is a function; `lab_NAME_at` is where its culprit begins. */
#define CULPRIT(name, before, instruction)                                                    \
	void lab_##name(void);                                                                \
	extern const char lab_##name##_at[];                                                  \
	__asm__(".pushsection .text\nlab_" #name ":\n" before "\nlab_" #name "_at:\n" instruction \
		"\nret\n.popsection")

CULPRIT(divide, "xor %edx, %edx\n xor %ecx, %ecx\n mov $1, %eax", "div %ecx");
CULPRIT(breakpoint, "", "int3");
CULPRIT(undefined, "", "ud2");
CULPRIT(halt, "", "hlt");
CULPRIT(read_null, "xor %eax, %eax", "mov (%rax), %rax");
CULPRIT(write_null, "xor %eax, %eax", "mov %rax, (%rax)");
CULPRIT(jump_null, "xor %eax, %eax", "jmp *%rax");
CULPRIT(read_kernel, "mov $0xffffffff81000000, %rax", "mov (%rax), %rax");
CULPRIT(read_noncanonical, "movabs $0x8000000000000000, %rax", "mov (%rax), %rax");
CULPRIT(push_noncanonical, "movabs $0x8000000000000000, %rsp", "push %rax");
CULPRIT(interrupt, "", "int $0x81");

#define TRY_CULPRIT(number, name) [number] = { lab_##name, lab_##name##_at }

static const struct {
	void (*function)(void);
	const char *at;
} culprits[CULPRITS] = {
	TRY_CULPRIT(DIVIDE, divide), TRY_CULPRIT(BREAKPOINT, breakpoint),
	TRY_CULPRIT(UNDEFINED, undefined), TRY_CULPRIT(HALT, halt),
	TRY_CULPRIT(READ_NULL, read_null), TRY_CULPRIT(WRITE_NULL, write_null),
	TRY_CULPRIT(JUMP_NULL, jump_null), TRY_CULPRIT(READ_KERNEL, read_kernel),
	TRY_CULPRIT(READ_NONCANONICAL, read_noncanonical),
	TRY_CULPRIT(PUSH_NONCANONICAL, push_noncanonical), TRY_CULPRIT(INTERRUPT, interrupt),
};

static struct seen *now; /* what the handler fills; one process, one thread */
static sigjmp_buf back;

static void on_exception(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *user = context;
	const greg_t *reg = user->uc_mcontext.gregs;

	*now = (struct seen){
		.signal = signal, .code = info->si_code, .trap = reg[REG_TRAPNO],
		.error = reg[REG_ERR], .rip = (uint64_t)reg[REG_RIP],
		.address = reg[REG_TRAPNO] == PAGE_FAULT ? (uint64_t)reg[REG_CR2] : 0,
	};
	siglongjmp(back, 1);
}

/* On a stack of its own: one culprit has none. */
static void handle_all(char *stack, size_t size)
{
	static const int signals[] = { SIGFPE, SIGTRAP, SIGILL, SIGSEGV, SIGBUS };
	struct sigaction action = { .sa_sigaction = on_exception,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t other = { .ss_sp = stack, .ss_size = size };

	sigaltstack(&other, NULL);
	for (size_t i = 0; i < countof(signals); i++)
		sigaction(signals[i], &action, NULL);
}

static void provoke(struct exceptions *io_exceptions)
{
	for (volatile int i = 0; i < CULPRITS; i++) {
		now = &io_exceptions->seen[i];
		if (sigsetjmp(back, 1) == 0)
			culprits[i].function();
		now->at = (uintptr_t)culprits[i].at;
	}
}

#else

static void handle_all(char *stack UNUSED, size_t size UNUSED)
{
}

static void provoke(struct exceptions *io_exceptions UNUSED)
{
}

#endif

static int observe(void *ret_observation, struct error *err UNUSED)
{
	static char stack[1 << 16];

	handle_all(stack, sizeof(stack));
	provoke(ret_observation);
	return 0;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct exceptions *exceptions = observation;

	for (int i = 0; i < CULPRITS; i++) {
		const struct seen *seen = &exceptions->seen[i];
		const char *what = rules[i].instruction;
		long offset = (long)(seen->rip - seen->at);

		finding_must(io_finding,
			     seen->signal == rules[i].signal && seen->code == rules[i].code,
			     "%s gave signal %d, code %d", what, seen->signal, seen->code);
		finding_must(io_finding,
			     seen->trap == rules[i].trap && seen->error == rules[i].error,
			     "%s was exception %ld, error %#lx", what, seen->trap, seen->error);
		finding_must(io_finding, rules[i].offset == NO_OFFSET ? seen->rip == 0
								      : offset == rules[i].offset,
			     "%s left RIP %ld bytes behind its beginning", what, offset);
	}
	finding_say(io_finding, "each of %d came as a signal to the thread that did it; RIP is at "
				"the instruction after a fault and behind it after a trap",
		    CULPRITS);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct exceptions *exceptions = observation;

	evidence_table(io_evidence, NULL, "instruction|exception|number|error|signal|si_code|RIP");
	for (int i = 0; i < CULPRITS; i++) {
		const struct seen *seen = &exceptions->seen[i];
		long offset = (long)(seen->rip - seen->at);

		evidence_row(io_evidence, "%s|%s|%ld|%#lx|%s|%d|%s", rules[i].instruction,
			     rules[i].exception, seen->trap, seen->error,
			     signal_name(seen->signal), seen->code,
			     offset == 0 ? "at it" : offset == 1 ? "behind it" : "the address 0");
	}
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "error of a page fault: 1 the page is there, 2 write, 4 from "
				   "user mode, 10 hex fetch of an instruction");
}

const struct experiment lab_exceptions = {
	.id = "E07",
	.name = "exceptions",
	.question = "What does the processor report of an instruction that it cannot carry out?",
	.prediction = "A number, for some an error code, and the five words SS, RSP, RFLAGS, CS, "
		      "RIP. For a fault RIP is the instruction itself, so that it can be done "
		      "again; for a trap it is the next one. The kernel turns it into a signal to "
		      "that thread.",
	.method = "11 such instructions, each with a handler on another stack that reads the "
		  "frame.",
	.read_on = "sigaction(2) \"The si_code field\"; arch/x86/kernel/traps.c, "
		   "arch/x86/mm/fault.c",
	.needs = LAB_X86,
	.size = sizeof(struct exceptions),
	.observe = observe,
	.check = check,
	.show = show,
};
