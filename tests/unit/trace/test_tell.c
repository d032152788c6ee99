// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.h"
#include "trace/tell.h"

static void check_told(const char *expected, const struct model_step *step)
{
	autotext struct text said = { 0 };

	tell_event(step, &said);
	CHECK_STR(text_get(&said), expected);
}

TEST(births_deaths_and_signals_are_told_in_one_line)
{
	automodel struct model model = { 0 };
	struct event_task born = event_of_task(EVENT_FORK, 300, 0, 40);
	struct event_signal term = event_of_signal(OUTER, 300, SIGTERM, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(300, SIGTERM, 2000);
	struct event_end gone = { .head = head_of(EVENT_FREE, sizeof(gone), 14000),
				  .tgid = 300, .tid = 300 };
	struct model_step step;

	add_container(&model);
	step = add(&model, &born);
	check_told("born, forked by 100 p100", &step);
	step = add(&model, &term);
	check_told("SIGTERM from 100 p100 by kill: terminate [default-terminates]", &step);
	step = add(&model, &end);
	check_told("killed by SIGTERM from 100 p100 by kill", &step);
	step = add(&model, &gone);
	check_told("gone, reaped by 100 p100; a zombie for 12 us at most", &step);
}

TEST(the_name_of_a_file_cannot_steer_the_terminal)
{
	automodel struct model model = { 0 };
	struct event_exec exec = { .task = event_of_task(EVENT_EXEC, INIT, 1, 40),
				   .file = "/a\033[2J\nb" };
	struct model_step step;

	exec.task.head.size = sizeof(exec);
	add_container(&model);
	step = add(&model, &exec);
	check_told("runs /a?[2J?b", &step);
}

TEST(an_ignored_sigchld_is_noise_and_a_lost_sigterm_is_not)
{
	automodel struct model model = { 0 };
	static const struct {
		int signal;
		enum verdict_result result;
		bool is_noise;
	} rows[] = {
		{ SIGCHLD, VERDICT_RESULT_IGNORED, true },
		{ SIGURG, VERDICT_RESULT_IGNORED, true },
		{ SIGCHLD, VERDICT_RESULT_DELIVERED, false },
		{ SIGTERM, VERDICT_RESULT_IGNORED, false },
	};

	add_container(&model);
	for (size_t i = 0; i < countof(rows); i++) {
		struct event_signal sent = event_of_signal(OUTER, INIT, rows[i].signal,
							   rows[i].result);
		struct model_step step = add(&model, &sent);

		CHECK_INT(tell_is_noise(&step), rows[i].is_noise);
	}
}

TEST(the_first_of_a_container_and_of_all_have_an_obituary)
{
	automodel struct model model = { 0 };

	add_container(&model);
	CHECK_TRUE(tell_has_obituary(&model, model_find(&model, INIT)));
	CHECK_TRUE(!tell_has_obituary(&model, model_find(&model, INNER)));
	/* It has only made the others; no event was its own. */
	CHECK_TRUE(!tell_has_obituary(&model, model_find(&model, OUTER)));
}
