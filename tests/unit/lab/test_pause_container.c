// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/pause_container.c"

#include "verdict.h"

static const struct pause as_predicted = { .zombies_of_careless = ORPHANS };

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_pause_container, as_predicted, LAB_CONFIRMED);
}

TEST(orphans_that_vanish_by_themselves_refute)
{
	struct pause seen = as_predicted;

	seen.zombies_of_careless = 0;
	CHECK_VERDICT(lab_pause_container, seen, LAB_REFUTED);
}

TEST(zombie_that_is_left_refutes)
{
	struct pause seen = as_predicted;

	seen.zombies_of_reaper = 1;
	CHECK_VERDICT(lab_pause_container, seen, LAB_REFUTED);
}
