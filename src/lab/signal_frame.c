// SPDX-License-Identifier: GPL-2.0-or-later
/* E09 signal-frame - what the kernel writes onto the stack before it calls a handler */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "lab/child.h"
#include "lab/lab.h"

enum { SAVED_RAX = 0x1234567, TRAMPOLINE = 9, USER_CODE = 0x33, XSTATE_MAGIC = 0x46505853 };

/* struct _fpx_sw_bytes lies so far into the saved floating point state. Source: asm/sigcontext.h */
enum { MAGIC_OFFSET = 464 };

enum { FLAG_RESTORER = 0x04000000 };

/* The kernel's own form, without the C library. Source: asm/signal.h */
struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

struct frame {
	uint64_t return_address, restorer; /* of the handler; as rt_sigaction(2) tells it */
	uint8_t code[TRAMPOLINE];	   /* what lies at the return address */
	uint64_t at;			   /* where the frame begins: at the return address */
	uint64_t rip, rsp, flags, cs;	   /* saved in it */
	uint64_t magic;			   /* of the saved vector state */
	uint64_t entry_low, entry_high;	   /* the code that was interrupted lies between them */
	unsigned long action_flags;
	long edited;			   /* what the call returned after RAX was edited */
	unsigned long least_stack;	   /* AT_MINSIGSTKSZ */
	bool ran_without[2];		   /* the handler ran: no SA_RESTORER; with it, but NULL */
	int died_without[2];		   /* of which signal */
};

#ifdef __x86_64__

static struct frame *now; /* what the handler fills; one process, one thread */

static void on_signal(int signal UNUSED, siginfo_t *info UNUSED, void *context)
{
	/* The frame: return address, struct ucontext, siginfo. Source: asm/sigframe.h */
	const uint64_t *frame = (const uint64_t *)context - 1;
	ucontext_t *user = context;
	greg_t *reg = user->uc_mcontext.gregs;

	now->at = (uintptr_t)frame;
	now->return_address = *frame;
	memcpy(now->code, (const void *)(uintptr_t)*frame, sizeof(now->code));
	now->rip = (uint64_t)reg[REG_RIP];
	now->rsp = (uint64_t)reg[REG_RSP];
	now->flags = (uint64_t)reg[REG_EFL];
	now->cs = (uint64_t)reg[REG_CSGSFS] & 0xffff;
	if (user->uc_mcontext.fpregs) {
		uint32_t magic;

		memcpy(&magic, (const char *)user->uc_mcontext.fpregs + MAGIC_OFFSET,
		       sizeof(magic));
		now->magic = magic;
	}
	reg[REG_RAX] = SAVED_RAX;
}

/* tgkill to ourselves, in a place that has an address before and behind it. */
static long send_self(struct frame *ret_frame)
{
	long result;

	__asm__ volatile("lea 1f(%%rip), %%rcx\n mov %%rcx, %1\n"
			 "1: syscall\n"
			 "lea .(%%rip), %%rcx\n mov %%rcx, %2"
			 : "=a"(result), "=m"(ret_frame->entry_low), "=m"(ret_frame->entry_high)
			 : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)getpid()),
			   "d"((long)SIGUSR1)
			 : "rcx", "r11", "memory");
	return result;
}

static const bool *mark; /* shared with the parent: the handler below sets it */

static void on_last_signal(int signal UNUSED)
{
	*(volatile bool *)mark = true;
}

/* A handler that has no way back. */
static int go_without(void *data)
{
	struct frame *frame = data;
	bool with_flag = mark == &frame->ran_without[1];
	struct kernel_action action = { .handler = (void *)on_last_signal,
					.flags = with_flag ? FLAG_RESTORER : 0 };

	syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, sizeof(action.mask));
	syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
	return 0;
}

static int try_without(int which, struct frame *io_frame, struct error *err)
{
	int status, pid;

	mark = &io_frame->ran_without[which];
	pid = child_start(go_without, io_frame, 0, err);
	TRY(pid);
	TRY(child_wait(pid, &status, err));
	io_frame->died_without[which] = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return 0;
}

static int observe(void *ret_observation, struct error *err)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct kernel_action kernel = { 0 };

	now = ret_observation;
	sigaction(SIGUSR1, &action, NULL);
	now->edited = send_self(now);
	if (syscall(SYS_rt_sigaction, SIGUSR1, NULL, &kernel, sizeof(kernel.mask)) < 0)
		return error_sys(err, "rt_sigaction");
	now->restorer = (uintptr_t)kernel.restorer;
	now->action_flags = kernel.flags;
	now->least_stack = getauxval(AT_MINSIGSTKSZ);
	TRY(try_without(0, now, err));
	return try_without(1, now, err);
}

