// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * announce - who called is told which process it is: its number in a file, itself over a socket
 *
 * create and exec do so before the program runs, since a caller that reads it may have to act at
 * once.
 */
#ifndef HUSK_CONTAINER_ANNOUNCE_H
#define HUSK_CONTAINER_ANNOUNCE_H

#include <sys/types.h>

#include "base/error.h"

/*
 * --pid-file: the number, without a newline. Mode 0644. @path NULL: nobody asked. Errors: "pid file
 * PATH: ...".
 */
MUST_USE int container_announce_pid(const char *path, pid_t pid, struct error *err);

/**
 * container_announce_connect - to whoever wants the process's pidfd (--pidfd-socket)
 *
 * Returns a socket, close-on-exec, or socket_connect's error: "pidfd socket PATH: ...".
 */
MUST_USE int container_announce_connect(const char *path, struct error *err);

/* One message, "pidfd", with @pid_fd as SCM_RIGHTS. @path: for the error, as above. */
MUST_USE int container_announce_pidfd(int socket_fd, const char *path, int pid_fd,
				      struct error *err);

#endif
