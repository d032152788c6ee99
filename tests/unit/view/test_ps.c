// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/ps.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "signal/set.h"
#include "test.h"
#include "view/ps_part.h"
#include "view/table.h"

TEST(columns_are_found_and_a_wrong_one_is_named)
{
	struct ps_request request = { 0 };
	struct error err;

	CHECK_OK(ps_parse_columns("pid, nspid,args", &request, &err), err);
	CHECK_INT(request.column_count, 3);
	CHECK_STR(request.column[1]->name, "nspid");
	CHECK_INT(ps_wants(&request), SURVEY_WORDS);
	CHECK_OK(ps_parse_columns("time", &request, &err), err);
	CHECK_INT(ps_wants(&request), SURVEY_TIMES | SURVEY_WORDS);
	CHECK_INT(ps_parse_columns("pid,foo", &request, &err), -EINVAL);
	CHECK_TRUE(text_begins(err.text, "-o: \"foo\" is not one of pid,tid,"));
	CHECK_ERROR(ps_parse_columns(" ,", &(struct ps_request){ 0 }, &err), err, EINVAL,
		    "-o: no column");
}

TEST(command_lines_are_read_for_all_only_when_all_are_shown)
{
	struct ps_request request = { 0 };

	CHECK_INT(ps_wants(&request), SURVEY_COUNTS | SURVEY_WORDS);
	request.target_count = 1;
	CHECK_INT(ps_wants(&request), SURVEY_COUNTS);
}

TEST(command_that_was_read_is_shown_as_it_was_then)
{
	struct survey_process process = table_process(INT32_MAX, 1, 0);
	autotext struct text text = { 0 };

	ps_add_read_command(&process, &text);
	CHECK_STR(text_get(&text), "[app]");
	text_clear(&text);
	process.words = "a\0b\033";
	process.words_size = sizeof("a\0b\033");
	ps_add_read_command(&process, &text);
	CHECK_STR(text_get(&text), "a b?");
}

TEST(more_columns_than_there_is_room_for_are_refused)
{
	struct ps_request request = { .column_count = PS_COLUMNS_MAX };
	struct error err;

	CHECK_INT(ps_parse_columns("pid", &request, &err), -E2BIG);
}

/* 11 is PID 1 of a container, 12 its child, 13 was put in, 14 lives on the machine below it. */
static struct survey_process p[5];
static struct survey_container container;

static struct survey scene(void)
{
	struct survey survey;

	p[0] = table_process(10, 0, 0);
	p[1] = table_process(11, 1, 10);
	p[2] = table_process(12, 2, 11);
	p[3] = table_process(13, 3, 10);
	p[4] = table_process(14, 0, 12);
	survey = table_survey(p, countof(p));
	p[1].container = p[2].container = p[3].container = 0;
	container = (struct survey_container){ .engine = ENGINE_HUSK, .id = "web", .first = 1,
					       .stop_signal = SIGTERM };
	survey.container = &container;
	survey.container_count = 1;
	return survey;
}

TEST(a_container_shows_its_members_and_nobody_else)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct survey survey = scene();
	struct ps_rows rows;

	ps_rows_of_container(&survey, 0, &arena, &rows);
	CHECK_INT(rows.count, 3);
	CHECK_TRUE(rows.row[0].at == 1 && rows.row[0].depth == 0);
	CHECK_TRUE(rows.row[1].at == 2 && rows.row[1].depth == 1);
	CHECK_TRUE(rows.row[2].at == 3 && rows.row[2].depth == 0);
	ps_rows_of_process(&survey, 1, &arena, &rows);
	CHECK_INT(rows.count, 3);
	CHECK_TRUE(rows.row[2].at == 4 && rows.row[2].depth == 2);
}

TEST(the_table_has_a_line_for_each_row)
{
	autotext struct text text = { 0 };
	struct survey survey = scene();
	struct ps_request request = { .survey = &survey };
	struct error err;

	CHECK_OK(ps_parse_columns("pid,nspid,ppid,nsppid,state,threads,orphan,container,name", &request,
				  &err), err);
	ps_text(&request, &text);
	CHECK_STR(text_get(&text), "PID NSPID PPID NSPPID S THR ORPHAN CONTAINER NAME\n"
				   " 11     1   10      0 S   1 -      web       app\n"
				   " 12     2   11      1 S   1 -      web       app\n"
				   " 13     3   10      0 S   1 -      web       app\n");
}

