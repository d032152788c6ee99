// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/stack_alignment.c"

#include "verdict.h"

static const struct alignment as_predicted = {
	.way = { [MOVAPS_8] = { SIGSEGV, SI_KERNEL, GENERAL_PROTECTION, 0 } },
	.entry_rsp = 0x7ffe00000008,
	.kept = KEPT,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_stack_alignment, as_predicted, LAB_CONFIRMED);
}

TEST(movaps_that_takes_any_address_refutes)
{
	struct alignment seen = as_predicted;

	seen.way[MOVAPS_8].signal = 0;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
}

TEST(fault_of_an_aligned_access_refutes)
{
	struct alignment seen = as_predicted;

	seen.way[MOVAPS_16].signal = SIGSEGV;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
}

TEST(other_exception_refutes)
{
	struct alignment seen = as_predicted;

	seen.way[MOVAPS_8].trap = 14;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
	seen = as_predicted;
	seen.way[MOVAPS_8].address = 8;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
}

TEST(other_alignment_at_the_entry_refutes)
{
	struct alignment seen = as_predicted;

	seen.entry_rsp += 8;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
}

TEST(register_lost_by_the_callee_refutes)
{
	struct alignment seen = as_predicted;

	seen.kept--;
	CHECK_VERDICT(lab_stack_alignment, seen, LAB_REFUTED);
}
