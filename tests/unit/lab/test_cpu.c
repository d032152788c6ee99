// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/cpu.h"

#include <errno.h>
#include <sched.h>

#include "test.h"

TEST(pinned_process_has_one_cpu_and_no_second)
{
	struct error err;
	cpu_set_t before;
	int cpu[2];

	CHECK_INT(sched_getaffinity(0, sizeof(before), &before), 0);
	if (CPU_COUNT(&before) < 2)
		SKIP("needs two CPUs");
	CHECK_OK(cpu_choose_two(cpu, &err), err);
	CHECK_TRUE(cpu[0] != cpu[1] && CPU_ISSET(cpu[0], &before) && CPU_ISSET(cpu[1], &before));
	CHECK_OK(cpu_pin(cpu[1], &err), err);
	CHECK_INT(sched_getcpu(), cpu[1]);
	CHECK_OK(cpu_pin_here(&err), err);
	CHECK_INT(cpu_choose_two(cpu, &err), -ENOTSUP);
	CHECK_INT(sched_setaffinity(0, sizeof(before), &before), 0);
}

TEST(cpu_that_is_not_there_is_an_error)
{
	struct error err;

	CHECK_INT(cpu_pin(CPU_SETSIZE - 1, &err), -EINVAL);
}
