// SPDX-License-Identifier: GPL-2.0-or-later
/* E34 process-context - whose task, memory and stack the kernel uses in a system call */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lab/bpf_programs.h"
#include "lab/lab.h"

enum { WORD = 0x5ca1ab1e, RBX = 0xb, R12 = 0x12, R13 = 0x13, R14 = 0x14, R15 = 0x15 };

enum { USER_CODE = 0x33, USER_DATA = 0x2b, FLAG_IF = 0x200 };

enum { PAGE_SIZE = 4096, ENOUGH_CALLS = 2000, LIMIT_MS = 3000 };

/* Of the page fault: not there, a write, from user mode. Source: asm/trap_pf.h */
enum { FAULT_MASK = 7, FAULT_WRITE = 2, FAULT_USER = 4 };

static const char name[] = "husk-context";

struct context {
	uint64_t ip, sp, word_at;   /* before the call: of the next instruction; of @word */
	uint64_t after[5];	    /* rbx, r12 to r15, behind the call */
	uint64_t fault_ip, fault_at; /* the instruction that writes to a new page; where */
	uint32_t uid;
	struct lab_context kernel;
};

#ifdef __x86_64__

/* A system call with numbers that one recognizes in the registers. */
static void call(uint64_t mark, struct context *io_context)
{
	uint64_t word = WORD;
	long result;

	io_context->word_at = (uintptr_t)&word;
	__asm__ volatile("mov %[b], %%rbx\n mov %[c], %%r12\n mov %[d], %%r13\n"
			 "mov %[e], %%r14\n mov %[f], %%r15\n"
			 "lea 1f(%%rip), %%rcx\n mov %%rcx, %[ip]\n mov %%rsp, %[sp]\n"
			 "syscall\n"
			 "1: mov %%rbx, 0(%[after])\n mov %%r12, 8(%[after])\n"
			 "mov %%r13, 16(%[after])\n mov %%r14, 24(%[after])\n"
			 "mov %%r15, 32(%[after])"
			 : "=a"(result), [ip] "=m"(io_context->ip), [sp] "=m"(io_context->sp)
			 : "a"((long)SYS_getppid), "D"(&word), "S"(mark),
			   [after] "r"(io_context->after), [b] "i"(RBX), [c] "i"(R12),
			   [d] "i"(R13), [e] "i"(R14), [f] "i"(R15)
			 : "rbx", "r12", "r13", "r14", "r15", "rcx", "r11", "memory");
}

static void fault(struct context *io_context)
{
	__asm__ volatile("lea 1f(%%rip), %%rax\n mov %%rax, %[ip]\n"
			 "1: movb $1, (%[at])"
			 : [ip] "=m"(io_context->fault_ip)
			 : [at] "r"(io_context->fault_at)
			 : "rax", "memory");
}

#else

static void call(uint64_t mark UNUSED, struct context *io_context UNUSED)
{
}

static void fault(struct context *io_context UNUSED)
{
}

#endif

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* More calls and page faults of ours, beside those of all others, until a timer has struck us. */
static void live_a_little(const volatile struct lab_context *seen, volatile char *page)
{
	uint64_t end_ns = now_ns() + (uint64_t)LIMIT_MS * 1000000;

	while (now_ns() < end_ns && (!seen->timers_with_memory || seen->calls < ENOUGH_CALLS)) {
		madvise((void *)page, PAGE_SIZE, MADV_DONTNEED);
		*page = 1;
	}
}

static int record(const struct bpf_programs *programs, struct context *io_context,
		  struct error *err)
{
	struct lab_context *shared = &bpf_programs_shared(programs)->context;
	char *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return error_sys(err, "mmap");
	io_context->fault_at = (uintptr_t)page + 0x123;
	io_context->uid = getuid();
	prctl(PR_SET_NAME, name);
	shared->mark = now_ns();
	shared->fault_address = io_context->fault_at;
	bpf_programs_on(programs, true);
	call(shared->mark, io_context);
	fault(io_context);
	live_a_little(shared, page);
	bpf_programs_on(programs, false);
	io_context->kernel = *shared;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct bpf_programs *programs;
	int r;

	TRY(bpf_programs_open("context", &programs, err));
	r = record(programs, ret_observation, err);
	bpf_programs_close(&programs);
	return r;
}

static bool is_user_frame(const struct lab_regs *regs)
{
	return regs->cs == USER_CODE && regs->ss == USER_DATA && regs->flags & FLAG_IF;
}

static void check_call(const struct context *context, struct finding *io_finding)
{
	const struct lab_context *kernel = &context->kernel;
	const struct lab_regs *regs = &kernel->call;

	finding_must(io_finding, strcmp(kernel->name, name) == 0 && kernel->uid == context->uid,
		     "current was \"%.16s\" of user %u in the call of \"%s\"", kernel->name,
		     kernel->uid, name);
	finding_must(io_finding, regs->di == context->word_at && kernel->word == WORD,
		     "the kernel found %#llx where the caller has %#x", kernel->word, WORD);
	finding_must(io_finding, regs->ip == context->ip && regs->sp == context->sp,
		     "saved rip %#llx, rsp %#llx are not those of the call", regs->ip, regs->sp);
	finding_must(io_finding, is_user_frame(regs), "saved cs %#llx, ss %#llx, rflags %#llx",
		     regs->cs, regs->ss, regs->flags);
	finding_must(io_finding, regs->bx == RBX && regs->r12 == R12 && regs->r13 == R13 &&
					 regs->r14 == R14 && regs->r15 == R15,
		     "a register was not saved as the caller had it");
	finding_must(io_finding, context->after[0] == RBX && context->after[1] == R12 &&
					 context->after[2] == R13 && context->after[3] == R14 &&
					 context->after[4] == R15,
		     "a register came back with another value");
}

