// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/option_part.h"

#include <errno.h>

#include "base/scope.h"
#include "test.h"

TEST(durations_have_a_unit_or_are_seconds)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "0", 0 },	      { "10", 10000 },	 { "10s", 10000 }, { "500ms", 500 },
		{ "2m", 120000 },     { "1h", 3600000 }, { "0ms", 0 },	   { "007s", 7000 },
		{ "1000000000h", INT64_C(3600000000000000) },
		{ "0.5", 500 },	      { "1.5s", 1500 },	 { "1.2345s", 1234 }, { "1.5m", 90000 },
		{ "1h30m", 5400000 }, { "1m0.5s", 60500 }, { "0.0009s", 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		int64_t ms = -1;

		CHECK_INT(init_option_duration(rows[i].text, &ms), 0);
		CHECK_INT(ms, rows[i].ms);
	}
}

TEST(what_is_no_duration_is_refused)
{
	static const char *const rows[] = {
		"", "s", "-1", "+1", " 1", "1 s", "1x", "1.", "1.s", ".5s", "1.5.5s", "10sec", "1h30", "0s5", "1h 1m",
		"1s-1s", "1000000001",
		"99999999999999999999999s",
	};

	for (size_t i = 0; i < countof(rows); i++) {
		int64_t ms = -1;

		CHECK_INT(init_option_duration(rows[i], &ms), -EINVAL);
		CHECK_INT(ms, -1);
	}
}

TEST(variables_are_found_by_their_whole_name)
{
	char *env[] = { "AB=1", "A", "A=2", "EMPTY=", NULL };

	CHECK_STR(init_option_env(env, "A"), "2");
	CHECK_STR(init_option_env(env, "EMPTY"), "");
	CHECK_TRUE(!init_option_env(env, "B"));
}
