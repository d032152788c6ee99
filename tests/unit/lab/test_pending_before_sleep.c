// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/pending_before_sleep.c"

#include "verdict.h"

static const struct before as_predicted = {
	.entry_number = SYS_read,
	.was_pending = true,
	.result = -RESTARTSYS,
	.switches = 1,
	.delivered = SIGUSR1,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_pending_before_sleep, as_predicted, LAB_CONFIRMED);
}

TEST(another_result_refutes)
{
	struct before before = as_predicted;

	before.result = 0;
	CHECK_VERDICT(lab_pending_before_sleep, before, LAB_REFUTED);
}

TEST(signal_that_was_not_there_before_refutes)
{
	struct before before = as_predicted;

	before.was_pending = false;
	CHECK_VERDICT(lab_pending_before_sleep, before, LAB_REFUTED);
}

TEST(signal_that_is_not_delivered_refutes)
{
	struct before before = as_predicted;

	before.delivered = SIGTRAP;
	CHECK_VERDICT(lab_pending_before_sleep, before, LAB_REFUTED);
}

TEST(further_switch_is_to_be_repeated)
{
	struct before before = as_predicted;

	before.switches = 2;
	CHECK_VERDICT(lab_pending_before_sleep, before, LAB_UNSEEN);
}
