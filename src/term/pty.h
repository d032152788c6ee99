// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pty - the container's terminal: made in its own devpts, handed to whoever asked for it
 *
 * The image is hostile: no name below /dev/pts is believed. The multiplexer is opened in
 * the devpts that the caller mounted and is verified, the slave comes from the master.
 */
#ifndef HUSK_TERM_PTY_H
#define HUSK_TERM_PTY_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct pty {
	int master_fd, slave_fd; /* both close-on-exec; pty_close closes them */
	unsigned int number;	 /* the slave is /dev/pts/NUMBER in that devpts */
};

#define PTY_NONE { .master_fd = -1, .slave_fd = -1 }
#define autopty autoclean(pty_close)

/**
 * pty_open - a new pty pair
 *
 * @devpts_fd: the root folder of a devpts mount, the container's /dev/pts; O_PATH suffices.
 *
 * Neither end becomes the controlling terminal.
 * Returns 0; -ENODEV when @devpts_fd or the "ptmx" in it is not what a devpts has there.
 * Source: ioctl_tty(2), TIOCGPTPEER, Linux 4.13; fs/devpts/inode.c.
 */
MUST_USE int pty_open(int devpts_fd, struct pty *ret_pty, struct error *err);

void pty_close(struct pty *io_pty);

/**
 * pty_set_size - the window of a terminal (either end of a pty)
 *
 * 0 rows and 0 columns leave it as it is. -EINVAL: more than 65535 of one.
 */
MUST_USE int pty_set_size(int terminal_fd, uint64_t rows, uint64_t columns, struct error *err);

/**
 * pty_copy_size - give one terminal the window of another
 *
 * Does nothing when @from_fd is no terminal or has no known size.
 */
MUST_USE int pty_copy_size(int from_fd, int to_fd, struct error *err);

/**
 * pty_connect - the console socket of a caller: AF_UNIX, SOCK_STREAM
 *
 * To be done early, with the host's view of @path; the path may be longer than an address
 * holds. Returns the connected socket, close-on-exec; errors: "console socket PATH: ...".
 */
MUST_USE int pty_connect(const char *path, struct error *err);

/**
 * pty_send - the master to the console socket's other end
 *
 * One message: the name "/dev/pts/N" as payload, the descriptor as SCM_RIGHTS.
 */
MUST_USE int pty_send(int socket_fd, const struct pty *pty, struct error *err);

/**
 * pty_make_controlling - the slave as controlling terminal and as 0, 1, 2
 *
 * The caller is a session leader without a terminal (setsid(2)). 0, 1, 2 stay open over
 * exec; @slave_fd itself stays as it is.
 */
MUST_USE int pty_make_controlling(int slave_fd, struct error *err);

#endif
