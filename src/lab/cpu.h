// SPDX-License-Identifier: GPL-2.0-or-later
/* cpu - on which processors an experiment runs, and their clock */
#ifndef HUSK_LAB_CPU_H
#define HUSK_LAB_CPU_H

#include <stdint.h>

#include "base/error.h"

/* The calling process, and what it starts from now on, runs on @cpu alone. */
MUST_USE int cpu_pin(int cpu, struct error *err);

/* The same for the processor that it is on at the moment. */
MUST_USE int cpu_pin_here(struct error *err);

/* Two that this process may use. -ENOTSUP: "needs two CPUs". */
MUST_USE int cpu_choose_two(int ret_cpu[2], struct error *err);

/* The time stamp counter, after all that stands before; 0 on other processors than x86. */
static inline uint64_t cpu_ticks(void)
{
#ifdef __x86_64__
	uint32_t low, high;

	__asm__ volatile("lfence\n rdtsc\n lfence" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
#else
	return 0;
#endif
}

#endif
