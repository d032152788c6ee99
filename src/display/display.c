// SPDX-License-Identifier: GPL-2.0-or-later
#include "display/display.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"

/* Beyond the largest terminals; ncurses has some memory for each place. */
enum { ROWS_MOST = 1000, WIDTH_MOST = 2000 };

/* How long to wait for a terminal that is left, and for the rest of a key's sequence. */
enum { SLOW_MS = 2000, SEQUENCE_MS = 50 };

/* --- bytes on their way --- */

/* What ncurses has written since; the caller frees it. */
static int take_bytes(struct display *io_display, char **ret_bytes, size_t *ret_size,
		      struct error *err)
{
	int fd = fileno(io_display->drawn);
	off_t size = lseek(fd, 0, SEEK_CUR);
	autofree char *bytes = mem_new((size_t)size + 1);

	if (pread(fd, bytes, (size_t)size, 0) != size || ftruncate(fd, 0) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		return error_sys(err, "read what is to be drawn");
	*ret_size = (size_t)size;
	*ret_bytes = ptr_take(&bytes);
	return 0;
}

/* Returns 0 when it takes more, 1 for a signal. */
static int wait_for_room(const struct display *display, int signal_fd, struct error *err)
{
	struct pollfd wait[] = {
		{ .fd = display->output_fd, .events = POLLOUT },
		{ .fd = signal_fd, .events = POLLIN },
	};
	int ready = TEMP_FAILURE_RETRY(poll(wait, countof(wait), signal_fd < 0 ? SLOW_MS : -1));

	if (ready < 0)
		return error_sys(err, "wait for the terminal");
	return !ready || wait[1].revents ? 1 : 0;
}

/* @signal_fd: -1 not to wait for ever; what takes no bytes at all cannot be helped. */
static int send_bytes(struct display *io_display, int signal_fd, struct error *err)
{
	autofree char *bytes = NULL;
	size_t size = 0, done = 0;
	int r = 0;

	TRY(take_bytes(io_display, &bytes, &size, err));
	while (done < size && r == 0) {
		ssize_t n = TEMP_FAILURE_RETRY(
			write(io_display->output_fd, bytes + done, size - done));

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN)
			r = wait_for_room(io_display, signal_fd, err);
		else
			return error_sys(err, "write to the terminal");
	}
	/* ncurses believes that all of it has got there. */
	if (done < size)
		clearok(curscr, TRUE);
	return r;
}

/* --- taking and giving back --- */

void display_measure(struct display *io_display)
{
	struct winsize size = { 0 };

	if (ioctl(io_display->output_fd, TIOCGWINSZ, &size) < 0)
		size.ws_row = size.ws_col = 0;
	io_display->rows = size.ws_row ? size.ws_row : 24;
	io_display->width = size.ws_col ? size.ws_col : 80;
	if (io_display->rows > ROWS_MOST)
		io_display->rows = ROWS_MOST;
	if (io_display->width > WIDTH_MOST)
		io_display->width = WIDTH_MOST;
	resize_term((int)io_display->rows, (int)io_display->width);
	clearok(curscr, TRUE);
}

int display_repaint(struct display *io_display, struct error *err)
{
	if (tcsetattr(STDIN_FILENO, TCSANOW, &io_display->during) < 0)
		return error_sys(err, "tcsetattr");
	display_measure(io_display);
	return 0;
}

static int take_terminal(struct display *io_display, struct error *err)
{
	int r;

	io_display->is_on = true;
	TRY(display_repaint(io_display, err));
	refresh();
	r = send_bytes(io_display, -1, err);
	return r < 0 ? r : 0;
}

int display_enter(struct display *io_display, struct error *err)
{
	if (tcgetattr(STDIN_FILENO, &io_display->before) < 0)
		return error_sys(err, "tcgetattr");
	return take_terminal(io_display, err);
}

void display_wait_foreground(void)
{
	tcflow(STDIN_FILENO, TCOON);
}

void display_leave(struct display *io_display)
{
	struct error ignored;

	if (!io_display->is_on)
		return;
	endwin();
	/* A terminal that is gone, or takes nothing, holds up neither. */
	(void)!send_bytes(io_display, -1, &ignored);
	tcsetattr(STDIN_FILENO, TCSANOW, &io_display->before);
	io_display->is_on = false;
}

/* ncurses would catch some signals, but all are the owner's. */
static struct screen *start_curses(FILE *output)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[countof(caught)];
	struct screen *curses;

	for (size_t i = 0; i < countof(caught); i++)
		sigaction(caught[i], NULL, &before[i]);
	curses = newterm(NULL, output, stdin);
	for (size_t i = 0; i < countof(caught); i++)
		sigaction(caught[i], &before[i], NULL);
	return curses;
}

