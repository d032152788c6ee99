// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab - what experiments count within the kernel
 *
 * Hooks:   tp_btf only, as the rest may be refused. The first word of a program's name is the
 *          experiment that it belongs to: only those are loaded.
 * Emits:   counters and a few samples in @shared, mapped by the loader.
 * Needs:   Linux 5.15 (bpf_task_pt_regs), BTF with per-CPU variables, x86-64.
 * Blind:   NMI and machine check, which have no such tracepoints.
 * Source:  include/trace/events/{irq,syscalls}.h, arch/x86/include/asm/trace/irq_vectors.h;
 *          arch/x86/include/asm/irq_stack.h.
 */
#include <linux/bpf.h>

#include "bpf/lab.h"
#include "bpf/lab_kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct lab_shared shared;
const volatile struct lab_offsets offsets;

enum { USER_LEVEL = 3, FLAG_IF = 0x200, HARDIRQ_SHIFT = 16 };

/* Of a task, and of a CPU for interrupts. */
#define STACK_SIZE bpf_core_type_size(struct irq_stack)

#define COUNT(counter) __sync_fetch_and_add(&(counter), 1)

/* Not kept in a register: another program's write is to be seen. */
static __always_inline bool is_on(void)
{
	return *(volatile __u32 *)&shared.on;
}

/* --- this CPU's variables --- */

static __always_inline __u64 read_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (const void *)address);
	return word;
}

/* To be added to one of @offsets. */
static __always_inline __u64 this_cpu(struct task_struct *task)
{
	__u64 base = (__u64)BPF_CORE_READ(task, se.cfs_rq, rq) - offsets.runqueues;

	COUNT(shared.trust.events);
	if (read_word(base + offsets.current_task) != (__u64)bpf_get_current_task())
		COUNT(shared.trust.mismatches);
	return base;
}

static __always_inline void copy_regs(struct pt_regs *regs, struct lab_regs *ret_copy)
{
	ret_copy->r15 = BPF_CORE_READ(regs, r15);
	ret_copy->r14 = BPF_CORE_READ(regs, r14);
	ret_copy->r13 = BPF_CORE_READ(regs, r13);
	ret_copy->r12 = BPF_CORE_READ(regs, r12);
	ret_copy->bx = BPF_CORE_READ(regs, bx);
	ret_copy->si = BPF_CORE_READ(regs, si);
	ret_copy->di = BPF_CORE_READ(regs, di);
	ret_copy->orig_ax = BPF_CORE_READ(regs, orig_ax);
	ret_copy->ip = BPF_CORE_READ(regs, ip);
	ret_copy->cs = BPF_CORE_READ(regs, cs);
	ret_copy->flags = BPF_CORE_READ(regs, flags);
	ret_copy->sp = BPF_CORE_READ(regs, sp);
	ret_copy->ss = BPF_CORE_READ(regs, ss);
}

/* Not bpf_task_pt_regs: the stacks of threads of the kernel end elsewhere by that. */
static __always_inline bool is_on_stack(__u64 address, struct task_struct *task)
{
	__u64 low = (__u64)task->stack;

	return address >= low && address < low + STACK_SIZE;
}

/* --- E34 --- */

SEC("tp_btf/sys_enter")
int BPF_PROG(context_call, struct pt_regs *regs, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lab_context *context = &shared.context;

	if (!is_on())
		return 0;
	COUNT(context->calls);
	if ((long)regs == bpf_task_pt_regs(task))
		COUNT(context->calls_at_top);
	if (task->mm && task->mm == task->active_mm)
		COUNT(context->calls_own_memory);
	if (!context->mark || BPF_CORE_READ(regs, si) != context->mark)
		return 0;
	copy_regs(regs, &context->call);
	bpf_probe_read_kernel(context->name, sizeof(context->name), task->comm);
	context->uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_probe_read_user(&context->word, sizeof(context->word), (void *)context->call.di);
	context->task = (__u64)task;
	return 0;
}

SEC("tp_btf/page_fault_user")
int BPF_PROG(context_fault, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lab_context *context = &shared.context;

	if (!is_on())
		return 0;
	COUNT(context->faults);
	if ((long)regs == bpf_task_pt_regs(task))
		COUNT(context->faults_at_top);
	if (task->mm && task->mm == task->active_mm)
		COUNT(context->faults_own_memory);
	if ((__u64)task != context->task || address != context->fault_address)
		return 0;
	copy_regs(regs, &context->fault);
	context->error_code = error_code;
	context->has_fault = 1;
	return 0;
}