static void check_fault(const struct context *context, struct finding *io_finding)
{
	const struct lab_context *kernel = &context->kernel;

	finding_must(io_finding, is_user_frame(&kernel->fault), "the fault's saved cs %#llx, ss "
								"%#llx",
		     kernel->fault.cs, kernel->fault.ss);
	finding_must(io_finding, kernel->fault.ip == context->fault_ip,
		     "the fault's saved rip %#llx is not the instruction that "
		     "writes", kernel->fault.ip);
	finding_must(io_finding, (kernel->error_code & FAULT_MASK) == (FAULT_WRITE | FAULT_USER),
		     "the fault's error code is %#llx", kernel->error_code);
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct context *context = observation;
	const struct lab_context *kernel = &context->kernel;

	finding_must(io_finding, kernel->calls_at_top == kernel->calls &&
					 kernel->faults_at_top == kernel->faults,
		     "%llu of %llu calls and %llu of %llu faults saved registers elsewhere than at "
		     "the top of the task's stack",
		     kernel->calls - kernel->calls_at_top, kernel->calls,
		     kernel->faults - kernel->faults_at_top, kernel->faults);
	finding_must(io_finding, kernel->calls_own_memory == kernel->calls &&
					 kernel->faults_own_memory == kernel->faults,
		     "a system call or fault had another memory mapped than its task's");
	if (finding_may(io_finding, kernel->task != 0, "the marked call was not seen"))
		check_call(context, io_finding);
	if (finding_may(io_finding, kernel->has_fault, "the page fault was not seen"))
		check_fault(context, io_finding);
	finding_say(io_finding, "in all %llu system calls and %llu page faults: the caller's task, "
				"its memory, its own kernel stack with all its registers on top",
		    kernel->calls, kernel->faults);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct context *context = observation;
	const struct lab_context *kernel = &context->kernel;
	const struct lab_regs *call = &kernel->call, *fault = &kernel->fault;

	evidence_table(io_evidence, "all of the machine, for a moment",
		       "entry|seen|registers at the top of the task's stack|task's memory mapped");
	evidence_row(io_evidence, "system call|%llu|%llu|%llu", kernel->calls, kernel->calls_at_top,
		     kernel->calls_own_memory);
	evidence_row(io_evidence, "page fault in user mode|%llu|%llu|%llu", kernel->faults,
		     kernel->faults_at_top, kernel->faults_own_memory);
	evidence_row(io_evidence, "timer interrupt|%llu|(whoever is interrupted)|%llu",
		     kernel->timers_with_memory + kernel->timers_without,
		     kernel->timers_with_memory);
	evidence_table(io_evidence, "what was saved", "register|of one system call|of one page "
						      "fault");
	evidence_row(io_evidence, "rip|%#llx (behind the call)|%#llx (at the "
				  "instruction)", call->ip,
		     fault->ip);
	evidence_row(io_evidence, "rsp|%#llx|%#llx", call->sp, fault->sp);
	evidence_row(io_evidence, "cs, ss|%#llx, %#llx|%#llx, %#llx", call->cs, call->ss, fault->cs,
		     fault->ss);
	evidence_row(io_evidence, "rflags|%#llx|%#llx", call->flags, fault->flags);
	evidence_row(io_evidence, "rbx, r12 to r15|%#llx, %#llx %#llx %#llx "
				  "%#llx|", call->bx, call->r12,
		     call->r13, call->r14, call->r15);
	evidence_row(io_evidence, "beside them|the call's number %llu|error code "
				  "%#llx", call->orig_ax,
		     kernel->error_code);
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "current in the call: \"%.16s\", user %u; at rdi %#llx it reads "
				   "%#llx",
		      kernel->name, kernel->uid, call->di, kernel->word);
}

const struct experiment lab_process_context = {
	.id = "E34",
	.name = "process-context",
	.question = "What does it mean that kernel code runs in the context of the process that "
		    "calls?",
	.prediction = "The current task is the caller; its memory is mapped and readable, its "
		      "rights are asked, its own kernel stack is in use, and at the top of that "
		      "lie all its user registers. A page fault is entered the same way. An "
		      "interrupt just borrows the task that it finds.",
	.method = "BPF at sys_enter, page_fault_user and local_timer_entry; one call with known "
		  "registers, one write to a new page.",
	.read_on = "syscalls(2); arch/x86/entry/entry_64.S: entry_SYSCALL_64; "
		   "arch/x86/include/asm/ptrace.h",
	.needs = LAB_ROOT | LAB_X86,
	.tries = 10,
	.size = sizeof(struct context),
	.observe = observe,
	.check = check,
	.show = show,
};
