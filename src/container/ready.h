// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ready - a service in a container says that it is ready; who started husk hears of it
 *
 * When husk is started with NOTIFY_SOCKET (sd_notify(3)), the container gets a socket of its own
 * at /run/notify/notify.sock and its name in NOTIFY_SOCKET. The first message there that says
 * READY=1 is answered with one to the caller's socket: that it is ready, and which process it is
 * as the caller sees it. No other words of a container get to a service manager.
 *
 * The folder is mounted by create; the socket in it is made when the container is started,
 * since a socket lives as long as the process that reads from it.
 */
#ifndef HUSK_CONTAINER_READY_H
#define HUSK_CONTAINER_READY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "container/plan.h"

struct container_ready {
	int socket_fd; /* -1: nobody is to be told, or has been */
	pid_t pid;
};

#define CONTAINER_READY_NONE { .socket_fd = -1 }

/* The mount and the variable, when the caller has a socket and the container mounts. */
void container_ready_plan(struct container_plan *io_plan, const char *state_folder);

/* The folder in the state folder; nothing without container_ready_plan. */
MUST_USE int container_ready_make(const struct container_plan *plan, int entry_fd,
				  struct error *err);

/**
 * container_ready_listen - from now on a message is taken
 *
 * @entry_fd: the state folder. Without a folder of container_ready_make in it, or without
 * NOTIFY_SOCKET, *@ret_ready is CONTAINER_READY_NONE.
 */
MUST_USE int container_ready_listen(int entry_fd, struct container_ready *ret_ready,
				    struct error *err);

/* The socket is readable: look, pass on, and be done when it was READY=1. */
void container_ready_serve(struct container_ready *io_ready);

/* Until it is ready or has ended. @pid_fd: of the process. At once when nobody is to be told. */
void container_ready_await(struct container_ready *io_ready, int pid_fd);

void container_ready_close(struct container_ready *io_ready);

#endif
