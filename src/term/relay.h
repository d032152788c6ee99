// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * relay - the caller's terminal and the container's, joined in the foreground
 *
 * Bytes pass, nothing else: the container has a pty of its own and never a descriptor of
 * the caller's terminal. The owner of the poll loop drives it:
 *
 *	autorelay struct relay relay = RELAY_NONE;
 *	relay_open(master_fd, &relay, err);
 *	while (relay_fds(&relay, wait + MINE) | child_is_alive) {
 *		poll(...);
 *		relay_serve(&relay, wait + MINE, err);
 *		on SIGWINCH: relay_resize(&relay);
 *		on the child's end: relay_drain(&relay);
 *	}
 *
 * No call waits: what cannot be written yet stays in a buffer, and while that is full
 * nothing more is read. So a slow reader never holds up signals or the child's end.
 *
 * Writing to a pipe that nobody reads raises SIGPIPE in the caller; it must be blocked or
 * ignored, and one that husk sent itself must not be forwarded. SIGTTIN and SIGTTOU are best
 * left to their default, so that a job in the background is stopped as any other.
 */
#ifndef HUSK_TERM_RELAY_H
#define HUSK_TERM_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/error.h"
#include "base/scope.h"

enum { RELAY_ROOM = 16384 };

/* Places in the caller's poll list. */
enum { RELAY_INPUT, RELAY_MASTER, RELAY_OUTPUT, RELAY_FDS };

struct relay_buffer {
	size_t begin, end;
	char *data; /* RELAY_ROOM bytes, or NULL while there is no terminal */
};

/* One of the caller's descriptors, as it must be read or written so that it never waits. */
struct relay_end {
	int fd;
	bool is_owned;	/* reopened by us, non-blocking */
	bool is_socket; /* cannot be reopened; MSG_DONTWAIT does it */
	bool has_ended;
};

struct relay {
	struct relay_end input, output;
	int master_fd;
	bool has_master_ended;
	struct relay_buffer to_master, to_output;
	char last_input;	/* the last byte that was read from the input */
	bool is_end_passed_on;	/* as the end-of-file character */
	bool is_draining;
	size_t drain_left;	/* bytes that a drain still reads, at most */
	bool is_raw;
	struct termios saved;	/* the input's mode before, when is_raw */
};

#define RELAY_NONE { .input.fd = -1, .output.fd = -1, .master_fd = -1 }
#define autorelay autoclean(relay_close)

/**
 * relay_open - join 0 and 1 with @master_fd
 *
 * @master_fd: taken over, also when this fails, and made non-blocking.
 *
 * When 0 is a terminal it is put in raw mode until relay_close and its window size is given
 * to the container. When it is not (a pipe, a file), its end is passed on as the container
 * terminal's end-of-file character, and nothing is put in raw mode.
 */
MUST_USE int relay_open(int master_fd, struct relay *ret_relay, struct error *err);

/* The same with other descriptors in place of 0 and 1; both stay the caller's. */
MUST_USE int relay_open_between(int master_fd, const int ends[2], struct relay *ret_relay,
				struct error *err);

/**
 * relay_fds - what to wait for
 *
 * @ret_fds: RELAY_FDS places; those of no interest now get the descriptor -1.
 *
 * Returns true while bytes can still flow to the output. After relay_drain false means: all
 * that the container wrote is written.
 */
bool relay_fds(const struct relay *relay, struct pollfd *ret_fds);

/**
 * relay_serve - move what can be moved without waiting
 *
 * @fds: as relay_fds gave them and poll(2) answered.
 *
 * Returns 0; a negative errno when the output is gone (-EPIPE, "write to the terminal: ...").
 * Then the caller closes the relay; the container's session gets SIGHUP as from any terminal
 * that is gone.
 */
MUST_USE int relay_serve(struct relay *io_relay, const struct pollfd *fds, struct error *err);

/* The caller's terminal is gone: its input has ended in raw mode, where no key does that. */
bool relay_has_hung_up(const struct relay *relay);

/* The container's window becomes that of the caller's terminal. */
void relay_resize(struct relay *io_relay);

/**
 * relay_drain - the container's program has ended
 *
 * No more input is taken, and the output ends with what is in the terminal now, even when
 * another process still has it open. Keep serving until relay_fds is false.
 */
void relay_drain(struct relay *io_relay);

/* Gives the caller's terminal its mode back and closes the master. Any number of times. */
void relay_close(struct relay *io_relay);

#endif
