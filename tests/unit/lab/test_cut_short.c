// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/cut_short.c"

#include "verdict.h"

static const struct cut as_predicted = {
	.reads = 30, .complete = 20, .short_reads = 10, .shortest = 4096, .longest = 1 << 20,
	.sent = 15, .runs = 12,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_cut_short, as_predicted, LAB_CONFIRMED);
}

TEST(read_that_fails_refutes)
{
	struct cut cut = as_predicted;

	cut.failed = 1;
	CHECK_VERDICT(lab_cut_short, cut, LAB_REFUTED);
}

TEST(more_runs_than_signals_refute)
{
	struct cut cut = as_predicted;

	cut.runs = cut.sent + 1;
	CHECK_VERDICT(lab_cut_short, cut, LAB_REFUTED);
}

TEST(short_read_without_a_signal_refutes)
{
	struct cut cut = as_predicted;

	cut.runs = cut.short_reads - 1;
	CHECK_VERDICT(lab_cut_short, cut, LAB_REFUTED);
}

TEST(without_any_short_read_it_is_to_be_repeated)
{
	struct cut cut = as_predicted;

	cut.short_reads = 0;
	CHECK_VERDICT(lab_cut_short, cut, LAB_UNSEEN);
}

TEST(sizes_are_counted)
{
	struct cut cut = { 0 };

	count(&cut, SIZE);
	count(&cut, 10);
	count(&cut, 5);
	count(&cut, -1);
	CHECK_INT(cut.complete, 1);
	CHECK_INT(cut.short_reads, 2);
	CHECK_INT(cut.failed, 1);
	CHECK_INT(cut.shortest, 5);
	CHECK_INT(cut.longest, 10);
}
