// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/report.h"

#include <signal.h>

#include "base/scope.h"
#include "test.h"

/* A stop asked for by process 5 after 2 s, obeyed 0.25 s later; and an end of its own accord. */
static const struct init_facts stopped = {
	.started_ms = 1000, .ended_ms = 3250, .main_pid = 2, .main_status = SIGTERM,
	.main_ended_ms = 3200, .stop_ms = 3000, .reaped = 3, .exit_code = 143,
	.stop = { .number = SIGTERM, .arrived_as = SIGTERM, .from_pid = 5, .from_uid = 1000 },
	.forwarded = { [SIGHUP] = 1, [SIGUSR1] = 2 },
};
static const struct init_facts ended = {
	.started_ms = 1000, .ended_ms = 9000, .main_pid = 2, .main_status = 7 << 8,
	.main_ended_ms = 2000, .asked_ms = 2000, .killed_ms = 8000, .reaped = 2, .exit_code = 7,
};

TEST(the_line_says_who_stopped_it_and_what_it_took)
{
	char room[512];
	struct init_text text = INIT_TEXT_IN(room);

	init_report_line(&stopped, &text);
	CHECK_STR(room, "husk-init: SIGTERM from process 5 of uid 1000 after 2.000 s; sent to all; "
			"main child ended by SIGTERM after 2.200 s; signals passed on: 3; reaped: 3; "
			"the stop took 0.250 s; exit 143\n");
}

TEST(the_line_says_that_it_ended_by_itself_and_who_was_killed)
{
	char room[512];
	struct init_text text = INIT_TEXT_IN(room);

	init_report_line(&ended, &text);
	CHECK_STR(room, "husk-init: main child ended with 7 after 1.000 s; SIGTERM to the others; "
			"SIGKILL to the rest after 7.000 s; reaped: 2; exit 7\n");
}

TEST(a_sender_without_a_number_is_outside_and_a_mapped_signal_is_named_twice)
{
	struct init_facts facts = { .stop_ms = 10, .ended_ms = 20, .exit_code = 137 };
	char room[512];
	struct init_text text = INIT_TEXT_IN(room);

	facts.stop = (struct init_signal){ .number = SIGQUIT, .arrived_as = SIGTERM };
	init_report_line(&facts, &text);
	CHECK_STR(room, "husk-init: SIGTERM from outside of the container after 0.010 s; sent to all "
			"as SIGQUIT; the main child did not end; reaped: 0; the stop took 0.010 s; "
			"exit 137\n");
}

TEST(json_holds_the_same)
{
	char room[512];
	struct init_text text = INIT_TEXT_IN(room);

	init_report_json(&stopped, &text);
	CHECK_STR(room, "{\"version\":1,\"exit\":143,\"main\":{\"pid\":2,\"signal\":\"SIGTERM\"},"
			"\"stop\":{\"signal\":\"SIGTERM\",\"sent\":\"SIGTERM\",\"pid\":5,\"uid\":1000,"
			"\"after_ms\":2000},\"asked_after_ms\":null,\"killed_after_ms\":null,"
			"\"forwarded\":{\"SIGHUP\":1,\"SIGUSR1\":2},\"reaped\":3,\"ran_ms\":2250}\n");
	text.size = 0;
	init_report_json(&ended, &text);
	CHECK_STR(room, "{\"version\":1,\"exit\":7,\"main\":{\"pid\":2,\"code\":7},\"stop\":null,"
			"\"asked_after_ms\":1000,\"killed_after_ms\":7000,\"forwarded\":{},"
			"\"reaped\":2,\"ran_ms\":8000}\n");
}

TEST(the_longest_json_fits_a_page)
{
	struct init_facts facts = stopped;
	char room[4096];
	struct init_text text = INIT_TEXT_IN(room);

	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		facts.forwarded[signal] = UINT32_MAX;
	facts.reaped = INT64_MAX;
	facts.ended_ms = INT64_MAX;
	init_report_json(&facts, &text);
	CHECK_TRUE(text.size < sizeof(room) - 1);
	CHECK_INT(room[text.size - 2], '}');
}
