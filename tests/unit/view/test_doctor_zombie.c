// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static struct doctor_process *add_zombie(struct ward *io_ward, pid_t parent_pid)
{
	struct doctor_process *zombie = ward_add(io_ward, parent_pid, NULL);

	zombie->state = 'Z';
	zombie->has_stayed = true;
	return zombie;
}

TEST(orphans_are_pid_1s_to_reap)
{
	autoward struct ward w;

	ward_set(&w);
	add_zombie(&w, 100);
	add_zombie(&w, 100);
	CHECK_STR(ward_rules(&w), "zombies-of-first");
	CHECK_SAYS(&w, "2 zombies that PID 1, web, does not reap");
	CHECK_SAYS(&w, "/proc/102/stat: gone: state Z at both looks, parent 100");
	CHECK_SAYS(&w, "put an init in front");
}

TEST(zombie_of_the_moment_is_none)
{
	autoward struct ward w;

	ward_set(&w);
	add_zombie(&w, 100)->has_stayed = false;
	CHECK_STR(ward_rules(&w), "");
}

TEST(init_that_does_not_reap_is_not_told_to_take_an_init)
{
	autoward struct ward w;

	ward_set(&w);
	w.process[0].role = ROLE_INIT;
	add_zombie(&w, 100);
	CHECK_STR(ward_rules(&w), "zombies-of-first");
	CHECK_TRUE(!strstr(ward_words(&w), "put an init"));
}

TEST(children_of_a_program_are_its_own)
{
	static const char *const worker[] = { "worker", NULL };
	autoward struct ward w;

	ward_set(&w);
	ward_add(&w, 100, worker);
	add_zombie(&w, 101);
	CHECK_STR(ward_rules(&w), "zombies-of-program");
	CHECK_SAYS(&w, "1 zombie that the parent does not reap: worker (process 101");
	CHECK_TRUE(!strstr(ward_words(&w), "put an init"));
}

TEST(parent_outside_is_named)
{
	autoward struct ward w;

	ward_set(&w);
	add_zombie(&w, 77)->is_parent_outside = true;
	CHECK_STR(ward_rules(&w), "zombies-of-outsider");
	CHECK_SAYS(&w, "process 77");
}

TEST(end_that_waits_for_an_outsider_is_stuck)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.is_ending = true;
	w.facts.main = NULL;
	add_zombie(&w, 77)->is_parent_outside = true;
	add_zombie(&w, 100);
	CHECK_STR(ward_rules(&w), "teardown-stuck");
	CHECK_SAYS(&w, "kill -CONT 77");
}

TEST(frozen_ones_cannot_reap)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.freeze_file = "freezer.state";
	w.facts.freeze_text = "FROZEN";
	add_zombie(&w, 100);
	CHECK_STR(ward_rules(&w), "frozen");
}

TEST(many_are_counted_and_few_are_shown)
{
	autoward struct ward w;
	size_t lines = 0;

	ward_set(&w);
	while (w.facts.process_count < WARD_BEDS)
		add_zombie(&w, 100);
	ward_rules(&w);
	for (const char *at = ward_words(&w); (at = strstr(at, "state Z")); at++)
		lines++;
	CHECK_INT(lines, WARD_BEDS - 1);
	CHECK_SAYS(&w, "5 zombies");
}
