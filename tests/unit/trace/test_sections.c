// SPDX-License-Identifier: GPL-2.0-or-later
#include "layers.h"
#include "trace/sections.h"

enum { S = 1000 * 1000 * 1000 };

static void take(struct model *io_model, struct joins *io_joins, const void *event)
{
	struct model_step step = add(io_model, event);

	joins_take(io_joins, &step);
}

static void check_told(const struct joins *joins, const struct model *model, enum joins_kind kind,
		       const char *expected)
{
	autotext struct text said = { 0 };

	sections_lines(joins, model, kind, 5, &said);
	CHECK_STR(text_get(&said), expected);
}

TEST(without_a_story_nothing_is_told)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };

	add_container(&model);
	for (enum joins_kind kind = 0; kind < JOINS_KINDS; kind++) {
		check_told(&joins, &model, kind, "");
		CHECK_TRUE(*sections_title(kind));
	}
}

TEST(a_stop_is_told_with_its_senders_and_the_time_between)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_task conmon = event_of_task(EVENT_TASK, 300, 0, 15);
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = event_of_signal(300, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INIT, SIGKILL, 12000ULL * 1000 * 1000);

	strcpy(conmon.name, "conmon");
	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	term.head.time_ns = 1ULL * S;
	kill.head.time_ns = 11ULL * S;
	add_container(&model);
	take(&model, &joins, &conmon);
	take(&model, &joins, &term);
	check_told(&joins, &model, JOINS_STOP, "200/1 p200: SIGTERM from 100 p100 by kill: ignored "
		   "[init-no-handler]; it lives on\n");
	take(&model, &joins, &kill);
	take(&model, &joins, &end);
	check_told(&joins, &model, JOINS_STOP, "200/1 p200: SIGTERM from 100 p100 by kill: ignored "
		   "[init-no-handler], then 10.00 s, then SIGKILL from 300 conmon by kill: terminate "
		   "[sure-kill], then 1.00 s, then killed by SIGKILL\n");
	joins_clear(&joins);
}

TEST(a_zombie_is_told_with_who_must_reap_it)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_exit end = event_of_exit(INNER, 0, 2ULL * S);
	struct event_end gone = { .head = head_of(EVENT_FREE, sizeof(gone), 7ULL * S),
				  .tgid = INNER, .tid = INNER };

	add_container(&model);
	end.parent = INIT;
	take(&model, &joins, &end);
	take(&model, &joins, &gone);
	check_told(&joins, &model, JOINS_ZOMBIE,
		   "201/2 p201: for 5.00 s at most, reaped by 200/1 p200\n");
	joins_clear(&joins);
}

TEST(a_zombie_that_was_seen_to_be_reaped_was_one_for_just_as_long)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_exit end = event_of_exit(INNER, 0, 2ULL * S);
	struct event_reap reaped = event_of_reap(INIT);

	add_container(&model);
	end.parent = INIT;
	reaped.head.time_ns = 7ULL * S;
	take(&model, &joins, &end);
	take(&model, &joins, &reaped);
	check_told(&joins, &model, JOINS_ZOMBIE, "201/2 p201: for 5.00 s, reaped by 200/1 p200\n");
	joins_clear(&joins);
}

TEST(a_zombie_that_stays_is_told_as_one)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_exit end = event_of_exit(INNER, 0, 2ULL * S);
	struct event_signal last = event_of_signal(OUTER, INIT, SIGUSR1, VERDICT_RESULT_DELIVERED);

	add_container(&model);
	end.parent = INIT;
	last.head.time_ns = 5ULL * S;
	take(&model, &joins, &end);
	take(&model, &joins, &last);
	joins_end(&joins, &model);
	check_told(&joins, &model, JOINS_ZOMBIE, "201/2 p201: for 3.00 s, and was not seen to "
		   "be reaped; that is for 200/1 p200\n");
	joins_clear(&joins);
}

TEST(a_zombie_from_before_was_one_for_longer)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_task dead = event_of_task(EVENT_TASK, 300, 0, 1ULL * S);
	struct event_end gone = { .head = head_of(EVENT_FREE, sizeof(gone), 3ULL * S),
				  .tgid = 300, .tid = 300 };

	add_container(&model);
	dead.flags = EVENT_TASK_DEAD;
	take(&model, &joins, &dead);
	take(&model, &joins, &gone);
	check_told(&joins, &model, JOINS_ZOMBIE,
		   "300 p300: for more than 2.00 s, reaped by 100 p100\n");
	joins_clear(&joins);
}

TEST(losses_are_counted_and_those_left_out_too)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	static const int signals[] = { SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO };

	add_container(&model);
	for (size_t i = 0; i < countof(signals); i++)
		for (size_t j = 0; j <= i; j++) {
			struct event_signal event = event_of_signal(
				OUTER, INNER, signals[i], VERDICT_RESULT_ALREADY_PENDING);

			take(&model, &joins, &event);
		}
	check_told(&joins, &model, JOINS_LOST,
		   "SIGUSR2 to 201/2 p201: coalesced 2 times [already-pending], the last time from "
		   "100 p100 by kill\n"
		   "SIGALRM to 201/2 p201: coalesced 3 times [already-pending], the last time from "
		   "100 p100 by kill\n"
		   "SIGVTALRM to 201/2 p201: coalesced 4 times [already-pending], the last time from "
		   "100 p100 by kill\n"
		   "SIGPROF to 201/2 p201: coalesced 5 times [already-pending], the last time from "
		   "100 p100 by kill\n"
		   "SIGIO to 201/2 p201: coalesced 6 times [already-pending], the last time from "
		   "100 p100 by kill\n"
		   "1 more before these are left out\n");
	joins_clear(&joins);
}

TEST(calls_are_told_by_name)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	struct event_deliver taken = {
		.head = head_of(EVENT_DELIVER, sizeof(taken), 1500), .tgid = INNER, .tid = INNER,
		.signal = SIGUSR1, .call = 99999, .call_result = -512,
		.disposition = EVENT_HANDLER,
	};

	add_container(&model);
	take(&model, &joins, &taken);
	taken.action_flags = SA_RESTART;
	take(&model, &joins, &taken);
	take(&model, &joins, &taken);
	check_told(&joins, &model, JOINS_CALL,
		   "201/2 p201: system call 99999 ended with EINTR once, after the handler of "
		   "SIGUSR1\n"
		   "201/2 p201: system call 99999 was restarted 2 times, after the handler of "
		   "SIGUSR1\n");
	joins_clear(&joins);
}