SEC("tp_btf/local_timer_entry")
int BPF_PROG(context_timer, int vector)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!is_on())
		return 0;
	if (task->mm)
		COUNT(shared.context.timers_with_memory);
	else
		COUNT(shared.context.timers_without);
	return 0;
}

/* --- E27 --- */

/* Of the program that calls this. One that uses 64 bytes and more is given a stack of its own. */
static __always_inline __u64 stack_pointer(void)
{
	__u64 sp;

	asm volatile("%0 = r10" : "=r"(sp));
	return sp;
}

static __always_inline enum lab_stack stack_of(__u64 sp, struct task_struct *task, __u64 base)
{
	__u64 irq_high = read_word(base + offsets.hardirq_stack);

	if (is_on_stack(sp, task))
		return LAB_TASK_STACK;
	return sp <= irq_high && sp > irq_high - STACK_SIZE ? LAB_IRQ_STACK : LAB_OTHER_STACK;
}

static __always_inline void keep_sample(enum lab_mode mode, __u64 regs, struct task_struct *task,
					__u64 base)
{
	struct lab_stack_sample *sample = &shared.stacks.sample[mode & 1];

	if (sample->sp)
		return;
	sample->frame = regs;
	sample->task_low = (__u64)task->stack;
	sample->task_high = sample->task_low + STACK_SIZE;
	sample->irq_high = read_word(base + offsets.hardirq_stack);
	copy_regs((struct pt_regs *)regs, &sample->regs);
	sample->sp = stack_pointer();
}

static __always_inline int note_stack(enum lab_moment moment, bool has_regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lab_stacks *stacks = &shared.stacks;
	enum lab_mode mode = LAB_MODE_UNKNOWN;
	enum lab_stack stack;
	__u64 base, regs = 0;

	if (!is_on())
		return 0;
	base = this_cpu(task);
	stack = stack_of(stack_pointer(), task, base);
	if (has_regs)
		regs = read_word(base + offsets.irq_regs);
	if (regs) {
		mode = BPF_CORE_READ((struct pt_regs *)regs, cs) & USER_LEVEL ? LAB_FROM_USER
									      : LAB_FROM_KERNEL;
		keep_sample(mode, regs, task, base);
	}
	if (mode == LAB_FROM_USER && (long)regs == bpf_task_pt_regs(task))
		COUNT(stacks->frames_at_top);
	/* "ksoftirqd/0" */
	if (moment == LAB_SOFTIRQ && task->comm[0] == 'k' && task->comm[1] == 's' &&
	    task->comm[4] == 't' && task->comm[8] == 'd')
		mode = LAB_KSOFTIRQD;
	COUNT(stacks->seen[moment][mode & 3][stack & 3]);
	return 0;
}

