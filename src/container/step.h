// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * step - the handshake of parent and stage, by name
 *
 * The parent (launch.c) and the first process of the container (stage.c) agree on a few named
 * steps over a socket pair. Each step has one speaker, and may carry one descriptor. Who listens
 * gets the step it waits for, the other's error, or the news that the other is gone; there is no
 * fourth thing. Both know from the same plan which steps take place.
 *
 *	parent            stage
 *	PLACED  ------->            ids are mapped, the cgroup is joined
 *	        <-------  ROOTED    mounts and devices are there; hooks of the runtime may run
 *	HOOKED  ------->            they have run
 *	        <-------  CONSOLE   + the pty's master
 *	        <-------  LISTENER  + the listener of a seccomp filter that asks
 *	        <-------  READY     everything but the program is done
 *	COMMIT  ------->            state and pid file are written: wait for start, or go
 *	        <-------  (closed)  the program runs: the socket closed on exec
 *	        <-------  FAILED    + the error, any time
 *
 * `start` speaks to the stage over the start socket with the last three.
 */
#ifndef HUSK_CONTAINER_STEP_H
#define HUSK_CONTAINER_STEP_H

#include "base/error.h"
#include "base/wire.h"

enum container_step {
	STEP_PLACED,
	STEP_ROOTED,
	STEP_HOOKED,
	STEP_CONSOLE,
	STEP_LISTENER,
	STEP_READY,
	STEP_COMMIT,
	STEP_FAILED,
};

/* What the exit status of `run` shall be when a container could not be started. */
enum container_blame {
	BLAME_RUNTIME = 1,	 /* any error */
	BLAME_NOT_RUNNABLE = 126, /* the program is there but cannot be executed */
	BLAME_NOT_FOUND = 127,	 /* the program is not there */
};

/* @fd: lent to the other side, or -1. -EPIPE: nobody is there any more. */
MUST_USE int container_step_say(int socket_fd, enum container_step step, int fd, struct error *err);

/* Tells the other side why this one ends. Nothing can be done when that fails. */
void container_step_say_failed(int socket_fd, const struct error *why, enum container_blame blame);

/**
 * container_step_await - wait for @step
 *
 * @ret_fd: the descriptor that came with it, or -1; NULL when none is expected.
 * @ret_blame: set when the other side failed; NULL where nobody asks.
 *
 * Returns 1; 0 when the other side is gone (for the parent after COMMIT: the program
 * runs); or a negative errno with the other side's error.
 */
MUST_USE int container_step_await(int socket_fd, enum container_step step, int *ret_fd,
					  enum container_blame *ret_blame, struct error *err);

/* A received message that is none of the above, as the error it brings. */
int container_step_failure(const struct wire_message *message, enum container_blame *ret_blame,
			   struct error *err);

#endif
