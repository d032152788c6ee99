// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/likely.c"

#include "verdict.h"

static const struct branches as_predicted = {
	.walked = {
		[LIKELY] = { [HOLDS] = { 6, 0 }, [FAILS] = { 7, 1 } },
		[UNLIKELY] = { [HOLDS] = { 7, 2 }, [FAILS] = { 6, 0 } },
	},
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_likely, as_predicted, LAB_CONFIRMED);
}

TEST(jump_to_the_expected_side_refutes)
{
	struct branches seen = as_predicted;

	seen.walked[LIKELY][HOLDS].jumps = 1;
	CHECK_VERDICT(lab_likely, seen, LAB_REFUTED);
}

TEST(no_jump_to_the_other_side_refutes)
{
	struct branches seen = as_predicted;

	seen.walked[UNLIKELY][HOLDS].jumps = 0;
	CHECK_VERDICT(lab_likely, seen, LAB_REFUTED);
}

TEST(function_that_was_not_walked_refutes)
{
	struct branches seen = as_predicted;

	seen.walked[LIKELY][HOLDS].instructions = 0;
	CHECK_VERDICT(lab_likely, seen, LAB_REFUTED);
}
