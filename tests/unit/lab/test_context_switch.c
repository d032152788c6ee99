// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/context_switch.c"

#include "verdict.h"

static const struct switches as_predicted = {
	.ping_pong = { ROUNDS, 3 },
	.spinner = { 0, 3 },
	.rounds = { ROUNDS, ROUNDS },
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_context_switch, as_predicted, LAB_CONFIRMED);
}

TEST(wait_without_a_switch_refutes)
{
	struct switches seen = as_predicted;

	seen.ping_pong.voluntary = 10;
	CHECK_VERDICT(lab_context_switch, seen, LAB_REFUTED);
}

TEST(waits_that_were_all_forced_are_looked_at_again)
{
	struct switches seen = as_predicted;

	seen.ping_pong = (struct counts){ 0, ROUNDS };
	CHECK_VERDICT(lab_context_switch, seen, LAB_UNSEEN);
}

TEST(spinner_that_gives_up_refutes)
{
	struct switches seen = as_predicted;

	seen.spinner.voluntary = 1;
	CHECK_VERDICT(lab_context_switch, seen, LAB_REFUTED);
}

TEST(switch_in_user_mode_that_the_kernel_counts_refutes)
{
	struct switches seen = as_predicted;

	seen.by_hand.voluntary = 1;
	CHECK_VERDICT(lab_context_switch, seen, LAB_REFUTED);
}

TEST(switch_that_is_lost_refutes)
{
	struct switches seen = as_predicted;

	seen.rounds[1]--;
	CHECK_VERDICT(lab_context_switch, seen, LAB_REFUTED);
}
