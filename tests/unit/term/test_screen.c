// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/screen.h"

#include <errno.h>
#include <unistd.h>

#include "base/scope.h"
#include "test.h"

TEST(lines_are_cut_and_what_is_behind_them_cleared)
{
	autotext struct text bytes = { 0 };

	screen_compose(4, 5, "abcdefg\nhi\n\1jk", &bytes);
	CHECK_STR(text_get(&bytes), "\033[Habcde\r\nhi\033[K\r\n\033[7mjk   \033[0m\033[J");
}

TEST(lines_below_the_last_row_are_not_shown)
{
	autotext struct text bytes = { 0 };

	screen_compose(2, 80, "a\nb\nc\nd", &bytes);
	CHECK_STR(text_get(&bytes), "\033[Ha\033[K\r\nb\033[K");
}

TEST(a_line_in_reverse_is_as_wide_as_the_screen)
{
	autotext struct text bytes = { 0 };

	screen_compose(1, 3, "\1abcd", &bytes);
	CHECK_STR(text_get(&bytes), "\033[H\033[7mabc\033[0m");
}

TEST(keys_are_told_from_what_terminals_send)
{
	static const struct {
		const char *bytes;
		size_t size;
		int key;
		size_t used;
	} rows[] = {
		{ "q", 1, 'q', 1 },
		{ "qr", 2, 'q', 1 },
		{ "\033", 1, SCREEN_KEY_ESCAPE, 1 },
		{ "\033q", 2, SCREEN_KEY_ESCAPE, 1 },
		{ "\033[A", 3, SCREEN_KEY_UP, 3 },
		{ "\033OB", 3, SCREEN_KEY_DOWN, 3 },
		{ "\033[5~x", 5, SCREEN_KEY_PAGE_UP, 4 },
		{ "\033[6~", 4, SCREEN_KEY_PAGE_DOWN, 4 },
		{ "\033[1~", 4, SCREEN_KEY_HOME, 4 },
		{ "\033[F", 3, SCREEN_KEY_END, 3 },
		{ "\033[1;5A", 6, SCREEN_KEY_NONE, 6 },
		{ "\033[", 2, SCREEN_KEY_NONE, 2 },
		{ "\xff", 1, 0xff, 1 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		size_t used;

		CHECK_INT(screen_parse_key(rows[i].bytes, rows[i].size, &used), rows[i].key);
		CHECK_INT(used, rows[i].used);
	}
}

TEST(what_is_no_terminal_is_refused)
{
	struct screen screen = SCREEN_NONE;
	struct error err;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(screen_open(ends[0], ends[1], &screen, &err), -ENOTTY);
	CHECK_TRUE(!screen.is_on);
	close(ends[0]);
	close(ends[1]);
}
