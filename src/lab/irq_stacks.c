// SPDX-License-Identifier: GPL-2.0-or-later
/* E27 irq-stacks - which stack the kernel stands on while it handles an interrupt */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "lab/bpf_programs.h"
#include "lab/lab.h"

enum { ENOUGH = 20, LIMIT_MS = 3000, READ_SIZE = 1 << 20, SPINS = 200000 };

static const char *const moment_names[LAB_MOMENTS] = {
	[LAB_TIMER] = "the timer", [LAB_DEVICE] = "a device",
	[LAB_RESCHEDULE] = "another CPU (reschedule)", [LAB_SOFTIRQ] = "softirq",
};

static const char *const mode_names[LAB_MODES] = {
	[LAB_FROM_USER] = "user mode", [LAB_FROM_KERNEL] = "the kernel",
	[LAB_MODE_UNKNOWN] = "(not told)", [LAB_KSOFTIRQD] = "runs in ksoftirqd",
};

struct stacks {
	struct lab_stacks kernel;
	struct lab_trust trust;
};

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static uint64_t seen(const struct lab_stacks *stacks, enum lab_mode mode, enum lab_stack stack)
{
	return stacks->seen[LAB_TIMER][mode][stack] + stacks->seen[LAB_DEVICE][mode][stack];
}

static uint64_t all_of(const struct lab_stacks *stacks, enum lab_mode mode)
{
	uint64_t count = 0;

	for (int stack = 0; stack < LAB_STACKS; stack++)
		count += seen(stacks, mode, (enum lab_stack)stack);
	return count;
}

static void spin(void)
{
	for (volatile int i = 0; i < SPINS; i++)
		;
}

/* In user mode and in the kernel by turns, until enough timers have struck there. */
static int live_a_little(const struct lab_stacks *stacks, struct error *err)
{
	autoclose int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	autofree char *buffer = mem_new(READ_SIZE);
	uint64_t end_ms = now_ms() + LIMIT_MS;

	if (fd < 0)
		return error_sys(err, "/dev/zero");
	while (now_ms() < end_ms && (all_of(stacks, LAB_FROM_USER) < ENOUGH ||
				     all_of(stacks, LAB_FROM_KERNEL) < ENOUGH)) {
		spin();
		if (read(fd, buffer, READ_SIZE) < 0)
			return error_sys(err, "read");
	}
	return 0;
}

static int record(const struct bpf_programs *programs, struct stacks *io_stacks, struct error *err)
{
	struct lab_shared *shared = bpf_programs_shared(programs);
	int r;

	bpf_programs_on(programs, true);
	r = live_a_little(&shared->stacks, err);
	bpf_programs_on(programs, false);
	io_stacks->kernel = shared->stacks;
	io_stacks->trust = shared->trust;
	TRY(r);
	return bpf_programs_trust(programs, err);
}

static int observe(void *ret_observation, struct error *err)
{
	struct bpf_programs *programs;
	int r;

	TRY(bpf_programs_open("stacks", &programs, err));
	r = record(programs, ret_observation, err);
	bpf_programs_close(&programs);
	return r;
}

static void check(const void *observation, struct finding *io_finding)
{
	const struct lab_stacks *stacks = &((const struct stacks *)observation)->kernel;
	__u64 user = all_of(stacks, LAB_FROM_USER), kernel = all_of(stacks, LAB_FROM_KERNEL);
	__u64 on_task = seen(stacks, LAB_FROM_USER, LAB_TASK_STACK);
	__u64 on_irq = seen(stacks, LAB_FROM_KERNEL, LAB_IRQ_STACK);

	finding_must(io_finding, on_task == user,
		     "%llu of %llu handlers that interrupted user mode ran elsewhere than on the "
		     "task's stack", user - on_task, user);
	finding_must(io_finding, on_irq == kernel,
		     "%llu of %llu handlers that interrupted the kernel ran elsewhere than on the "
		     "CPU's irq stack", kernel - on_irq, kernel);
	finding_must(io_finding, stacks->frames_at_top >= user,
		     "%llu of %llu frames from user mode lay elsewhere than at the top of the "
		     "task's stack", user - stacks->frames_at_top, user);
	for (int mode = 0; mode < LAB_MODES; mode++)
		finding_must(io_finding, !stacks->seen[LAB_SOFTIRQ][mode][LAB_OTHER_STACK],
			     "a softirq ran on neither stack");
	finding_may(io_finding, user > 0, "no interrupt came in user mode");
	finding_may(io_finding, kernel > 0, "no interrupt came in the kernel");
	finding_say(io_finding, "%llu times from user mode: on the task's kernel stack; %llu times "
				"from the kernel: on the CPU's irq stack",
		    user, kernel);
}

static void show_row(const __u64 *count, const char *moment, const char *mode,
		     struct evidence *io_evidence)
{
	if (count[LAB_TASK_STACK] + count[LAB_IRQ_STACK] + count[LAB_OTHER_STACK])
		evidence_row(io_evidence, "%s|%s|%llu|%llu|%llu", moment, mode,
			     count[LAB_TASK_STACK], count[LAB_IRQ_STACK], count[LAB_OTHER_STACK]);
}

static void show_sample(const struct lab_stack_sample *sample, const char *title,
			struct evidence *io_evidence)
{
	if (!sample->sp)
		return;
	evidence_lines(io_evidence, title);
	evidence_line(io_evidence, "handler's stack pointer %#llx", sample->sp);
	evidence_line(io_evidence, "task's stack %#llx to %#llx, irq stack below %#llx",
		      sample->task_low, sample->task_high, sample->irq_high);
	evidence_line(io_evidence, "saved at %#llx: rip %#llx cs %#llx rflags %#llx rsp %#llx ss "
				   "%#llx",
		      sample->frame, sample->regs.ip, sample->regs.cs, sample->regs.flags,
		      sample->regs.sp, sample->regs.ss);
}

static void show(const void *observation, struct evidence *io_evidence)
{
	const struct stacks *stacks = observation;

	evidence_table(io_evidence, "all CPUs, for a moment",
		       "what|interrupts|on the task's stack|on the irq stack|elsewhere");
	for (int moment = 0; moment < LAB_MOMENTS; moment++)
		for (int mode = 0; mode < LAB_MODES; mode++)
			show_row(stacks->kernel.seen[moment][mode], moment_names[moment],
				 mode_names[mode], io_evidence);
	show_sample(&stacks->kernel.sample[0], "one from user mode", io_evidence);
	show_sample(&stacks->kernel.sample[1], "one from the kernel", io_evidence);
	evidence_lines(io_evidence, NULL);
	evidence_line(io_evidence, "per-CPU variables read in %llu events, of another CPU in %llu",
		      stacks->trust.events, stacks->trust.mismatches);
}

const struct experiment lab_irq_stacks = {
	.id = "E27",
	.name = "irq-stacks",
	.question = "On which stack does the kernel handle an interrupt?",
	.prediction = "One that interrupts user mode: on the kernel stack of the task that was "
		      "running, which is empty then, below its saved registers. One that "
		      "interrupts the kernel: on the CPU's own irq stack. Softirqs: mostly on the "
		      "irq stack; in ksoftirqd on that thread's own.",
	.method = "BPF in the handlers tells its own stack pointer, which is compared with both "
		  "stacks.",
	.read_on = "Documentation/arch/x86/kernel-stacks.rst; arch/x86/include/asm/irq_stack.h: "
		   "run_irq_on_irqstack_cond",
	.needs = LAB_ROOT | LAB_X86,
	.tries = 5,
	.size = sizeof(struct stacks),
	.observe = observe,
	.check = check,
	.show = show,
};
