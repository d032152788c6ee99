// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/signal_frame.c"

#include "verdict.h"

static struct frame predicted(void)
{
	struct frame frame = {
		.return_address = 0x7000, .restorer = 0x7000, .at = 0x8008, .rsp = 0x9000,
		.rip = 0x1002, .entry_low = 0x1000, .entry_high = 0x1002, .cs = USER_CODE,
		.magic = XSTATE_MAGIC, .edited = SAVED_RAX, .ran_without = { false, true },
		.died_without = { SIGSEGV, SIGSEGV },
	};

	memcpy(frame.code, trampoline, TRAMPOLINE);
	return frame;
}

TEST(what_is_predicted_is_confirmed)
{
	struct frame frame = predicted();

	CHECK_VERDICT(lab_signal_frame, frame, LAB_CONFIRMED);
}

TEST(other_way_back_refutes)
{
	struct frame frame = predicted();

	frame.return_address = 0;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
	frame = predicted();
	frame.code[3] = 14;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
}

TEST(frame_in_the_red_zone_refutes)
{
	struct frame frame = predicted();

	frame.at = frame.rsp - 120;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
}

TEST(frame_that_is_not_aligned_refutes)
{
	struct frame frame = predicted();

	frame.at += 8;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
}

TEST(edit_that_is_lost_refutes)
{
	struct frame frame = predicted();

	frame.edited = 0;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
}

TEST(life_without_a_restorer_refutes)
{
	struct frame frame = predicted();

	frame.died_without[0] = 0;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
	frame = predicted();
	frame.ran_without[0] = true;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
	frame = predicted();
	frame.ran_without[1] = false;
	CHECK_VERDICT(lab_signal_frame, frame, LAB_REFUTED);
}
