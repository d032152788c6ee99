// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.h"
#include "trace/words.h"

#define CHECK_WORDS(expected, call)                 \
	do {                                        \
		autotext struct text said = { 0 };  \
		struct text *to = &said;            \
		call;                               \
		CHECK_STR(text_get(&said), expected); \
	} while (0)

TEST(durations_have_the_unit_that_fits)
{
	CHECK_WORDS("0 us", words_duration(999, to));
	CHECK_WORDS("12 us", words_duration(12345, to));
	CHECK_WORDS("3.4 ms", words_duration(3400000, to));
	CHECK_WORDS("1.50 s", words_duration(1500000000, to));
}

TEST(processes_have_the_number_of_each_side)
{
	automodel struct model model = { 0 };

	add_container(&model);
	CHECK_WORDS("200/1 p200", words_process(model_find(&model, INIT), to));
	CHECK_WORDS("100 p100", words_process(model_find(&model, OUTER), to));
	strcpy(model_find(&model, OUTER)->name, "a\033[2Jb");
	CHECK_WORDS("100 a?[2Jb", words_process(model_find(&model, OUTER), to));
}

TEST(ends_are_told_as_a_shell_counts_them)
{
	CHECK_WORDS("exit 3", words_end(3 << 8, to));
	CHECK_WORDS("killed by SIGKILL", words_end(SIGKILL, to));
	CHECK_WORDS("killed by SIGSEGV (core dumped)", words_end(SIGSEGV | 0x80, to));
	CHECK_INT(words_status(3 << 8), 3);
	CHECK_INT(words_status(SIGTERM), 143);
}

TEST(signals_name_their_sender_and_their_rule)
{
	automodel struct model model = { 0 };
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	const struct model_signal *sent;

	add_container(&model);
	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	sent = add(&model, &term).signal;
	CHECK_WORDS("from 100 p100 by kill", words_source(sent, to));
	CHECK_WORDS("ignored [init-no-handler]", words_verdict(sent, to));
}

TEST(obituary_tells_what_came_to_nothing_before)
{
	automodel struct model model = { 0 };
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = event_of_signal(OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INIT, SIGKILL, 2000001000);
	autotext struct text text = { 0 };

	add_container(&model);
	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	kill.flags |= EVENT_SIGNAL_UNKILLABLE;
	kill.head.time_ns = 2000000000;
	(void)add(&model, &term);
	(void)add(&model, &kill);
	(void)add(&model, &end);
	words_obituary(model_find(&model, INIT), 0, &text);
	CHECK_TRUE(text_begins(text_get(&text), "200/1 p200 lived 2.00 s: killed by SIGKILL from "
			       "100 p100 by kill, exit status 137. 2.00 s before, SIGTERM from "
			       "100 p100 by kill had come to nothing: PID 1 of a pid namespace"));
}

TEST(who_lives_has_no_end)
{
	automodel struct model model = { 0 };

	add_container(&model);
	CHECK_WORDS("200/1 p200 has been living 1.00 s.",
		    words_obituary(model_find(&model, INIT), 1000000020, to));
}

TEST(losses_are_told_by_kind)
{
	uint64_t lost[EVENT_KINDS] = { 0 };
	autotext struct text none = { 0 }, some = { 0 };

	words_lost(lost, &none);
	CHECK_STR(text_get(&none), "0 events lost");
	lost[EVENT_SIGNAL] = 3;
	lost[EVENT_FORK] = 2;
	words_lost(lost, &some);
	CHECK_STR(text_get(&some), "5 events lost: 2 fork, 3 signal");
}

TEST(a_sender_in_another_container_is_told_to_be)
{
	struct place web = { .name = "husk/web" }, db = { .name = "podman/3f4e5d6c7b8a" };
	struct model_process target = { .pid = 200, .name = "a", .container = &web };
	struct model_process sender = { .pid = 100, .name = "b", .container = &web };
	struct model_signal signal = { .source = MODEL_BY_PROCESS, .code = SI_USER,
				       .sender = &sender, .target = &target };
	autotext struct text same = { 0 }, other = { 0 }, outside = { 0 };

	words_source(&signal, &same);
	CHECK_STR(text_get(&same), "from 100 b by kill");
	sender.container = &db;
	words_source(&signal, &other);
	CHECK_STR(text_get(&other), "from 100 b (podman/3f4e5d6c7b8a) by kill");
	sender.container = NULL;
	words_source(&signal, &outside);
	CHECK_STR(text_get(&outside), "from 100 b (outside) by kill");
}
