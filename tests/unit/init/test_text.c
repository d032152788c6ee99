// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

TEST(numbers_are_written_in_full)
{
	static const struct {
		int64_t number;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 7, "7" }, { -1, "-1" }, { INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		char room[32];
		struct init_text text = INIT_TEXT_IN(room);

		init_text_add_number(&text, rows[i].number);
		CHECK_STR(room, rows[i].text);
	}
}

TEST(times_are_seconds_with_three_decimals)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = { { 0, "0.000 s" }, { 1204, "1.204 s" }, { 90, "0.090 s" }, { -5, "0.000 s" } };

	for (size_t i = 0; i < countof(rows); i++) {
		char room[32];
		struct init_text text = INIT_TEXT_IN(room);

		init_text_add_seconds(&text, rows[i].ms);
		CHECK_STR(room, rows[i].text);
	}
}

TEST(signals_and_errors_have_their_names)
{
	char room[64];
	struct init_text text = INIT_TEXT_IN(room);

	init_text_add_signal(&text, SIGTERM);
	init_text_add(&text, " ");
	init_text_add_signal(&text, 32);
	init_text_add(&text, " ");
	init_text_add_errno(&text, ENOENT);
	init_text_add(&text, " ");
	init_text_add_errno(&text, 999);
	CHECK_STR(room, "SIGTERM 32 No such file or directory errno 999");
}

TEST(the_errors_that_are_known_have_the_words_of_strerror)
{
	for (int code = 1; code < 133; code++) {
		char room[64];
		struct init_text text = INIT_TEXT_IN(room);

		init_text_add_errno(&text, code);
		if (strncmp(room, "errno", 5) != 0)
			CHECK_STR(room, strerror(code));
	}
}

TEST(what_does_not_fit_is_cut)
{
	char room[6];
	struct init_text text = INIT_TEXT_IN(room);

	init_text_add(&text, "1234");
	init_text_add(&text, "567");
	CHECK_STR(room, "12345");
	init_text_add(&text, "8");
	CHECK_STR(room, "12345");
	CHECK_INT(text.size, 5);
}
