// SPDX-License-Identifier: GPL-2.0-or-later
#include "term/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"

enum { SLOW_MS = 2000 };

/* DECSET 1049: the other buffer, the cursor saved; 25: the cursor. ED, SGR 0: ECMA-48. */
static const char enter[] = "\033[?1049h\033[?25l\033[H\033[J";
static const char leave[] = "\033[0m\033[?25h\033[?1049l";

/* --- pure --- */

static void add_line(const char *line, size_t size, unsigned int columns, struct text *io_bytes)
{
	bool is_reverse = size > 0 && *line == '\1';

	line += is_reverse;
	size -= is_reverse;
	if (size > columns)
		size = columns;
	if (is_reverse)
		text_add(io_bytes, "\033[7m");
	text_add_bytes(io_bytes, line, size);
	if (is_reverse)
		text_add(io_bytes, "%*s\033[0m", (int)(columns - size), "");
	/* A full line leaves the cursor on its last column: clearing from there would eat it. */
	else if (size < columns)
		text_add(io_bytes, "\033[K");
}

void screen_compose(unsigned int rows, unsigned int columns, const char *lines,
		    struct text *io_bytes)
{
	text_add(io_bytes, "\033[H");
	for (unsigned int row = 0; row < rows; row++) {
		size_t size = strcspn(lines, "\n");

		if (row)
			text_add(io_bytes, "\r\n");
		add_line(lines, size, columns, io_bytes);
		lines += size + (lines[size] == '\n');
		if (!*lines) {
			/* Nothing is below the last row; a full last line stays. */
			if (row + 1 < rows)
				text_add(io_bytes, "\033[J");
			return;
		}
	}
}

int screen_parse_key(const char *bytes, size_t size, size_t *ret_used)
{
	static const struct {
		const char *rest; /* behind CSI or SS3 */
		int key;
	} sequences[] = {
		{ "A", SCREEN_KEY_UP },	      { "B", SCREEN_KEY_DOWN },	 { "H", SCREEN_KEY_HOME },
		{ "F", SCREEN_KEY_END },      { "1~", SCREEN_KEY_HOME }, { "4~", SCREEN_KEY_END },
		{ "5~", SCREEN_KEY_PAGE_UP }, { "6~", SCREEN_KEY_PAGE_DOWN },
	};

	*ret_used = 1;
	if (*bytes != SCREEN_KEY_ESCAPE)
		return (unsigned char)*bytes;
	if (size < 2 || !strchr("[O", bytes[1]))
		return SCREEN_KEY_ESCAPE;
	/* Parameters and what is between, then one final byte: ECMA-48, 5.4. */
	*ret_used = 2;
	while (*ret_used < size && bytes[*ret_used] >= ' ' && bytes[*ret_used] < '@')
		++*ret_used;
	*ret_used += *ret_used < size;
	for (size_t i = 0; i < countof(sequences); i++)
		if (strlen(sequences[i].rest) == *ret_used - 2 &&
		    strncmp(sequences[i].rest, bytes + 2, *ret_used - 2) == 0)
			return sequences[i].key;
	return SCREEN_KEY_NONE;
}

/* --- the terminal --- */

static bool can_draw(void)
{
	const char *kind = getenv("TERM");

	return kind && *kind && strcmp(kind, "dumb") != 0;
}

/* A description of our own: what others have open of the terminal stays as it is. */
static int reopen(int fd, struct error *err)
{
	autofree char *path = mem_format("/proc/self/fd/%d", fd);
	int own_fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return own_fd < 0 ? error_sys(err, "open the terminal") : own_fd;
}

/* A slow terminal is waited for; one that takes nothing at all cannot be helped. */
static void send_now(const struct screen *screen, const char *bytes)
{
	struct pollfd wait = { .fd = screen->output_fd, .events = POLLOUT };
	size_t size = strlen(bytes);

	while (size > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(write(screen->output_fd, bytes, size));

		if (n < 0 && (errno != EAGAIN || poll(&wait, 1, SLOW_MS) <= 0))
			return;
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
}

void screen_measure(struct screen *io_screen)
{
	struct winsize size = { 0 };

	if (ioctl(io_screen->output_fd, TIOCGWINSZ, &size) < 0)
		size.ws_row = size.ws_col = 0;
	io_screen->rows = size.ws_row ? size.ws_row : 24;
	io_screen->columns = size.ws_col ? size.ws_col : 80;
}

int screen_enter(struct screen *io_screen, struct error *err)
{
	struct termios keys;

	if (tcgetattr(io_screen->input_fd, &io_screen->saved) < 0)
		return error_sys(err, "tcgetattr");
	keys = io_screen->saved;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	if (tcsetattr(io_screen->input_fd, TCSANOW, &keys) < 0)
		return error_sys(err, "tcsetattr");
	io_screen->is_on = true;
	send_now(io_screen, enter);
	screen_measure(io_screen);
	return 0;
}

void screen_leave(struct screen *io_screen)
{
	if (!io_screen->is_on)
		return;
	send_now(io_screen, leave);
	/* Not drained: a terminal that takes nothing would hold us for ever. */
	tcsetattr(io_screen->input_fd, TCSANOW, &io_screen->saved);
	io_screen->is_on = false;
}

int screen_open(int input_fd, int output_fd, struct screen *ret_screen, struct error *err)
{
	autoscreen struct screen screen = SCREEN_NONE;

	if (!isatty(input_fd) || !isatty(output_fd))
		return error_set(err, ENOTTY, "standard input and output have to be a terminal");
	if (!can_draw())
		return error_set(err, ENOTTY, "a terminal of the kind \"%s\" cannot be drawn on",
				 getenv("TERM") ? getenv("TERM") : "");
	screen.input_fd = input_fd;
	screen.output_fd = reopen(output_fd, err);
	TRY(screen.output_fd);
	TRY(screen_enter(&screen, err));
	*ret_screen = screen;
	screen = (struct screen)SCREEN_NONE;
	return 0;
}

void screen_close(struct screen *io_screen)
{
	screen_leave(io_screen);
	scope_close(&io_screen->output_fd);
	*io_screen = (struct screen)SCREEN_NONE;
}

/* Returns 0 when it takes more, 1 for a signal. */
static int wait_for_room(const struct screen *screen, int signal_fd, struct error *err)
{
	struct pollfd wait[] = {
		{ .fd = screen->output_fd, .events = POLLOUT },
		{ .fd = signal_fd, .events = POLLIN },
	};

	if (TEMP_FAILURE_RETRY(poll(wait, countof(wait), -1)) < 0)
		return error_sys(err, "wait for the terminal");
	return wait[1].revents ? 1 : 0;
}

int screen_draw(struct screen *io_screen, const char *lines, int signal_fd, struct error *err)
{
	autotext struct text bytes = { 0 };
	size_t sent = 0;

	screen_compose(io_screen->rows, io_screen->columns, lines, &bytes);
	while (sent < bytes.size) {
		ssize_t n = TEMP_FAILURE_RETRY(
			write(io_screen->output_fd, bytes.data + sent, bytes.size - sent));
		int r = 0;

		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			r = wait_for_room(io_screen, signal_fd, err);
		else
			return error_sys(err, "write to the terminal");
		if (r)
			return r;
	}
	return 0;
}
