// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/signal_state.c"

#include "verdict.h"

enum { SETS = sizeof(struct sets) / sizeof(unsigned int) };

static struct state as_predicted(void)
{
	struct state seen = { .kill_errno = EINVAL, .stop_errno = EINVAL };

	for (int i = 0; i < STEPS; i++)
		seen.step[i] = steps[i].expected;
	return seen;
}

TEST(what_is_predicted_is_confirmed)
{
	struct state seen = as_predicted();

	CHECK_VERDICT(lab_signal_state, seen, LAB_CONFIRMED);
}

TEST(any_other_set_at_any_step_refutes)
{
	for (int i = 0; i < STEPS; i++)
		for (size_t word = 0; word < SETS; word++) {
			struct state seen = as_predicted();

			((unsigned int *)&seen.step[i])[word] ^= TERM;
			CHECK_VERDICT(lab_signal_state, seen, LAB_REFUTED);
		}
}

TEST(action_for_kill_or_stop_refutes)
{
	struct state seen = as_predicted();

	seen.kill_errno = 0;
	CHECK_VERDICT(lab_signal_state, seen, LAB_REFUTED);
	seen = as_predicted();
	seen.stop_errno = 0;
	CHECK_VERDICT(lab_signal_state, seen, LAB_REFUTED);
}

TEST(blocked_kill_refutes)
{
	struct state seen = as_predicted();

	seen.kill_is_blocked = true;
	CHECK_VERDICT(lab_signal_state, seen, LAB_REFUTED);
}

TEST(flushed_signal_that_comes_refutes)
{
	struct state seen = as_predicted();

	seen.handler_runs = 1;
	CHECK_VERDICT(lab_signal_state, seen, LAB_REFUTED);
}
