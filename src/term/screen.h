// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * screen - the whole of a terminal for a while, given back as it was
 *
 * Speaks ECMA-48 as every terminal of today does, and needs no terminfo file on the machine
 * (docs/decisions/0010). The keys that make signals keep making them. While it is on, the owner
 * has all signals but SIGTTIN and SIGTTOU blocked and reads them from a signalfd, so that no end
 * of the program but SIGKILL goes past screen_close.
 */
#ifndef HUSK_TERM_SCREEN_H
#define HUSK_TERM_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/error.h"
#include "base/text.h"

struct screen {
	int input_fd;  /* borrowed */
	int output_fd; /* our own, non-blocking */
	bool is_on;
	struct termios saved;
	unsigned int rows, columns;
};

#define SCREEN_NONE { .input_fd = -1, .output_fd = -1 }
#define autoscreen autoclean(screen_close)

/**
 * screen_open - take the terminal: other buffer, no cursor, keys at once and unseen
 *
 * Returns 0; -ENOTTY when one of the two is no terminal, or $TERM says it cannot (unset, "dumb").
 */
MUST_USE int screen_open(int input_fd, int output_fd, struct screen *ret_screen,
			 struct error *err);

/* Gives it back and lets go of it. Does nothing when it is not on. */
void screen_close(struct screen *io_screen);

/* For a stop by the terminal (SIGTSTP): give it back, and take it again. */
void screen_leave(struct screen *io_screen);
MUST_USE int screen_enter(struct screen *io_screen, struct error *err);

/* After SIGWINCH. A terminal that does not know its size has 24 rows of 80. */
void screen_measure(struct screen *io_screen);

/**
 * screen_draw - show @lines, separated by '\n'; what was there goes
 *
 * A line that begins with '\1' is shown in reverse. Lines are cut to the width, in bytes; there
 * must be no control character in them and nothing but ASCII. Lines below the last row are not
 * shown.
 * @signal_fd: while the terminal does not take the bytes (it is stopped, or slow) a signal ends
 *             the call; what was sent so far is part of a screen.
 *
 * Returns 0; 1 when a signal came in between; a negative errno when the terminal is gone.
 */
MUST_USE int screen_draw(struct screen *io_screen, const char *lines, int signal_fd,
			 struct error *err);

/* The bytes of that screen; pure. */
void screen_compose(unsigned int rows, unsigned int columns, const char *lines,
		    struct text *io_bytes);

enum screen_key {
	SCREEN_KEY_NONE = 0, /* a sequence that means nothing here */
	SCREEN_KEY_ESCAPE = 27,
	SCREEN_KEY_UP = 256,
	SCREEN_KEY_DOWN,
	SCREEN_KEY_PAGE_UP,
	SCREEN_KEY_PAGE_DOWN,
	SCREEN_KEY_HOME,
	SCREEN_KEY_END,
};

/**
 * screen_parse_key - the first key of what was read; pure
 *
 * @size: at least 1. @ret_used: how many bytes it is.
 * Returns the byte of a plain key, or one of enum screen_key.
 */
int screen_parse_key(const char *bytes, size_t size, size_t *ret_used);

#endif