/* Asked first, since a newterm that fails does not free all that it took. */
static bool is_described(const char *kind, int fd)
{
	int found;

	if (!kind || !*kind || setupterm(kind, fd, &found) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}

static int start(struct display *io_display, struct error *err)
{
	const char *kind = getenv("TERM");

	if (tcgetattr(STDIN_FILENO, &io_display->before) < 0)
		return error_sys(err, "tcgetattr");
	if (is_described(kind, fileno(io_display->drawn)))
		io_display->curses = start_curses(io_display->drawn);
	if (io_display->curses && tigetstr("cup"))
		return 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &io_display->before);
	return error_set(err, ENOTTY, "TERM is \"%s\": terminfo describes no terminal of that "
			 "name that can be drawn on", kind ? kind : "");
}

/* ncurses sets the terminal as it wants it, and has sent nothing yet. */
static int set_up(struct display *io_display, struct error *err)
{
	autoclose int memory_fd = memfd_create("husk-top", MFD_CLOEXEC);

	if (memory_fd < 0)
		return error_sys(err, "memfd_create");
	TRY(start(io_display, err));
	cbreak();
	noecho();
	nonl();
	/* Neither fails for what has just been asked and opened. */
	tcgetattr(STDIN_FILENO, &io_display->during);
	dup3(memory_fd, fileno(io_display->drawn), O_CLOEXEC);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(SEQUENCE_MS);
	/* A key that waits to be read does not put off what is to be shown. */
	typeahead(-1);
	(void)curs_set(0);
	return 0;
}

/* A description of our own: what others have open of the terminal stays as it is. */
static int reopen(struct display *io_display, struct error *err)
{
	const int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	autoclose int fd = -1;

	io_display->output_fd = open("/proc/self/fd/1", flags);
	/* Another user's, under su(1); but everybody may open what controls the session. */
	if (io_display->output_fd < 0 && tcgetpgrp(STDOUT_FILENO) >= 0)
		io_display->output_fd = open("/dev/tty", flags);
	if (io_display->output_fd < 0)
		return error_sys(err, "open the terminal");
	fd = fcntl(io_display->output_fd, F_DUPFD_CLOEXEC, 0);
	io_display->drawn = fd < 0 ? NULL : fdopen(fd, "w");
	if (!io_display->drawn)
		return error_sys(err, "open the terminal");
	(void)fd_take(&fd);
	return 0;
}

int display_open(struct display *ret_display, struct error *err)
{
	autodisplay struct display display = DISPLAY_NONE;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(err, ENOTTY, "standard input and output have to be a terminal");
	TRY(reopen(&display, err));
	TRY(set_up(&display, err));
	TRY(take_terminal(&display, err));
	*ret_display = display;
	display = (struct display)DISPLAY_NONE;
	return 0;
}

void display_close(struct display *io_display)
{
	display_leave(io_display);
	if (io_display->curses)
		delscreen(io_display->curses);
	if (io_display->drawn)
		fclose(io_display->drawn);
	scope_close(&io_display->output_fd);
	*io_display = (struct display)DISPLAY_NONE;
}

/* --- what is shown, what is pressed --- */

static void put_line(unsigned int row, unsigned int width, const char *line, size_t size)
{
	bool is_reverse = size > 0 && *line == '\1';

	line += is_reverse;
	size -= is_reverse;
	mvaddnstr((int)row, 0, line, (int)(size < width ? size : width));
	if (is_reverse)
		mvchgat((int)row, 0, -1, A_REVERSE, 0, NULL);
}

int display_draw(struct display *io_display, const char *text, int signal_fd, struct error *err)
{
	erase();
	for (unsigned int row = 0; row < io_display->rows; row++) {
		size_t size = strcspn(text, "\n");

		put_line(row, io_display->width, text, size);
		text += size;
		if (!*text++)
			break;
	}
	refresh();
	return send_bytes(io_display, signal_fd, err);
}

int display_read_key(void)
{
	static const struct {
		int curses, key;
	} keys[] = {
		{ ERR, DISPLAY_NO_KEY },
		{ KEY_UP, DISPLAY_KEY_UP },
		{ KEY_DOWN, DISPLAY_KEY_DOWN },
		{ KEY_PPAGE, DISPLAY_KEY_PAGE_UP },
		{ KEY_NPAGE, DISPLAY_KEY_PAGE_DOWN },
		{ KEY_HOME, DISPLAY_KEY_HOME },
		{ KEY_END, DISPLAY_KEY_END },
		{ KEY_BACKSPACE, DISPLAY_KEY_BACKSPACE },
		{ KEY_ENTER, '\n' },
	};
	int got = getch();

	for (size_t i = 0; i < countof(keys); i++)
		if (keys[i].curses == got)
			return keys[i].key;
	return got < KEY_MIN ? got : DISPLAY_KEY_OTHER;
}
