// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lab - what the experiments' programs in the kernel count: the memory shared with lab/
 *
 * Included by BPF programs and by C: fixed sizes, no pointers.
 */
#ifndef HUSK_BPF_LAB_H
#define HUSK_BPF_LAB_H

#include <linux/types.h>

/* What happens on CPUs, and to interrupt lines, behind these is not counted. */
enum { LAB_CPUS = 64, LAB_LINES = 256 };

/* Where per-CPU variables lie, in one unit; all by the loader, out of the kernel's types. */
struct lab_offsets {
	__u64 runqueues, current_task, hardirq_stack, preempt_count, irq_regs, tss;
};

/*
 * The address of a CPU's variables is derived from the run queue of the current task. That it
 * is right is looked at with each event: its variable current_task must be the current task.
 */
struct lab_trust {
	__u64 events, mismatches;
};

/* What the processor and the entry code have saved. */
struct lab_regs {
	__u64 r15, r14, r13, r12, bx, si, di, orig_ax;
	__u64 ip, cs, flags, sp, ss;
};

/* --- E34: tasks in the kernel --- */

struct lab_context {
	__u64 mark;	     /* in: the second argument of the call that is looked at closer */
	__u64 fault_address; /* in: the same of its task's page faults */
	__u64 task;	     /* where current lies, in that call */
	__u32 uid, unused;   /* of current */
	char name[16];
	__u64 calls, calls_at_top, calls_own_memory;
	__u64 faults, faults_at_top, faults_own_memory;
	__u64 timers_with_memory, timers_without;
	__u64 has_fault;
	__u64 word;	     /* what the user has where his first argument points */
	__u64 error_code;    /* of the fault */
	struct lab_regs call, fault;
};

/* --- E27: the stack that a handler runs on --- */

enum lab_moment { LAB_TIMER, LAB_DEVICE, LAB_RESCHEDULE, LAB_SOFTIRQ, LAB_MOMENTS };
enum lab_mode { LAB_FROM_USER, LAB_FROM_KERNEL, LAB_MODE_UNKNOWN, LAB_KSOFTIRQD, LAB_MODES };
enum lab_stack { LAB_TASK_STACK, LAB_IRQ_STACK, LAB_OTHER_STACK, LAB_STACKS };

struct lab_stack_sample {
	__u64 sp, frame, task_low, task_high, irq_high;
	struct lab_regs regs;
};

struct lab_stacks {
	__u64 seen[LAB_MOMENTS][LAB_MODES][LAB_STACKS];
	__u64 frames_at_top;		   /* from user mode: the frame is where a call's is */
	struct lab_stack_sample sample[2]; /* from user, from the kernel */
};

/* --- E26: what interrupts what --- */

struct lab_depth {
	__u32 hard, soft;
	__u32 is_known, unused; /* a softirq has begun or ended: from then on @soft is right */
};

enum { LAB_DEPTHS = 16 };

struct lab_nesting {
	__u64 hardirqs, softirqs, tasklets;
	__u64 hard_in_hard, hard_in_soft, soft_in_soft, soft_in_hard, tasklet_alone;
	__u64 depth_told[LAB_DEPTHS];	/* at a hardirq: how many the kernel itself counts */
	__u64 found_on, found_off;	/* the interrupted code's interrupts */
	__u64 line_runs, line_twice;	/* a device's line; already in flight somewhere */
	__u32 in_flight, most_in_flight; /* on all CPUs */
	__u32 line[LAB_LINES];
	struct lab_depth cpu[LAB_CPUS];
};

/* --- E08: the task state segment --- */

struct lab_tss_cpu {
	__u64 switches, sp0, sp0_changes, sp1, sp2, ist[2];
	__u64 stack, stack_changes;  /* of the task that goes on */
	__u64 saved_sp, saved_inside; /* its saved stack pointer; that lies on its own stack */
};

struct lab_tss {
	struct lab_tss_cpu cpu[LAB_CPUS];
};

struct lab_shared {
	__u32 on; /* nothing is counted before: set when all programs are attached */
	struct lab_trust trust;
	struct lab_context context;
	struct lab_stacks stacks;
	struct lab_nesting nesting;
	struct lab_tss tss;
};

#endif
