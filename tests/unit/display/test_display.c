// SPDX-License-Identifier: GPL-2.0-or-later
#include "display/display.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "forked.h"

enum { ROWS = 4, WIDTH = 10 };

static int master_fd;
static struct termios before;

/* The standard input and output of this process are a terminal from now on. */
static void take_terminal(const char *kind)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = WIDTH };
	int slave_fd;

	FORKED_NEEDS(access("/lib/terminfo/x/xterm", R_OK) == 0, "the description of xterm");
	CHECK_INT(openpty(&master_fd, &slave_fd, NULL, NULL, &size), 0);
	CHECK_INT(tcgetattr(slave_fd, &before), 0);
	dup2(slave_fd, STDIN_FILENO);
	dup2(slave_fd, STDOUT_FILENO);
	setenv("TERM", kind, 1);
}

/* What the terminal has been sent since; the pty has it at once. */
static char *sent(void)
{
	struct pollfd wait = { .fd = master_fd, .events = POLLIN };
	struct text all = { 0 };
	char bytes[4096];

	while (poll(&wait, 1, 0) > 0) {
		ssize_t size = read(master_fd, bytes, sizeof(bytes));

		CHECK_TRUE(size > 0);
		text_add_bytes(&all, bytes, (size_t)size);
	}
	return text_take(&all);
}

static bool is_as_before(void)
{
	struct termios now;

	CHECK_INT(tcgetattr(STDIN_FILENO, &now), 0);
	return now.c_lflag == before.c_lflag && now.c_oflag == before.c_oflag &&
	       now.c_iflag == before.c_iflag && memcmp(now.c_cc, before.c_cc, sizeof(now.c_cc)) == 0;
}

static void open_draw_close(void)
{
	autofree char *opening = NULL, *first = NULL, *second = NULL, *closing = NULL;
	struct display display;
	struct error err;

	take_terminal("xterm");
	CHECK_OK(display_open(&display, &err), err);
	CHECK_TRUE(!is_as_before());
	CHECK_INT(display.rows, ROWS);
	CHECK_INT(display.width, WIDTH);
	opening = sent();
	CHECK_TRUE(strstr(opening, "\033[?1049h") && strstr(opening, "\033[?25l"));
	CHECK_INT(display_draw(&display, "abc\n\1de\nlonger than the width\n4\n5", -1, &err), 0);
	first = sent();
	CHECK_TRUE(strstr(first, "abc") && strstr(first, "7mde"));
	CHECK_TRUE(strstr(first, "longer tha") && !strstr(first, "longer than"));
	CHECK_TRUE(strchr(first, '4') && !strchr(first, '5'));
	/* Only what has changed. */
	CHECK_INT(display_draw(&display, "abX\n\1de\nlonger than the width\n4\n5", -1, &err), 0);
	second = sent();
	CHECK_TRUE(strchr(second, 'X') && !strstr(second, "longer"));
	display_close(&display);
	closing = sent();
	CHECK_TRUE(strstr(closing, "\033[?25h") && strstr(closing, "\033[?1049l"));
	CHECK_TRUE(is_as_before());
}

TEST(terminal_is_taken_drawn_on_and_given_back)
{
	RUN_FORKED(open_draw_close);
}

static void leave_and_enter(void)
{
	autofree char *first = NULL, *left = NULL, *again = NULL, *repainted = NULL;
	struct display display;
	struct error err;

	take_terminal("xterm");
	CHECK_OK(display_open(&display, &err), err);
	CHECK_INT(display_draw(&display, "abc", -1, &err), 0);
	first = sent();
	display_leave(&display);
	left = sent();
	CHECK_TRUE(strstr(left, "\033[?1049l") && is_as_before());
	CHECK_OK(display_enter(&display, &err), err);
	CHECK_INT(display_draw(&display, "abc", -1, &err), 0);
	again = sent();
	CHECK_TRUE(strstr(again, "\033[?1049h") && strstr(again, "abc") && !is_as_before());
	CHECK_INT(tcsetattr(STDIN_FILENO, TCSANOW, &before), 0);
	CHECK_OK(display_repaint(&display, &err), err);
	CHECK_INT(display_draw(&display, "abc", -1, &err), 0);
	repainted = sent();
	CHECK_TRUE(strstr(repainted, "abc") && !is_as_before());
	display_close(&display);
	CHECK_TRUE(is_as_before());
}

TEST(what_others_have_shown_and_set_is_overwritten)
{
	RUN_FORKED(leave_and_enter);
}

