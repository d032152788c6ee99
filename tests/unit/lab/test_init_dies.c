// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/init_dies.c"

#include "verdict.h"

static const struct teardown as_predicted = {
	.status = EXIT_INIT << 8,
	.is_empty = true,
	.has_trace = true,
	.kills = OTHERS,
	.is_exit_first = true,
	.is_chld_last = true,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_init_dies, as_predicted, LAB_CONFIRMED);
}

TEST(without_a_trace_the_rest_is_confirmed)
{
	struct teardown teardown = { .status = EXIT_INIT << 8, .is_empty = true };

	CHECK_VERDICT(lab_init_dies, teardown, LAB_CONFIRMED);
}

TEST(survivor_refutes)
{
	struct teardown teardown = as_predicted;

	teardown.is_empty = false;
	CHECK_VERDICT(lab_init_dies, teardown, LAB_REFUTED);
}

TEST(lost_exit_status_refutes)
{
	struct teardown teardown = as_predicted;

	teardown.status = SIGKILL;
	CHECK_VERDICT(lab_init_dies, teardown, LAB_REFUTED);
}

TEST(missing_or_foreign_kill_refutes)
{
	struct teardown teardown = as_predicted;

	teardown.kills--;
	CHECK_VERDICT(lab_init_dies, teardown, LAB_REFUTED);
	teardown = as_predicted;
	teardown.other_kills = 1;
	CHECK_VERDICT(lab_init_dies, teardown, LAB_REFUTED);
}

TEST(another_order_refutes)
{
	struct teardown teardown = as_predicted;

	teardown.is_chld_last = false;
	CHECK_VERDICT(lab_init_dies, teardown, LAB_REFUTED);
}

TEST(lines_of_the_trace_are_counted)
{
	struct teardown teardown = { 0 };

	take_line(&teardown, "lab1-2 [0] d..1. 1.0: sched_process_exit: comm=lab1 pid=2 prio=1");
	take_line(&teardown, "lab1-2 [0] d..1. 1.0: signal_generate: sig=9 errno=0 code=128 x");
	take_line(&teardown, "lab1-2 [0] d..1. 1.0: signal_generate: sig=9 errno=0 code=0 x");
	CHECK_TRUE(teardown.is_exit_first && !teardown.is_chld_last);
	take_line(&teardown, "lab1-2 [0] d..1. 1.0: signal_generate: sig=17 errno=0 code=1 x");
	CHECK_TRUE(teardown.is_chld_last);
	CHECK_INT(teardown.kills, 1);
	CHECK_INT(teardown.other_kills, 1);
	CHECK_STR(teardown.line[3], "signal_generate: sig=17 errno=0 code=1 x");
}
