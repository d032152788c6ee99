// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/no_register_changed.c"

#include "verdict.h"

static struct walk predicted(void)
{
	struct walk walk;

	for (int i = 0; i < STEPS; i++)
		walk.step[i] = (struct step){
			.changed = steps[i].changed < 0 ? 0 : 1U << steps[i].changed,
			.rip = true, .flags = steps[i].flags, .word = steps[i].word,
		};
	return walk;
}

TEST(what_is_predicted_is_confirmed)
{
	struct walk walk = predicted();

	CHECK_VERDICT(lab_no_register_changed, walk, LAB_CONFIRMED);
}

TEST(register_changed_by_a_store_refutes)
{
	struct walk walk = predicted();

	walk.step[1].changed = 1;
	CHECK_VERDICT(lab_no_register_changed, walk, LAB_REFUTED);
}

TEST(push_that_does_not_move_rsp_refutes)
{
	struct walk walk = predicted();

	walk.step[15].changed = 0;
	CHECK_VERDICT(lab_no_register_changed, walk, LAB_REFUTED);
}

TEST(rip_that_stays_refutes)
{
	struct walk walk = predicted();

	walk.step[0].rip = false;
	CHECK_VERDICT(lab_no_register_changed, walk, LAB_REFUTED);
}

TEST(flags_changed_by_a_fence_refute)
{
	struct walk walk = predicted();

	walk.step[9].flags = true;
	CHECK_VERDICT(lab_no_register_changed, walk, LAB_REFUTED);
}

TEST(store_that_is_not_in_memory_refutes)
{
	struct walk walk = predicted();

	walk.step[1].word = 0;
	CHECK_VERDICT(lab_no_register_changed, walk, LAB_REFUTED);
}
