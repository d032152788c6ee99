// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/syscall_doors.c"

#include "verdict.h"

static const struct costs as_predicted = {
	.ticks = { [VDSO_CLOCK] = 50, [SYSCALL] = 300, [WRAPPER] = 310, [RAW_CLOCK] = 400,
		   [INT80] = 900 },
	.by_syscall = 7, .by_wrapper = 7, .by_int80 = 7,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_syscall_doors, as_predicted, LAB_CONFIRMED);
}

TEST(other_answer_behind_a_door_refutes)
{
	struct costs costs = as_predicted;

	costs.by_int80 = 8;
	CHECK_VERDICT(lab_syscall_doors, costs, LAB_REFUTED);
	costs = as_predicted;
	costs.by_syscall = costs.by_wrapper = costs.by_int80 = -ENOSYS;
	CHECK_VERDICT(lab_syscall_doors, costs, LAB_REFUTED);
}

TEST(other_order_is_looked_at_again)
{
	struct costs costs = as_predicted;

	costs.ticks[INT80] = costs.ticks[SYSCALL];
	CHECK_VERDICT(lab_syscall_doors, costs, LAB_UNSEEN);
	costs = as_predicted;
	costs.ticks[VDSO_CLOCK] = 500;
	CHECK_VERDICT(lab_syscall_doors, costs, LAB_UNSEEN);
}
