// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/orphan.h"

#include <signal.h>

#include "test.h"

static struct init_orphans orphans;

static int see(int pid, int64_t now_ms)
{
	return init_orphan_see(&orphans, pid, now_ms, 1000, 200);
}

TEST(an_orphan_gets_term_at_its_timeout_then_kill)
{
	orphans = (struct init_orphans){ 0 };
	CHECK_INT(see(7, 50), 0);
	CHECK_INT(see(7, 1049), 0);
	CHECK_INT(see(7, 1050), SIGTERM);
	CHECK_INT(see(7, 1200), 0);
	CHECK_INT(see(7, 1250), SIGKILL);
	CHECK_INT(see(7, 1300), 0);
}

TEST(a_number_that_was_reaped_is_young_again)
{
	orphans = (struct init_orphans){ 0 };
	see(7, 0);
	init_orphan_forget(&orphans, 7);
	init_orphan_forget(&orphans, 7);
	CHECK_INT(orphans.count, 0);
	CHECK_INT(see(7, 5000), 0);
	CHECK_INT(see(7, 6000), SIGTERM);
}

TEST(when_it_is_full_others_wait_for_room)
{
	orphans = (struct init_orphans){ 0 };
	for (int pid = 2; pid < INIT_ORPHANS_MAX + 2; pid++)
		CHECK_INT(see(pid, 0), 0);
	CHECK_INT(see(9999, 0), 0);
	CHECK_INT(orphans.count, INIT_ORPHANS_MAX);
	CHECK_INT(see(9999, 9000), 0);
	init_orphan_forget(&orphans, 5);
	CHECK_INT(see(9999, 9000), 0);
	CHECK_INT(see(9999, 10000), SIGTERM);
}
