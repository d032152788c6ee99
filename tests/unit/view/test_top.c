// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/top.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "display/display.h"
#include "test.h"
#include "view/table.h"

static struct survey_process p[3];
static struct survey_container containers[2];

static struct survey scene(uint64_t cpu_ns)
{
	struct survey survey;

	p[0] = table_process(10, 0, 0);
	p[1] = table_process(2000000011, 1, 10);
	p[2] = table_process(2000000012, 1, 10);
	survey = table_survey(p, countof(p));
	p[1].container = 0;
	p[2].container = 1;
	p[2].status.shared_pending = 1;
	containers[0] = (struct survey_container){
		.engine = ENGINE_DOCKER, .id = "aaa", .first = 1, .processes = 1, .threads = 1,
		.has_stat = true,
		.stat = { .cpu_ns = { true, cpu_ns }, .memory_current_bytes = { true, 1 << 20 },
			  .memory_limit_bytes = { true, 64 << 20 }, .pids_current = { true, 3 },
			  .pids_limit = { true, 50 } },
	};
	containers[1] = (struct survey_container){
		.engine = ENGINE_PODMAN, .id = "bbb", .name = "web", .first = 2, .processes = 1,
		.threads = 1, .zombies = 1,
	};
	survey.container = containers;
	survey.container_count = 2;
	return survey;
}

static void take(uint64_t cpu_ns, uint64_t time_ns, struct top *io_top)
{
	struct survey survey = scene(cpu_ns);

	top_take(&survey, time_ns, io_top);
}

TEST(rates_are_there_from_the_second_sample_on)
{
	autotop struct top top = { 0 };

	take(1000000000, 1000000000, &top);
	CHECK_TRUE(!top.sample.row[0].cpu_permille.is_set);
	take(1500000000, 2000000000, &top);
	CHECK_TRUE(top.sample.row[0].cpu_permille.is_set);
	CHECK_INT(top.sample.row[0].cpu_permille.value, 500);
	/* A counter that went back is that of another container with the same name. */
	take(0, 3000000000, &top);
	CHECK_INT(top.sample.row[0].cpu_permille.value, 0);
}

TEST(a_row_has_what_the_cgroup_counts_or_the_processes_say)
{
	autotop struct top top = { 0 };

	take(0, 1, &top);
	CHECK_INT(top.sample.row[0].tasks.value, 3);
	CHECK_INT(top.sample.row[0].tasks_limit.value, 50);
	CHECK_INT(top.sample.row[1].tasks.value, 2);
	CHECK_TRUE(!top.sample.row[1].memory.is_set);
	CHECK_INT(top.sample.row[1].zombies, 1);
	CHECK_INT(top.sample.row[1].pending, 1);
}

static bool is_before(struct top *io_top, const char *one, const char *other)
{
	autotext struct text lines = { 0 };
	const char *a, *b;

	top_compose(io_top, 24, &lines);
	a = strstr(text_get(&lines), one);
	b = strstr(text_get(&lines), other);
	return a && b && a < b;
}

TEST(keys_sort_and_reverse)
{
	autotop struct top top = { 0 };

	take(0, 1, &top);
	CHECK_INT(top_key('m', &top), TOP_REDRAW);
	CHECK_TRUE(is_before(&top, "aaa", "web"));
	top_key('z', &top);
	CHECK_TRUE(is_before(&top, "web", "aaa"));
	top_key('s', &top);
	CHECK_TRUE(is_before(&top, "web", "aaa"));
	top_key('n', &top);
	CHECK_TRUE(is_before(&top, "aaa", "web"));
	top_key('r', &top);
	CHECK_TRUE(is_before(&top, "web", "aaa"));
	CHECK_INT(top_key('q', &top), TOP_QUIT);
	CHECK_INT(top_key(' ', &top), TOP_SAMPLE);
	CHECK_INT(top_key('x', &top), TOP_STAY);
}

TEST(a_filter_is_typed_corrected_and_dropped)
{
	autotop struct top top = { 0 };

	take(0, 1, &top);
	top_key('/', &top);
	for (const char *at = "WEBq"; *at; at++)
		CHECK_INT(top_key(*at, &top), TOP_REDRAW);
	top_key(0x7f, &top);
	top_key('\r', &top);
	CHECK_STR(top.filter, "WEB");
	CHECK_TRUE(!is_before(&top, "aaa", "web") && !is_before(&top, "web", "aaa"));
	top_key('/', &top);
	top_key(DISPLAY_KEY_ESCAPE, &top);
	CHECK_STR(top.filter, "");
	CHECK_TRUE(is_before(&top, "aaa", "web"));
}

TEST(nothing_but_ascii_gets_to_the_screen)
{
	autotop struct top top = { .filter = "b\n\1\xc3\xa4" };
	autotext struct text lines = { 0 };

	take(0, 1, &top);
	top.sample.row[0].name = "b\n\1\xc3\xa4 \033[2J";
	top.sample.row[0].command = "\xe6\x97\xa5\x9b\t";
	top_compose(&top, 0, &lines);
	CHECK_TRUE(strstr(text_get(&lines), "filter: b????\n"));
	CHECK_TRUE(strstr(text_get(&lines), " b???? ?[2J ") && strstr(text_get(&lines), " ?????\n"));
}

TEST(a_filter_longer_than_its_room_is_cut)
{
	autotop struct top top = { .is_typing = true };

	for (int i = 0; i < 2 * TOP_FILTER_SIZE; i++)
		top_key('x', &top);
	CHECK_INT(strlen(top.filter), TOP_FILTER_SIZE - 1);
}

static size_t count_lines(const char *text)
{
	size_t count = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

TEST(a_screen_has_exactly_its_rows_and_scrolls)
{
	autotop struct top top = { .sort = TOP_NAME };

	take(0, 1, &top);
	for (unsigned int rows = 4; rows < 10; rows++) {
		autotext struct text lines = { 0 };

		top_compose(&top, rows, &lines);
		CHECK_INT(count_lines(text_get(&lines)), rows);
	}
	top_key(DISPLAY_KEY_DOWN, &top);
	{
		autotext struct text lines = { 0 };

		top_compose(&top, 4, &lines);
		CHECK_TRUE(!strstr(text_get(&lines), "aaa") && strstr(text_get(&lines), "web"));
	}
	top_key(DISPLAY_KEY_END, &top);
	CHECK_TRUE(is_before(&top, "aaa", "web"));
	CHECK_INT(top.scroll, 0);
}

TEST(the_smallest_screens_do_not_break_it)
{
	autotop struct top top = { 0 };

	take(0, 1, &top);
	for (unsigned int rows = 1; rows < 4; rows++) {
		autotext struct text lines = { 0 };

		top_compose(&top, rows, &lines);
		CHECK_TRUE(lines.size > 0);
	}
}

TEST(sort_words_are_known_and_others_named)
{
	enum top_sort sort;
	struct error err;

	CHECK_OK(top_parse_sort("zombies", &sort, &err), err);
	CHECK_INT(sort, TOP_ZOMBIES);
	CHECK_ERROR(top_parse_sort("x", &sort, &err), err, EINVAL,
		    "--sort: \"x\" is not one of cpu, memory, tasks, zombies, signals, name");
}
