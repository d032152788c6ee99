// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/syscall_state.c"

#include "verdict.h"

static struct states as_predicted(void)
{
	struct states states = { .vfork_status = SIGTERM, .is_v1 = true, .frozen_pending = true,
				 .frozen_lives = true, .frozen_status = SIGKILL };

	for (int i = 0; i < ROWS; i++) {
		states.row[i] = (struct seen){ .is_there = true, .state = *rows[i].state };
		if (rows[i].in_call)
			snprintf(states.row[i].call, WORD_SIZE, "%s0x3", rows[i].in_call);
	}
	return states;
}

TEST(what_is_predicted_is_confirmed)
{
	struct states states = as_predicted();

	CHECK_VERDICT(lab_syscall_state, states, LAB_CONFIRMED);
}

TEST(any_other_state_refutes)
{
	for (int i = 0; i < ROWS; i++) {
		struct states states = as_predicted();

		states.row[i].state = 'X';
		CHECK_VERDICT(lab_syscall_state, states, LAB_REFUTED);
	}
}

TEST(long_call_that_seems_to_wait_refutes)
{
	struct states states = as_predicted();

	strcpy(states.row[ZERO].call, "0 0x3");
	CHECK_VERDICT(lab_syscall_state, states, LAB_REFUTED);
}

TEST(wait_that_no_signal_ends_refutes)
{
	struct states states = as_predicted();

	states.vfork_status = SIGKILL;
	CHECK_VERDICT(lab_syscall_state, states, LAB_REFUTED);
}

TEST(frozen_process_that_dies_before_the_thaw_refutes_under_v1_alone)
{
	struct states states = as_predicted();

	states.frozen_lives = states.frozen_pending = false;
	CHECK_VERDICT(lab_syscall_state, states, LAB_REFUTED);
	states.is_v1 = false;
	states.row[FROZEN].state = 'S';
	CHECK_VERDICT(lab_syscall_state, states, LAB_CONFIRMED);
}

TEST(without_a_cgroup_the_rest_is_confirmed)
{
	struct states states = as_predicted();

	states.row[FROZEN].is_there = false;
	states.is_v1 = false;
	CHECK_VERDICT(lab_syscall_state, states, LAB_CONFIRMED);
}
