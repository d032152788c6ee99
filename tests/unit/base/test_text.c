// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <limits.h>
#include <string.h>

#include "test.h"

TEST(empty_text_is_never_null)
{
	struct text text = { 0 };
	autofree char *taken = text_take(&text);

	CHECK_STR(text_get(&text), "");
	CHECK_STR(taken, "");
}

TEST(additions_follow_one_another)
{
	autotext struct text text = { 0 };

	text_add(&text, "%s=%d", "a", 1);
	text_add(&text, "%s", "");
	text_add_bytes(&text, ",bcd", 2);
	CHECK_STR(text_get(&text), "a=1,b");
	CHECK_INT(text.size, 5);
}

TEST(bytes_may_be_zeros)
{
	autotext struct text text = { 0 };

	text_add_bytes(&text, "a\0b", 3);
	CHECK_INT(text.size, 3);
	CHECK_INT(text.data[2], 'b');
	CHECK_INT(text.data[3], 0);
}

TEST(words_of_others_are_made_plain)
{
	autotext struct text text = { 0 };

	text_add_bytes(&text, "\033", 1);
	text_add_plain(&text, "a\0\033\xc2\x9b.", 6);
	text_add_plain(&text, "", 0);
	CHECK_STR(text_get(&text), "\033a ???.");
	CHECK_INT(text.size, 7);
}

TEST(text_grows_to_any_size)
{
	autotext struct text text = { 0 };

	for (int i = 0; i < 10000; i++)
		text_add(&text, "%d,", i % 10);
	CHECK_INT(text.size, 20000);
	CHECK_INT(strlen(text_get(&text)), 20000);
}

TEST(taken_text_leaves_an_empty_one)
{
	struct text text = { 0 };
	autofree char *taken = NULL;

	text_add(&text, "abc");
	taken = text_take(&text);
	CHECK_STR(taken, "abc");
	CHECK_INT(text.size, 0);
	CHECK_STR(text_get(&text), "");
}

TEST(beginning_is_the_whole_start)
{
	CHECK_TRUE(text_begins("abc", "ab"));
	CHECK_TRUE(text_begins("abc", ""));
	CHECK_TRUE(text_begins("abc", "abc"));
	CHECK_TRUE(!text_begins("ab", "abc"));
	CHECK_TRUE(!text_begins("xab", "ab"));
}

TEST(numbers_are_whole_strings_within_their_range)
{
	static const struct {
		const char *text;
		long long min, max;
		int result;
		long long number;
	} rows[] = {
		{ "0", 0, 9, 0, 0 },
		{ "9", 0, 9, 0, 9 },
		{ "007", 0, 9, 0, 7 },
		{ "-5", -5, 5, 0, -5 },
		{ "9223372036854775807", 0, LLONG_MAX, 0, LLONG_MAX },
		{ "10", 0, 9, -ERANGE, 0 },
		{ "-6", -5, 5, -ERANGE, 0 },
		{ "9223372036854775808", 0, LLONG_MAX, -ERANGE, 0 },
		{ "4294967296", 0, 4294967295, -ERANGE, 0 },
		{ "", 0, 9, -EINVAL, 0 },
		{ "-", -9, 9, -EINVAL, 0 },
		{ "-5", 0, 9, -EINVAL, 0 },
		{ "+5", -9, 9, -EINVAL, 0 },
		{ " 5", 0, 9, -EINVAL, 0 },
		{ "5 ", 0, 9, -EINVAL, 0 },
		{ "0x5", 0, 9, -EINVAL, 0 },
		{ "5abc", 0, 9, -EINVAL, 0 },
		{ "- 5", -9, 9, -EINVAL, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		long long number = 0;

		CHECK_INT(text_number(rows[i].text, rows[i].min, rows[i].max, &number),
			  rows[i].result);
		CHECK_INT(number, rows[i].number);
	}
}
