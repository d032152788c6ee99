// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/utf8.h"

#include <string.h>

#include "base/scope.h"
#include "test.h"

TEST(characters_are_as_long_as_they_say)
{
	static const struct {
		const char *text;
		size_t size;
	} rows[] = {
		{ "a", 1 }, { "", 1 }, { "\xc2\x80", 2 }, { "\xe0\xa0\x80", 3 },
		{ "\xed\x9f\xbf", 3 }, { "\xf0\x90\x80\x80", 4 }, { "\xf4\x8f\xbf\xbf", 4 },
		/* Alone, cut, too long for their value, a surrogate, beyond the last. */
		{ "\x80", 0 }, { "\xff", 0 }, { "\xc3", 0 }, { "\xe2\x82", 0 },
		{ "\xf0\x9f\x98", 0 }, { "\xc1\x9b", 0 }, { "\xe0\x9f\x80", 0 },
		{ "\xed\xa0\x80", 0 }, { "\xf4\x90\x80\x80", 0 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(utf8_size(rows[i].text), rows[i].size);
}

TEST(nothing_that_a_terminal_obeys_is_left)
{
	static const struct {
		const char *text, *plain;
	} rows[] = {
		{ "", "" },
		{ "sleep 3600 ~", "sleep 3600 ~" },
		{ "\x01\t\n\x1b[2J\x7f", "????[2J?" },
		/* CSI, the first and the last of C1; U+00A0 is none. */
		{ "\xc2\x9b" "2J\xc2\x80\xc2\x9f\xc2\xa0", "??2J????\xc2\xa0" },
		{ "\x9b" "2J\xff\xc3", "?2J??" },
		/* A character that is cut does not take what is behind it along. */
		{ "\xe2\x82\x1b[2J", "???[2J" },
		{ "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80", "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		char text[64] = "";

		strcpy(text, rows[i].text);
		utf8_make_plain(text, strlen(text));
		CHECK_STR(text, rows[i].plain);
	}
}

TEST(the_words_of_a_process_have_blanks_between)
{
	char words[] = "sh\0-c\0true";

	utf8_make_plain(words, sizeof(words) - 1);
	CHECK_STR(words, "sh -c true");
}
