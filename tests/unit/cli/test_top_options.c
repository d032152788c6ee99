// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/top.h"

#include <errno.h>

#include "base/scope.h"
#include "test.h"

TEST(what_is_not_asked_for_has_its_usual_value)
{
	struct top_request request;
	struct error err;

	CHECK_OK(top_options_check(&(struct top_values){ 0 }, &request, &err), err);
	CHECK_INT(request.delay_ms, 2000);
	CHECK_INT(request.count, 0);
	CHECK_INT(request.sort, TOP_CPU);
	CHECK_TRUE(!request.filter);
}

TEST(words_become_a_request)
{
	char *words[] = { "--sort", "tasks", "-d", "500ms", "-n3", "--filter=web", "-b" };
	struct top_values values = { 0 };
	struct top_request request;
	struct error err;

	CHECK_INT(option_parse(top_options, OPTION_MIXED, countof(words), words, &values, &err), 0);
	CHECK_TRUE(values.batch);
	CHECK_OK(top_options_check(&values, &request, &err), err);
	CHECK_INT(request.sort, TOP_TASKS);
	CHECK_INT(request.delay_ms, 500);
	CHECK_INT(request.count, 3);
	CHECK_STR(request.filter, "web");
}

TEST(values_out_of_range_are_named)
{
	static const struct {
		struct top_values values;
		const char *text;
	} rows[] = {
		{ { .delay = { true, 99 } }, "--delay: must be from 100ms to 24h" },
		{ { .delay = { true, 86400001 } }, "--delay: must be from 100ms to 24h" },
		{ { .count = { true, 0 } }, "--count: must be at least 1" },
		{ { .sort = "x" }, "--sort: \"x\" is not one of cpu, memory, tasks, zombies, "
				   "signals, name" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct top_request request;
		struct error err;

		CHECK_ERROR(top_options_check(&rows[i].values, &request, &err), err, EINVAL,
			    rows[i].text);
	}
}
