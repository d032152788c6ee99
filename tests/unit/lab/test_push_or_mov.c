// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/push_or_mov.c"

#include "verdict.h"

static const struct pairs as_predicted = {
	.way = {
		[PUSH_POP] = { .ticks = 90, .size = 2, .came_back = VALUE },
		[MOV] = { .ticks = 100, .size = 10, .came_back = VALUE },
		[EMULATED] = { .ticks = 300, .size = 18, .came_back = VALUE },
	},
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_push_or_mov, as_predicted, LAB_CONFIRMED);
}

TEST(value_that_is_lost_refutes)
{
	struct pairs seen = as_predicted;

	seen.way[MOV].came_back = 0;
	CHECK_VERDICT(lab_push_or_mov, seen, LAB_REFUTED);
}

TEST(longer_code_for_push_refutes)
{
	struct pairs seen = as_predicted;

	seen.way[PUSH_POP].size = 3;
	CHECK_VERDICT(lab_push_or_mov, seen, LAB_REFUTED);
	seen = as_predicted;
	seen.way[EMULATED].size = 10;
	CHECK_VERDICT(lab_push_or_mov, seen, LAB_REFUTED);
}

TEST(time_that_does_not_fit_is_measured_again)
{
	struct pairs seen = as_predicted;

	seen.way[EMULATED].ticks = 90;
	CHECK_VERDICT(lab_push_or_mov, seen, LAB_UNSEEN);
}
