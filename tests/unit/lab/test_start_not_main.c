// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/start_not_main.c"

#include "verdict.h"

static const struct start as_predicted = {
	/* rsp, argc, argv, NULL, the environment, NULL, pairs */
	.word = { 0x7ffe00000010, ARGUMENTS, 11, 12, 13, 0, 14, 0, AT_PAGESZ, 4096, AT_ENTRY, 0x400078 },
	.entry = 0x400078,
	.size = 160,
	.status = ARGUMENTS << 8,
	.return_status = SIGSEGV,
	.own_entry = 1, .own_start = 1,
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_start_not_main, as_predicted, LAB_CONFIRMED);
}

TEST(stack_that_is_not_aligned_refutes)
{
	struct start start = as_predicted;

	start.word[0] += 8;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
}

TEST(other_things_on_the_stack_refute)
{
	struct start start = as_predicted;

	start.word[1] = 0x400078;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
	start = as_predicted;
	start.word[2 + ARGUMENTS] = 1;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
}

TEST(other_entry_refutes)
{
	struct start start = as_predicted;

	start.word[11] = 0x400000;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
	start = as_predicted;
	start.own_start = 2;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
}

TEST(return_to_somewhere_refutes)
{
	struct start start = as_predicted;

	start.return_status = 0;
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
}

TEST(stack_full_of_words_is_read_to_its_end)
{
	struct start start = as_predicted;

	memset(start.word, 1, sizeof(start.word));
	CHECK_VERDICT(lab_start_not_main, start, LAB_REFUTED);
}
