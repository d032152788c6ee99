// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lab_kernel - the members of the kernel's structs that the experiments read, and no others
 *
 * As in kernel.h: the loader looks up where they are in the running kernel (CO-RE). x86-64.
 * Source: include/linux/sched.h, kernel/sched/sched.h, arch/x86/include/asm/{ptrace,processor}.h.
 */
#ifndef HUSK_BPF_LAB_KERNEL_H
#define HUSK_BPF_LAB_KERNEL_H

#include <linux/types.h>

#define CORE __attribute__((preserve_access_index))

typedef _Bool bool;
enum { false, true };

struct mm_struct;
struct rq;
struct cfs_rq { struct rq *rq; } CORE;
struct sched_entity { struct cfs_rq *cfs_rq; } CORE;
struct thread_struct { unsigned long sp; } CORE;
struct cred { struct { unsigned int val; } uid; } CORE;

struct task_struct {
	void *stack;
	char comm[16];
	struct mm_struct *mm, *active_mm;
	const struct cred *cred;
	struct sched_entity se;
	struct thread_struct thread;
} CORE;

struct pt_regs {
	unsigned long r15, r14, r13, r12, bx;
	unsigned long si, di, orig_ax;
	unsigned long ip, cs, flags, sp, ss;
} CORE;

/* An irq stack; a task's is of the same size. */
struct irq_stack { char stack[1]; } CORE;

/* Its fields do not lie at multiples of their size. */
struct x86_hw_tss { __u64 sp0, sp1, sp2, ist[7]; } CORE;
struct tss_struct { struct x86_hw_tss x86_tss; } CORE;

struct irqaction { unsigned int flags; } CORE;
enum { IRQF_PERCPU = 0x400 };

#endif
