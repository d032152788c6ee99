// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * listener - a seccomp filter that asks: its listener's way to whoever answers
 *
 * From the moment the filter is on, each system call of the stage may be one that waits for an
 * answer, and nobody answers before the listener has arrived. So it is sent by a second thread,
 * which was made before and has no filter; until that has ended the stage makes no system
 * call at all. The parent, which has none either, passes it on.
 *
 * This happens while the container is created, also where a filter without one to ask would be
 * loaded at the very end: then the runtime that knows the way is still there.
 */
#ifndef HUSK_CONTAINER_LISTENER_H
#define HUSK_CONTAINER_LISTENER_H

#include "base/error.h"
#include "guard/seccomp.h"
#include "state/record.h"

/**
 * container_listener_load - the stage: load @program and say STEP_LISTENER with its listener
 *
 * Returns 0, -EAGAIN when no thread may be made (pids.limit), or an error of guard_seccomp_load.
 */
MUST_USE int container_listener_load(const struct guard_seccomp_program *program, int socket_fd,
				     struct error *err);

/* Whose filter it is. */
struct container_listener_process {
	const struct record *record; /* the container */
	enum record_status status;   /* what it is doing */
	pid_t pid;		     /* the process, first or exec'd */
	const char *metadata;	     /* NULL for none */
};

/**
 * container_listener_hand_over - the parent: one connection, one message, closed
 *
 * The message is the container process state (config-linux.md, "The Container Process State")
 * with the descriptor as SCM_RIGHTS.
 *
 * @path: where the agent listens, AF_UNIX SOCK_STREAM.
 */
MUST_USE int container_listener_hand_over(const char *path, int listener_fd,
					  const struct container_listener_process *process,
					  struct error *err);

#endif