#else

static int observe(void *ret_observation UNUSED, struct error *err)
{
	return error_set(err, ENOTSUP, "needs an x86-64 processor");
}

#endif

/* mov $15, %rax; syscall: rt_sigreturn */
static const uint8_t trampoline[TRAMPOLINE] = { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };

static void check(const void *observation, struct finding *io_finding)
{
	const struct frame *frame = observation;

	finding_must(io_finding, frame->return_address == frame->restorer,
		     "the handler returns to %#llx, not to its restorer",
		     (unsigned long long)frame->return_address);
	finding_must(io_finding, memcmp(frame->code, trampoline, TRAMPOLINE) == 0,
		     "what it returns to is not rt_sigreturn");
	finding_must(io_finding, frame->at % 16 == 8, "the frame begins at mod 16 = %d",
		     (int)(frame->at % 16));
	finding_must(io_finding, frame->at + 128 < frame->rsp,
		     "the frame touches the red zone below the interrupted rsp");
	finding_must(io_finding, frame->cs == USER_CODE, "the saved cs is %#llx",
		     (unsigned long long)frame->cs);
	finding_must(io_finding, frame->rip > frame->entry_low && frame->rip <= frame->entry_high,
		     "the saved rip is not behind the interrupted call");
	finding_must(io_finding, frame->magic == XSTATE_MAGIC, "no vector state was saved");
	finding_must(io_finding, frame->edited == SAVED_RAX,
		     "rax edited in the frame came back as %#lx", frame->edited);
	finding_must(io_finding, !frame->ran_without[0] && frame->died_without[0] == SIGSEGV,
		     "without SA_RESTORER the handler ran, or signal %d", frame->died_without[0]);
	finding_must(io_finding, frame->ran_without[1] && frame->died_without[1] == SIGSEGV,
		     "with a restorer of NULL it did not run, or signal "
		     "%d", frame->died_without[1]);
	finding_say(io_finding, "the handler returned into rt_sigreturn, which loaded every "
				"register from the frame, an edited one too");
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct frame *frame = observation;

	evidence_bytes(io_evidence, "where the handler returns to, the restorer of its sigaction",
		       frame->return_address, frame->code, TRAMPOLINE);
	evidence_label(io_evidence, 0, 7, "mov $15, %%rax: the number of rt_sigreturn");
	evidence_label(io_evidence, 7, 2, "syscall");
	evidence_table(io_evidence, "the frame", "what|value");
	evidence_row(io_evidence, "begins at|%#llx, %llu bytes below the interrupted rsp",
		     (unsigned long long)frame->at, (unsigned long long)(frame->rsp - frame->at));
	evidence_row(io_evidence, "saved rip, rsp|%#llx %#llx", (unsigned long long)frame->rip,
		     (unsigned long long)frame->rsp);
	evidence_row(io_evidence, "saved rflags, cs|%#llx %#llx", (unsigned long long)frame->flags,
		     (unsigned long long)frame->cs);
	evidence_row(io_evidence, "vector state|magic %#llx; a signal stack must have %lu bytes",
		     (unsigned long long)frame->magic, frame->least_stack);
	evidence_row(io_evidence, "saved rax set to %#x|the interrupted tgkill returned %#lx",
		     SAVED_RAX, frame->edited);
	evidence_table(io_evidence, "another way back", "restorer|handler|then");
	evidence_row(io_evidence, "no SA_RESTORER|%s|signal %d",
		     frame->ran_without[0] ? "ran" : "never ran", frame->died_without[0]);
	evidence_row(io_evidence, "SA_RESTORER, NULL|%s|signal %d",
		     frame->ran_without[1] ? "ran" : "never ran", frame->died_without[1]);
}

const struct experiment lab_signal_frame = {
	.id = "E09",
	.name = "signal-frame",
	.question = "How does a signal handler get called, and how does it find its way back?",
	.prediction = "The kernel writes all registers, the mask and siginfo onto the user's "
		      "stack, below the red zone, and on top the address of a restorer, which is "
		      "two instructions that call rt_sigreturn. Who edits the frame edits what "
		      "comes after.",
	.method = "A handler reads its own frame and changes the saved rax; two children have "
		  "handlers without a restorer.",
	.read_on = "sigreturn(2); arch/x86/kernel/signal_64.c: x64_setup_rt_frame",
	.needs = LAB_X86,
	.size = sizeof(struct frame),
	.observe = observe,
	.check = check,
	.show = show,
};
