// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "json/number.h"

TEST(numbers_are_hidden_in_their_own_room)
{
	static const struct {
		const char *text, *expected;
		size_t count;
	} rows[] = {
		{ "", "", 0 },
		{ "9223372036854775807", "9223372036854775807", 0 },
		{ "9223372036854775808", "1.50000000000000000", 1 },
		{ "18446744073709551615", "1.500000000000000000", 1 },
		{ "-9223372036854775808", "-9223372036854775808", 0 },
		{ "-9223372036854775809", "1.500000000000000000", 1 },
		{ "[99999999999999999999,99999999999999999999]",
		  "[1.500000000000000000,2.500000000000000000]", 2 },
		{ "1.5", "0.0", 0 },
		{ "1e5", "0.0", 0 },
		{ "-1.25E+10 ", "0.0000000 ", 0 },
		{ "\"99999999999999999999\"", "\"99999999999999999999\"", 0 },
		{ "\"\\\"99999999999999999999", "\"\\\"99999999999999999999", 0 },
		{ "\"\\", "\"\\", 0 },
		{ "\"", "\"", 0 },
		/* No numbers, so they stay as they are. */
		{ "099999999999999999999", "099999999999999999999", 0 },
		{ "1.", "1.", 0 },
		{ "1e", "1e", 0 },
		{ "1e+", "1e+", 0 },
		{ "-", "-", 0 },
		{ "--1.5", "--1.5", 0 },
		{ "1.5.5", "1.5.5", 0 },
		{ "99999999999999999999-1", "99999999999999999999-1", 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoclean(arena_clear) struct arena arena = { 0 };
		size_t size = strlen(rows[i].text);
		autofree char *text = malloc(size ? size : 1);
		struct number_list list;
		const char *hidden;

		memcpy(text, rows[i].text, size);
		hidden = number_hide(text, size, &arena, &list);
		CHECK_INT(strncmp(hidden, rows[i].expected, size), 0);
		CHECK_INT(list.count, rows[i].count);
	}
}

TEST(a_hidden_number_is_found_by_the_real_in_its_place)
{
	static const char text[] = "[18446744073709551616,18446744073709551615,0.5]";
	autoclean(arena_clear) struct arena arena = { 0 };
	const struct number_list none = { 0 };
	struct number_list list;
	uint64_t value = 0;

	number_hide(text, strlen(text), &arena, &list);
	CHECK_INT(list.count, 2);
	CHECK_TRUE(number_find(&list, 0.0) == NULL);
	CHECK_TRUE(number_find(&none, 1e300) == NULL);
	CHECK_TRUE(number_find(&list, 1.5) == &list.item[0]);
	CHECK_INT(number_parse(number_find(&list, 1.5), &value), -ERANGE);
	CHECK_INT(number_parse(number_find(&list, 2.5), &value), 0);
	CHECK_TRUE(value == UINT64_MAX);
}

TEST(a_negative_number_does_not_parse)
{
	const struct number_token token = { "-1", 2 };
	uint64_t value;

	CHECK_INT(number_parse(&token, &value), -ERANGE);
}
