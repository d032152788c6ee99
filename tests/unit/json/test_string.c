// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "json/bind.h"
#include "json/string.h"

/* H-13 */
TEST(only_what_must_be_is_escaped)
{
	static const struct {
		const char *string, *expected;
	} rows[] = {
		{ "", "\"\"" },
		{ "a/b 'c' \x7f", "\"a/b 'c' \x7f\"" },
		{ "\"\\", "\"\\\"\\\\\"" },
		{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
		{ "\x01\x1f", "\"\\u0001\\u001f\"" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		/* No UTF-8: alone, cut, too long, a surrogate, beyond the last. */
		{ "a\xff" "b", "\"a\xef\xbf\xbd" "b\"" },
		{ "\x80", "\"\xef\xbf\xbd\"" },
		{ "\xc3", "\"\xef\xbf\xbd\"" },
		{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autotext struct text text = { 0 };

		string_quote(rows[i].string, &text);
		CHECK_STR(text_get(&text), rows[i].expected);
	}
}

TEST(shown_text_is_one_short_line)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "" },
		{ "plain \xc3\xa4", "plain \xc3\xa4" },
		{ "a\nb\x1b[31m\x7f", "a?b?[31m?" },
		{ "\xc2\x9b" "31m", "?31m" },
		{ "\xff\xfe", "??" },
		{ "0123456789012345678901234567890123456789012345678901234567890123",
		  "0123456789012345678901234567890123456789012345678901234567890123" },
		{ "01234567890123456789012345678901234567890123456789012345678901234",
		  "0123456789012345678901234567890123456789012345678901234567890123..." },
		{ "012345678901234567890123456789012345678901234567890123456789012\xf0\x9f\x98\x80",
		  "012345678901234567890123456789012345678901234567890123456789012..." },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_STR(json_show(rows[i].text).text, rows[i].expected);
}
