// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/zombie_limit.c"

#include "verdict.h"

static const struct zombies as_predicted = {
	.forks = LIMIT - 1,
	.fork_errno = EAGAIN,
	.dead = { .current = LIMIT, .listed = 1, .events = 1 },
	.reaped = { .current = 1, .listed = 1, .events = 1 },
};

TEST(what_is_predicted_is_confirmed)
{
	CHECK_VERDICT(lab_zombie_limit, as_predicted, LAB_CONFIRMED);
}

TEST(zombies_that_do_not_count_refute)
{
	struct zombies zombies = as_predicted;

	zombies.dead.current = 1;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(limit_that_does_not_hold_refutes)
{
	struct zombies zombies = as_predicted;

	zombies.forks = MOST;
	zombies.fork_errno = 0;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(another_errno_refutes)
{
	struct zombies zombies = as_predicted;

	zombies.fork_errno = ENOMEM;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(listed_zombies_refute)
{
	struct zombies zombies = as_predicted;

	zombies.dead.listed = LIMIT;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(event_that_is_not_counted_refutes)
{
	struct zombies zombies = as_predicted;

	zombies.dead.events = 0;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(fork_that_fails_after_reaping_refutes)
{
	struct zombies zombies = as_predicted;

	zombies.after_reaping = EAGAIN;
	CHECK_VERDICT(lab_zombie_limit, zombies, LAB_REFUTED);
}

TEST(lines_are_counted_with_and_without_their_end)
{
	CHECK_INT(count_lines(""), 0);
	CHECK_INT(count_lines("1"), 1);
	CHECK_INT(count_lines("1\n2"), 2);
	CHECK_INT(count_lines("1\n2\n"), 2);
}
