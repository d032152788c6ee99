// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static struct verdict_target *target(struct ward *io_ward)
{
	return &io_ward->scene[0].facts.target;
}

TEST(program_without_a_handler_is_deaf_as_pid_1)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->caught = signal_set_of(SIGINT);
	CHECK_STR(ward_rules(&w), "deaf-to-stop");
	CHECK_SAYS(&w, "web (process 100, 1 in the container) throws SIGTERM away");
	CHECK_SAYS(&w, "put an init in front");
	CHECK_SAYS(&w, "husk stop --signal SIGINT box");
}

TEST(default_action_is_enough_for_any_other)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->caught = 0;
	target(&w)->is_init = false;
	CHECK_STR(ward_rules(&w), "");
}

TEST(ignoring_makes_anybody_deaf_and_an_init_does_not_cure_it)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->is_init = false;
	target(&w)->caught = 0;
	target(&w)->ignored = signal_set_of(SIGTERM);
	CHECK_STR(ward_rules(&w), "deaf-to-stop");
	CHECK_SAYS(&w, "ignoring survives exec");
	CHECK_TRUE(!strstr(ward_words(&w), "put an init"));
}

TEST(stop_signal_of_the_image_is_the_one_that_counts)
{
	autoward struct ward w;

	ward_set(&w);
	doctor_set_stop("SIGQUIT", &w.facts);
	CHECK_STR(ward_rules(&w), "deaf-to-stop");
	CHECK_SAYS(&w, "throws SIGQUIT away");
	target(&w)->caught = signal_set_of(SIGQUIT);
	CHECK_STR(ward_rules(&w), "");
}

TEST(init_waits_in_its_own_way_and_is_not_judged)
{
	static const char *const tini[] = { "/sbin/tini", "--", "web", NULL };
	autoward struct ward w;

	ward_set(&w);
	target(&w)->caught = 0;
	w.process[0].args = tini;
	w.process[0].arg_count = 3;
	w.process[0].role = ROLE_INIT;
	CHECK_STR(ward_rules(&w), "");
}

TEST(nothing_is_said_of_what_could_not_be_seen)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->caught = 0;
	w.scene[0].facts.gap_count = 1;
	CHECK_STR(ward_rules(&w), "");
}

TEST(blocked_stop_signal_never_arrives)
{
	autoward struct ward w;

	ward_set(&w);
	w.scene[0].thread.blocked = UINT64_MAX;
	CHECK_STR(ward_rules(&w), "stop-signal-blocked");
}

TEST(one_thread_that_does_not_block_is_enough)
{
	struct verdict_thread threads[] = { { .tid = 100, .state = 'S', .blocked = UINT64_MAX },
					    { .tid = 101, .state = 'S' } };
	autoward struct ward w;

	ward_set(&w);
	target(&w)->thread = threads;
	target(&w)->thread_count = 2;
	CHECK_STR(ward_rules(&w), "");
}

TEST(blocked_signals_that_somebody_reads_are_no_fault)
{
	autoward struct ward w;

	ward_set(&w);
	w.scene[0].thread.blocked = signal_set_of(SIGTERM) | signal_set_of(SIGUSR1);
	target(&w)->signalfd = signal_set_of(SIGTERM);
	CHECK_STR(ward_rules(&w), "signals-blocked");
	CHECK_SAYS(&w, "blocks USR1");
	w.scene[0].thread.awaited = signal_set_of(SIGUSR1);
	CHECK_STR(ward_rules(&w), "");
}

TEST(mask_of_one_that_runs_may_be_of_the_moment)
{
	autoward struct ward w;

	ward_set(&w);
	w.scene[0].thread.blocked = UINT64_MAX;
	w.scene[0].thread.state = 'R';
	CHECK_STR(ward_rules(&w), "");
}

TEST(waiting_in_system_is_no_fault)
{
	autoward struct ward w;

	ward_set(&w);
	w.scene[0].thread.blocked = signal_set_of(SIGCHLD);
	target(&w)->ignored = signal_set_of(SIGINT) | signal_set_of(SIGQUIT);
	CHECK_STR(ward_rules(&w), "");
	w.scene[0].thread.blocked = 0;
	CHECK_STR(ward_rules(&w), "signals-ignored");
	CHECK_SAYS(&w, "ignores INT QUIT");
}

TEST(ignored_signals_of_servers_are_usual)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->ignored = signal_set_of(SIGHUP) | signal_set_of(SIGPIPE) |
			      signal_set_of(SIGTTIN) | signal_set_of(SIGXFSZ);
	CHECK_STR(ward_rules(&w), "");
}

TEST(ignored_child_signal_loses_exit_statuses)
{
	autoward struct ward w;

	ward_set(&w);
	target(&w)->ignored = signal_set_of(SIGCHLD);
	CHECK_STR(ward_rules(&w), "child-signal-ignored");
}

TEST(stop_signal_that_cannot_be_heard_is_unfit)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "KILL", "cannot save anything" },
		{ "19", "does not end it" },
		{ "NOPE", "\"NOPE\" is no signal; SIGTERM is sent" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set(&w);
		doctor_set_stop(rows[i].text, &w.facts);
		CHECK_STR(ward_rules(&w), "stop-signal-unfit");
		CHECK_SAYS(&w, rows[i].says);
	}
}
