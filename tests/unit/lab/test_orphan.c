// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/orphan.c"

#include "verdict.h"

static const struct orphans as_predicted = {
	.plain = { .parent = 2, .before = 2, .after = 1, .nearest = 1, .orphan = 3, .reaped = 3,
		   .status = EXIT_ORPHAN },
	.subreaper = { .parent = 5, .before = 5, .after = 4, .nearest = 4, .orphan = 6,
		       .reaped = 6, .status = EXIT_ORPHAN },
	.default_wait = 1,
	.ignored_wait = ECHILD,
	.ignored_kill = ESRCH,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_orphan, as_predicted, LAB_CONFIRMED);
}

TEST(orphan_of_a_subreaper_that_goes_to_init_refutes)
{
	struct orphans orphans = as_predicted;

	orphans.subreaper.after = 1;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
}

TEST(orphan_that_goes_elsewhere_refutes)
{
	struct orphans orphans = as_predicted;

	orphans.plain.after = orphans.plain.nearest = 9;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
}

TEST(orphan_that_nobody_reaps_refutes)
{
	struct orphans orphans = as_predicted;

	orphans.plain.reaped = 0;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
	orphans = as_predicted;
	orphans.subreaper.status = 0;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
}

TEST(zombie_in_spite_of_ignoring_or_none_by_default_refutes)
{
	struct orphans orphans = as_predicted;

	orphans.ignored_wait = 0;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
	orphans = as_predicted;
	orphans.default_wait = 0;
	CHECK_VERDICT(lab_orphan, orphans, LAB_REFUTED);
}
