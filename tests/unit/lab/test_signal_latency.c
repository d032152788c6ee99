// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/signal_latency.c"

#include "verdict.h"

static struct latency predicted(void)
{
	struct latency latency = { 0 };

	for (int i = 0; i < WAYS; i++) {
		latency.way[i].handled = SIGNALS;
		latency.way[i].least = 4000;
	}
	return latency;
}

TEST(what_is_predicted_is_confirmed)
{
	struct latency latency = predicted();

	CHECK_VERDICT(lab_signal_latency, latency, LAB_CONFIRMED);
}

TEST(signal_that_is_lost_refutes)
{
	struct latency latency = predicted();

	latency.way[SLEEPING_HERE].handled--;
	CHECK_VERDICT(lab_signal_latency, latency, LAB_REFUTED);
}

TEST(long_way_is_measured_again)
{
	struct latency latency = predicted();

	latency.way[RUNNING_ELSEWHERE].least = LEAST_MAX_NS;
	CHECK_VERDICT(lab_signal_latency, latency, LAB_UNSEEN);
}

TEST(times_are_sorted_into_buckets)
{
	struct latency latency = predicted();
	uint64_t took[SIGNALS];

	for (int i = 0; i < SIGNALS; i++)
		took[i] = i == 0 ? 1 : i == 1 ? 1ULL << 40 : 3000;
	tell(took, SLEEPING_HERE, &latency);
	CHECK_INT(latency.way[SLEEPING_HERE].least, 1);
	CHECK_INT(latency.way[SLEEPING_HERE].median, 3000);
	CHECK_INT(latency.way[SLEEPING_HERE].bucket[0], 1);
	CHECK_INT(latency.way[SLEEPING_HERE].bucket[1], SIGNALS - 2);
	CHECK_INT(latency.way[SLEEPING_HERE].bucket[BUCKETS - 1], 1);
}
