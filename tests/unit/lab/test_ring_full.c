// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/ring_full.c"

#include "verdict.h"

static const struct ring as_predicted = {
	.read = { .sent = 1024, .received = 1024 },
	.unread = { .sent = 1000, .received = 256, .dropped = 744, .told = 744 },
	.cpu = { 0, 1 },
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_ring_full, as_predicted, LAB_CONFIRMED);
}

TEST(drop_although_there_was_room_refutes)
{
	struct ring ring = as_predicted;

	ring.read.dropped = 1;
	CHECK_VERDICT(lab_ring_full, ring, LAB_REFUTED);
	ring = as_predicted;
	ring.read.received--;
	CHECK_VERDICT(lab_ring_full, ring, LAB_REFUTED);
}

TEST(packet_that_nobody_counts_refutes)
{
	struct ring ring = as_predicted;

	ring.unread.received--;
	CHECK_VERDICT(lab_ring_full, ring, LAB_REFUTED);
}

TEST(refused_and_yet_not_dropped_refutes)
{
	struct ring ring = as_predicted;

	ring.unread.told++;
	CHECK_VERDICT(lab_ring_full, ring, LAB_REFUTED);
}

TEST(burst_that_is_read_in_time_is_sent_again)
{
	struct ring ring = as_predicted;

	ring.unread = (struct phase){ .sent = 1000, .received = 1000 };
	CHECK_VERDICT(lab_ring_full, ring, LAB_UNSEEN);
}

TEST(thread_of_no_device_is_not_found)
{
	CHECK_INT(find_reader("no-such-device"), -1);
}
