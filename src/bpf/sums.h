// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sums - what the layers count in the kernel, and the recorder reads when it ends
 */
#ifndef HUSK_BPF_SUMS_H
#define HUSK_BPF_SUMS_H

#include "bpf/event.h"

/* Of sched, by tid. */
struct sched_thread {
	__u32 tgid, unused;
	__u64 in_ns; /* when it got the processor; 0: it has none, or that was not seen */
	__u64 ran_ns;
	__u64 count[EVENT_SWITCH_KINDS];
};

/* Of irq, for each processor. */
struct irq_key {
	__u32 tgid;
	__u16 source, number;
};

struct irq_sum {
	__u64 count, took_ns, longest_ns, on_task_stack;
	__u32 depth, unused;
};

#endif
