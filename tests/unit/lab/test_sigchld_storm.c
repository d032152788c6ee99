// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/sigchld_storm.c"

#include "verdict.h"

static const struct storm as_predicted = {
	.way = {
		[ONE_AWAKE] = { .runs = 5, .reaped = 5 },
		[LOOP_AWAKE] = { .runs = 30, .reaped = CHILDREN },
		[ONE_BLOCKED] = { .runs = 1, .reaped = 1, .pending = 0x10000 },
		[LOOP_BLOCKED] = { .runs = 1, .reaped = CHILDREN, .pending = 0x10000 },
	},
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_sigchld_storm, as_predicted, LAB_CONFIRMED);
}

TEST(child_lost_by_the_loop_refutes)
{
	struct storm storm = as_predicted;

	storm.way[LOOP_AWAKE].reaped--;
	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_REFUTED);
}

TEST(second_run_for_a_blocked_signal_refutes)
{
	struct storm storm = as_predicted;

	storm.way[LOOP_BLOCKED].runs = 2;
	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_REFUTED);
}

TEST(more_runs_than_deaths_refute)
{
	struct storm storm = as_predicted;

	storm.way[ONE_AWAKE].runs = storm.way[ONE_AWAKE].reaped = CHILDREN + 1;
	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_REFUTED);
}

TEST(blocked_signal_that_is_not_pending_refutes)
{
	struct storm storm = as_predicted;

	storm.way[ONE_BLOCKED].pending = 0;
	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_REFUTED);
}

TEST(storm_without_any_merging_is_to_be_repeated)
{
	struct storm storm = as_predicted;

	storm.way[ONE_AWAKE].runs = storm.way[ONE_AWAKE].reaped = CHILDREN;
	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_UNSEEN);
}
