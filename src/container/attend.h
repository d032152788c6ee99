// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * attend - stay with a container in the foreground until it ends
 */
#ifndef HUSK_CONTAINER_ATTEND_H
#define HUSK_CONTAINER_ATTEND_H

#include <sys/types.h>

#include "base/error.h"
#include "container/ready.h"
#include "container/session.h"
#include "container/watch.h"

struct container_attendance {
	pid_t pid;
	int pid_fd;	 /* borrowed */
	int terminal_fd; /* the pty's master, taken over; -1 without a terminal */
	struct container_ready *ready; /* to be served; NULL: none */
	/* Borrowed; ends when the process does or the terminal hangs up. NULL: nothing does. */
	const struct container_session *session;
	struct container_watch *watch; /* of its memory; NULL: none */
	int wait_status; /* set at the end, as of waitpid(2) */
};

/**
 * container_attend - forward signals, relay the terminal, reap, return the exit status
 *
 * All signals must be blocked. Each one that arrives is sent on to the container's process, but
 * SIGCHLD (children are reaped), SIGWINCH with a terminal (its size is passed on) and SIGPIPE
 * of our own writing.
 *
 * With a session SIGHUP is not sent on: it says that our terminal has hung up, as do its end of
 * file and an error of writing to it. Then all of the session is ended, as it is when the
 * process ends, and its cgroup is removed.
 *
 * Returns the exit status of the process, 128+n when a signal ended it; it has been reaped then.
 */
MUST_USE int container_attend(struct container_attendance *io_attendance, struct error *err);

#endif
