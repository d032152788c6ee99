// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/limits.c"

#include "verdict.h"

static const struct limits as_predicted = {
	.current = TASKS,
	.fork_errno = EAGAIN,
	.has_v1_name = true,
	.outer_before = 32768,
	.outer_after = 32768,
	.inner = INNER_PID_MAX,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_limits, as_predicted, LAB_CONFIRMED);
}

TEST(before_linux_6_14_the_rest_is_confirmed)
{
	struct limits limits = as_predicted;

	limits.inner = limits.outer_after = 0;
	CHECK_VERDICT(lab_limits, limits, LAB_CONFIRMED);
}

TEST(refused_lowering_refutes)
{
	struct limits limits = as_predicted;

	limits.lowering = EBUSY;
	CHECK_VERDICT(lab_limits, limits, LAB_REFUTED);
}

TEST(death_by_a_limit_refutes)
{
	struct limits limits = as_predicted;

	limits.dead = 1;
	CHECK_VERDICT(lab_limits, limits, LAB_REFUTED);
}

TEST(fork_above_the_limit_refutes)
{
	struct limits limits = as_predicted;

	limits.fork_errno = 0;
	CHECK_VERDICT(lab_limits, limits, LAB_REFUTED);
}

TEST(pid_max_that_leaks_out_refutes)
{
	struct limits limits = as_predicted;

	limits.outer_after = INNER_PID_MAX;
	CHECK_VERDICT(lab_limits, limits, LAB_REFUTED);
}

TEST(both_names_in_one_folder_refute)
{
	struct limits limits = as_predicted;

	limits.has_v2_name = true;
	CHECK_VERDICT(lab_limits, limits, LAB_REFUTED);
}
