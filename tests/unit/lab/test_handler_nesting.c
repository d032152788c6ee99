// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/handler_nesting.c"

#include "verdict.h"

static struct nesting predicted(void)
{
	struct nesting nesting = { .stack = 0x10000, .frame = 0x10100, .main_rsp = 0x7fff0000 };

	for (int i = 0; i < WAYS; i++) {
		nesting.way[i].depth = ways[i].depth;
		nesting.way[i].runs = RAISES + 1;
	}
	return nesting;
}

TEST(what_is_predicted_is_confirmed)
{
	struct nesting nesting = predicted();

	CHECK_VERDICT(lab_handler_nesting, nesting, LAB_CONFIRMED);
}

TEST(handler_within_itself_refutes)
{
	struct nesting nesting = predicted();

	nesting.way[SAME].depth = 2;
	CHECK_VERDICT(lab_handler_nesting, nesting, LAB_REFUTED);
}

TEST(mask_that_lets_through_refutes)
{
	struct nesting nesting = predicted();

	nesting.way[OTHER_MASKED].depth = 2;
	CHECK_VERDICT(lab_handler_nesting, nesting, LAB_REFUTED);
}

TEST(signal_that_is_lost_refutes)
{
	struct nesting nesting = predicted();

	nesting.way[SAME].runs = 1;
	CHECK_VERDICT(lab_handler_nesting, nesting, LAB_REFUTED);
}

TEST(handler_on_the_main_stack_refutes)
{
	struct nesting nesting = predicted();

	nesting.frame = nesting.main_rsp;
	CHECK_VERDICT(lab_handler_nesting, nesting, LAB_REFUTED);
}
