// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * display - the whole of a terminal for a while, given back as it was
 *
 * ncurses knows the terminal (terminfo(5)): what to send for a change, what its keys send. It stays
 * in display.c, and writes to a file in memory; from there its bytes go to the terminal by
 * descriptors that do not block, so that a terminal that takes no more holds up nothing
 * (docs/decisions/0010).
 *
 * The keys that make signals keep making them. While the display is open, its owner has all signals
 * but SIGTTIN and SIGTTOU blocked and reads them from a signalfd, so that no end of the program but
 * SIGKILL goes past display_close. One at a time: ncurses keeps what it knows in globals.
 */
#ifndef HUSK_DISPLAY_DISPLAY_H
#define HUSK_DISPLAY_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <termios.h>

#include "base/error.h"

struct display {
	int output_fd;		  /* the terminal, by a description of our own */
	FILE *drawn;		  /* what ncurses writes, in memory */
	struct screen *curses;	  /* ncurses's own */
	bool is_on;
	struct termios before, during;
	unsigned int rows, width; /* in characters */
};

#define DISPLAY_NONE { .output_fd = -1 }
#define autodisplay autoclean(display_close)

/**
 * display_open - take the terminal: another page of it, no cursor, keys at once and unseen
 *
 * It is the one of the standard input and output. Returns 0; -ENOTTY when one of the two is no
 * terminal, or when terminfo describes none by the name $TERM that can be drawn on: then nothing
 * has been sent to it.
 */
MUST_USE int display_open(struct display *ret_display, struct error *err);

/* Gives it back and lets go of it. Does nothing when it is not open. */
void display_close(struct display *io_display);

/* For a stop by the terminal (SIGTSTP): give it back, and take it again. */
void display_leave(struct display *io_display);
MUST_USE int display_enter(struct display *io_display, struct error *err);

/* Has no effect but that the kernel stops a process in the background (SIGTTOU) until it is not. */
void display_wait_foreground(void);

/**
 * display_repaint - believe nothing of what the terminal shows or is set to
 *
 * For SIGCONT, and for a screen that others have written on. The next display_draw sends all.
 */
MUST_USE int display_repaint(struct display *io_display, struct error *err);

/* After SIGWINCH. A terminal that does not know its size has 24 rows of 80. */
void display_measure(struct display *io_display);

/**
 * display_draw - show @text, lines separated by '\n'; what was there goes
 *
 * A line that begins with '\1' is shown in reverse. All else must be printable ASCII: one
 * character then takes one place, whatever the terminal holds of characters. Lines are cut to the
 * width; those below the last row are not shown.
 * @signal_fd: while the terminal does not take the bytes (it is stopped, or slow) a signal ends
 *             the call; the next one sends all of its screen.
 *
 * Returns 0; 1 when a signal came in between; a negative errno when the terminal is gone.
 */
MUST_USE int display_draw(struct display *io_display, const char *text, int signal_fd,
			  struct error *err);

enum display_key {
	DISPLAY_NO_KEY = -1,
	DISPLAY_KEY_OTHER = 0, /* one that means nothing here */
	DISPLAY_KEY_BACKSPACE = 0x7f,
	DISPLAY_KEY_ESCAPE = 27,
	DISPLAY_KEY_UP = 256,
	DISPLAY_KEY_DOWN,
	DISPLAY_KEY_PAGE_UP,
	DISPLAY_KEY_PAGE_DOWN,
	DISPLAY_KEY_HOME,
	DISPLAY_KEY_END,
};

/**
 * display_read_key - the next key that was pressed, if one was
 *
 * Does not wait, but for the rest of a sequence that has begun. Returns the byte of a plain key, or
 * one of enum display_key: DISPLAY_NO_KEY also when the terminal is gone.
 */
int display_read_key(void);

#endif