static void resize(void)
{
	static const struct winsize sizes[] = { { .ws_row = 1, .ws_col = 1 },
						{ .ws_row = 50, .ws_col = 200 },
						{ .ws_row = UINT16_MAX, .ws_col = UINT16_MAX },
						{ 0 } };
	static const unsigned int expected[][2] = { { 1, 1 }, { 50, 200 }, { 1000, 2000 },
						    { 24, 80 } };
	struct display display;
	struct error err;

	take_terminal("xterm");
	CHECK_OK(display_open(&display, &err), err);
	for (size_t i = 0; i < countof(sizes); i++) {
		autofree char *bytes = NULL;

		CHECK_INT(ioctl(master_fd, TIOCSWINSZ, &sizes[i]), 0);
		display_measure(&display);
		CHECK_INT(display.rows, expected[i][0]);
		CHECK_INT(display.width, expected[i][1]);
		CHECK_INT(display_draw(&display, "ab\ncd", -1, &err), 0);
		bytes = sent();
		CHECK_TRUE(strchr(bytes, 'a') && !strchr(bytes, 'b') == (i == 0));
	}
	display_close(&display);
}

TEST(the_size_is_the_terminal_s_within_reason)
{
	RUN_FORKED(resize);
}

static void press_keys(void)
{
	static const char bytes[] = "q\r\x7f\xff\033OA\033OB\033[5~\033[6~\033OH\033OF\033[15~\033";
	static const int keys[] = { 'q', '\r', DISPLAY_KEY_BACKSPACE, 0xff, DISPLAY_KEY_UP,
				    DISPLAY_KEY_DOWN, DISPLAY_KEY_PAGE_UP, DISPLAY_KEY_PAGE_DOWN,
				    DISPLAY_KEY_HOME, DISPLAY_KEY_END, DISPLAY_KEY_OTHER,
				    DISPLAY_KEY_ESCAPE, DISPLAY_NO_KEY };
	struct display display;
	struct error err;

	take_terminal("xterm");
	CHECK_OK(display_open(&display, &err), err);
	CHECK_INT(display_read_key(), DISPLAY_NO_KEY);
	CHECK_INT(write(master_fd, bytes, sizeof(bytes) - 1), sizeof(bytes) - 1);
	for (size_t i = 0; i < countof(keys); i++)
		CHECK_INT(display_read_key(), keys[i]);
	display_close(&display);
}

TEST(keys_are_told_from_what_terminals_send)
{
	RUN_FORKED(press_keys);
}

static void be_stopped(void)
{
	char long_line[WIDTH * ROWS + 1] = "";
	struct display display;
	struct error err;
	int ends[2];

	take_terminal("xterm");
	CHECK_INT(pipe(ends), 0);
	CHECK_OK(display_open(&display, &err), err);
	CHECK_INT(tcflow(STDOUT_FILENO, TCOOFF), 0);
	memset(long_line, 'x', sizeof(long_line) - 1);
	/* The other end of what stands for a signalfd is readable: a signal has come. */
	CHECK_INT(write(ends[1], "", 1), 1);
	CHECK_INT(display_draw(&display, long_line, ends[0], &err), 1);
	CHECK_INT(tcflow(STDOUT_FILENO, TCOON), 0);
	{
		autofree char *bytes = NULL;

		CHECK_INT(display_draw(&display, "abc", ends[0], &err), 0);
		bytes = sent();
		CHECK_TRUE(strstr(bytes, "\033[H\033[2J") && strstr(bytes, "abc"));
	}
	display_close(&display);
}

TEST(signal_ends_the_wait_for_a_terminal_that_takes_nothing)
{
	RUN_FORKED(be_stopped);
}

static void refuse(void)
{
	static const char *const kinds[] = { "dumb", "", "no-such-terminal", "../x/xterm" };
	struct display display;
	struct error err;

	take_terminal("xterm");
	for (size_t i = 0; i < countof(kinds); i++) {
		autofree char *bytes = NULL, *text = NULL;

		setenv("TERM", kinds[i], 1);
		CHECK_INT(display_open(&display, &err), -ENOTTY);
		text = mem_format("TERM is \"%s\": terminfo describes no terminal of that name "
				  "that can be drawn on", kinds[i]);
		CHECK_STR(err.text, text);
		bytes = sent();
		CHECK_STR(bytes, "");
		CHECK_TRUE(is_as_before());
	}
	unsetenv("TERM");
	CHECK_INT(display_open(&display, &err), -ENOTTY);
	close(STDIN_FILENO);
	CHECK_ERROR(display_open(&display, &err), err, ENOTTY,
		    "standard input and output have to be a terminal");
}

TEST(what_cannot_be_drawn_on_is_refused_and_sent_nothing)
{
	RUN_FORKED(refuse);
}