SEC("tp_btf/local_timer_entry")
int BPF_PROG(stacks_timer, int vector)
{
	return note_stack(LAB_TIMER, true);
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(stacks_device, int irq, struct irqaction *action)
{
	return note_stack(LAB_DEVICE, true);
}

SEC("tp_btf/reschedule_entry")
int BPF_PROG(stacks_reschedule, int vector)
{
	return note_stack(LAB_RESCHEDULE, false);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(stacks_softirq, unsigned int vector)
{
	return note_stack(LAB_SOFTIRQ, false);
}

/* --- E26 --- */

/* Of an array of @size, a power of two. Hidden, or the compiler leaves out what it knows. */
static __always_inline __u32 slot(__u32 index, __u32 size)
{
	asm volatile("" : "+r"(index));
	return index & (size - 1);
}

static __always_inline struct lab_depth *this_depth(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return is_on() && cpu < LAB_CPUS ? &shared.nesting.cpu[slot(cpu, LAB_CPUS)] : NULL;
}

static __always_inline int enter_hard(bool has_regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lab_nesting *nesting = &shared.nesting;
	struct lab_depth *depth = this_depth();
	__u64 base, regs;
	__u32 flying;

	if (!depth)
		return 0;
	base = this_cpu(task);
	COUNT(nesting->hardirqs);
	if (depth->hard++)
		COUNT(nesting->hard_in_hard);
	if (depth->soft)
		COUNT(nesting->hard_in_soft);
	COUNT(nesting->depth_told[(read_word(base + offsets.preempt_count) >> HARDIRQ_SHIFT) &
				  (LAB_DEPTHS - 1)]);
	flying = COUNT(nesting->in_flight) + 1;
	if (flying > nesting->most_in_flight)
		nesting->most_in_flight = flying;
	regs = has_regs ? read_word(base + offsets.irq_regs) : 0;
	if (regs && BPF_CORE_READ((struct pt_regs *)regs, flags) & FLAG_IF)
		COUNT(nesting->found_on);
	else if (regs)
		COUNT(nesting->found_off);
	return 0;
}

/* An exit whose entry came before all was switched on finds a depth of 0. */
static __always_inline int leave_hard(void)
{
	struct lab_depth *depth = this_depth();

	if (!depth || !depth->hard)
		return 0;
	depth->hard--;
	__sync_fetch_and_add(&shared.nesting.in_flight, -1);
	return 0;
}

#define VECTOR(name, has_regs)                     \
	SEC("tp_btf/" #name "_entry")              \
	int BPF_PROG(nesting_in_##name, int vector) \
	{                                          \
		return enter_hard(has_regs);       \
	}                                          \
	SEC("tp_btf/" #name "_exit")               \
	int BPF_PROG(nesting_out_##name, int vector) \
	{                                          \
		return leave_hard();               \
	}

VECTOR(local_timer, true)
VECTOR(reschedule, false)
VECTOR(call_function, false)
VECTOR(call_function_single, false)
VECTOR(irq_work, false)

/* Some lines belong to each CPU alone, under one number. */
static __always_inline __u32 *line_of(int irq, struct irqaction *action)
{
	if (!is_on() || irq < 0 || irq >= LAB_LINES || action->flags & IRQF_PERCPU)
		return NULL;
	return &shared.nesting.line[slot(irq, LAB_LINES)];
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(nesting_in_device, int irq, struct irqaction *action)
{
	__u32 *line = line_of(irq, action);

	if (line) {
		COUNT(shared.nesting.line_runs);
		if (COUNT(*line))
			COUNT(shared.nesting.line_twice);
	}
	return enter_hard(true);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(nesting_out_device, int irq, struct irqaction *action, int result)
{
	__u32 *line = line_of(irq, action);

	if (line && *line)
		__sync_fetch_and_add(line, -1);
	return leave_hard();
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(nesting_in_softirq, unsigned int vector)
{
	struct lab_nesting *nesting = &shared.nesting;
	struct lab_depth *depth = this_depth();

	if (!depth)
		return 0;
	COUNT(nesting->softirqs);
	depth->is_known = 1;
	if (depth->hard)
		COUNT(nesting->soft_in_hard);
	if (depth->soft++)
		COUNT(nesting->soft_in_soft);
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(nesting_out_softirq, unsigned int vector)
{
	struct lab_depth *depth = this_depth();

	if (!depth)
		return 0;
	depth->is_known = 1;
	if (depth->soft)
		depth->soft--;
	return 0;
}

SEC("tp_btf/tasklet_entry")
int BPF_PROG(nesting_tasklet, void *tasklet, void *function)
{
	struct lab_depth *depth = this_depth();

	/* Its softirq may have begun before all was switched on. */
	if (!depth || !depth->is_known)
		return 0;
	COUNT(shared.nesting.tasklets);
	if (!depth->soft)
		COUNT(shared.nesting.tasklet_alone);
	return 0;
}

/* --- E08 --- */

/* The fields of that struct are packed: read as bytes, from where the kernel has them. */
#define TSS_WORD(base, member) \
	read_word((base) + offsets.tss + bpf_core_field_offset(struct tss_struct, x86_tss) + \
		  bpf_core_field_offset(struct x86_hw_tss, member))

SEC("tp_btf/sched_switch")
int BPF_PROG(tss_switch, bool is_preempted, struct task_struct *before, struct task_struct *next)
{
	__u32 number = bpf_get_smp_processor_id();
	struct lab_tss_cpu *cpu = &shared.tss.cpu[slot(number, LAB_CPUS)];
	__u64 base, sp0, stack = (__u64)next->stack;

	if (!is_on() || number >= LAB_CPUS)
		return 0;
	base = this_cpu(before);
	sp0 = TSS_WORD(base, sp0);
	cpu->sp0_changes += cpu->switches && sp0 != cpu->sp0;
	cpu->stack_changes += cpu->switches && stack != cpu->stack;
	cpu->sp0 = sp0;
	cpu->sp1 = TSS_WORD(base, sp1);
	cpu->sp2 = TSS_WORD(base, sp2);
	cpu->ist[0] = TSS_WORD(base, ist[0]);
	cpu->ist[1] = TSS_WORD(base, ist[1]);
	cpu->stack = stack;
	cpu->saved_sp = next->thread.sp;
	cpu->saved_inside += is_on_stack(cpu->saved_sp, next);
	cpu->switches++;
	return 0;
}
