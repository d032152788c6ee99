// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/threads.c"

#include "verdict.h"

static const struct threads as_predicted = {
	.pid = 10, .tid = 10, .second_pid = 10, .second_tid = 11,
	.task_entries = 2, .threads_field = 2,
	.slept = true, .is_right_status = true, .nobody = ECHILD,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_threads, as_predicted, LAB_CONFIRMED);
}

TEST(thread_with_a_pid_of_its_own_refutes)
{
	struct threads threads = as_predicted;

	threads.second_pid = 11;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
}

TEST(thread_without_a_number_of_its_own_refutes)
{
	struct threads threads = as_predicted;

	threads.second_tid = 10;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
}

TEST(thread_that_is_not_counted_refutes)
{
	struct threads threads = as_predicted;

	threads.threads_field = 1;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
}

TEST(thread_that_is_a_child_refutes)
{
	struct threads threads = as_predicted;

	threads.children = 1;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
}

TEST(wait_that_is_otherwise_refutes)
{
	struct threads threads = as_predicted;

	threads.nohang_living = 11;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
	threads = as_predicted;
	threads.is_right_status = false;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
	threads = as_predicted;
	threads.nobody = 0;
	CHECK_VERDICT(lab_threads, threads, LAB_REFUTED);
}
