// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/cpu.h"

#include <errno.h>
#include <sched.h>

int cpu_pin(int cpu, struct error *err)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		return error_sys(err, "sched_setaffinity");
	return 0;
}

int cpu_pin_here(struct error *err)
{
	return cpu_pin(sched_getcpu(), err);
}

int cpu_choose_two(int ret_cpu[2], struct error *err)
{
	cpu_set_t set;
	int count = 0;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return error_sys(err, "sched_getaffinity");
	for (int cpu = 0; cpu < CPU_SETSIZE && count < 2; cpu++)
		if (CPU_ISSET(cpu, &set))
			ret_cpu[count++] = cpu;
	return count == 2 ? 0 : error_set(err, ENOTSUP, "needs two CPUs");
}
