// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/ppid_zero.c"

#include "verdict.h"

static const struct numbers as_predicted = {
	.first = { .outside = 101, .outside_parent = 100, .inside = 1, .inside_parent = 0,
		   .levels = 2, .innermost = 1 },
	.joined = { .outside = 103, .outside_parent = 102, .inside = 2, .inside_parent = 0,
		    .levels = 2, .innermost = 2 },
	.observer = 100,
	.helper = 102,
	.helper_after = 102,
	.dead_fork = ENOMEM,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_ppid_zero, as_predicted, LAB_CONFIRMED);
}

TEST(parent_that_is_seen_inside_refutes)
{
	struct numbers numbers = as_predicted;

	numbers.joined.inside_parent = 1;
	CHECK_VERDICT(lab_ppid_zero, numbers, LAB_REFUTED);
}

TEST(setns_that_renumbers_the_helper_refutes)
{
	struct numbers numbers = as_predicted;

	numbers.helper_after = 2;
	CHECK_VERDICT(lab_ppid_zero, numbers, LAB_REFUTED);
}

TEST(inner_number_that_is_not_in_nspid_refutes)
{
	struct numbers numbers = as_predicted;

	numbers.first.innermost = 101;
	CHECK_VERDICT(lab_ppid_zero, numbers, LAB_REFUTED);
}

TEST(fork_into_a_dead_namespace_refutes)
{
	struct numbers numbers = as_predicted;

	numbers.dead_fork = 0;
	CHECK_VERDICT(lab_ppid_zero, numbers, LAB_REFUTED);
}

TEST(another_parent_outside_refutes)
{
	struct numbers numbers = as_predicted;

	numbers.joined.outside_parent = 1;
	CHECK_VERDICT(lab_ppid_zero, numbers, LAB_REFUTED);
}