TEST(names_and_ids_steer_no_terminal)
{
	autotext struct text columns = { 0 }, usual = { 0 };
	struct survey survey = scene();
	struct ps_request request = { .survey = &survey };
	struct error err;

	strcpy(p[1].status.name, "a\033[2J\xc2\x9b");
	container.id = "b\xc2\x85\n";
	container.name = "c\x9b\xc3\xa4";
	ps_text(&request, &usual);
	CHECK_TRUE(strstr(text_get(&usual), "husk b??? (c?\xc3\xa4)  "));
	CHECK_OK(ps_parse_columns("container,name", &request, &err), err);
	ps_text(&request, &columns);
	CHECK_TRUE(strstr(text_get(&columns), "\nb???      a?[2J??\n"));
}

TEST(who_is_0_and_why)
{
	struct survey survey = scene();

	CHECK_INT(ps_parent_kind(&survey, 1), PS_PARENT_OUTSIDE);
	CHECK_INT(ps_parent_kind(&survey, 2), PS_PARENT_SEEN);
	p[1].parent = SURVEY_NONE;
	CHECK_INT(ps_parent_kind(&survey, 1), PS_PARENT_HIDDEN);
	p[0].status.is_kernel_thread = true;
	CHECK_INT(ps_parent_kind(&survey, 0), PS_PARENT_KERNEL);
}

TEST(an_orphan_shows_by_the_group_or_session_that_others_made)
{
	struct survey survey = scene();

	p[2].status.group = p[1].status.group;
	p[2].status.session = p[1].status.session;
	CHECK_TRUE(!ps_is_orphan(&survey, 2));
	p[2].status.group = 99;
	CHECK_TRUE(ps_is_orphan(&survey, 2));
	p[2].status.group = p[2].status.session = 12;
	CHECK_TRUE(!ps_is_orphan(&survey, 2));
	p[2].status.session = 98;
	CHECK_TRUE(ps_is_orphan(&survey, 2));
	/* Put in from outside: its session is of course another one. */
	p[3].status.session = 97;
	CHECK_TRUE(!ps_is_orphan(&survey, 3));
}

TEST(what_is_done_with_a_signal_is_one_word)
{
	struct status status = { .blocked = signal_set_of(15), .ignored = signal_set_of(1),
				 .caught = signal_set_of(2) };

	CHECK_STR(ps_catch_name(ps_catch_of(&status, 15)), "blocked");
	CHECK_STR(ps_catch_name(ps_catch_of(&status, 1)), "ignored");
	CHECK_STR(ps_catch_name(ps_catch_of(&status, 2)), "yes");
	CHECK_STR(ps_catch_name(ps_catch_of(&status, 10)), "no");
}

TEST(a_mask_of_nearly_all_signals_is_one_short_word)
{
	struct survey survey = scene();
	struct ps_request request = { .survey = &survey };
	autotext struct text text = { 0 };
	struct error err;

	p[1].status.blocked = 0xfffffffe7ffbfeff & ~signal_set_of(SIGCHLD);
	p[2].status.blocked = 0xfffffffe7ffbfeff;
	p[3].status.blocked = signal_set_of(SIGHUP) | signal_set_of(SIGINT);
	CHECK_OK(ps_parse_columns("pid,blocked", &request, &err), err);
	ps_text(&request, &text);
	CHECK_STR(text_get(&text), "PID BLOCKED\n 11 all-but-CHLD\n 12 all\n 13 HUP,INT\n");
}

TEST(ages_and_sizes_are_short)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} ages[] = { { 0, "0.0s" }, { 1999, "1.9s" }, { 61000, "1m1s" }, { 3660000, "1h1m" },
		     { 90000000, "1d1h" } };

	for (size_t i = 0; i < countof(ages); i++) {
		autotext struct text text = { 0 };

		ps_add_age(ages[i].ms, &text);
		CHECK_STR(text_get(&text), ages[i].text);
	}
	for (size_t i = 0; i < 4; i++) {
		static const uint64_t bytes[] = { 512, 1536, 64 << 20, 200ULL << 30 };
		static const char *const words[] = { "512B", "1.5K", "64.0M", "200G" };
		autotext struct text text = { 0 };

		ps_add_size(bytes[i], &text);
		CHECK_STR(text_get(&text), words[i]);
	}
}
