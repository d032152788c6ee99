// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fd - whole reads and writes, and descriptors over a socket
 */
#ifndef HUSK_BASE_FD_H
#define HUSK_BASE_FD_H

#include <stddef.h>

#include "base/error.h"
#include "base/scope.h"

/**
 * fd_read_all - read a file to its end into memory
 *
 * @fd:       open for reading; borrowed. Its offset moves to the end.
 * @limit:    the largest content accepted, in bytes.
 * @ret_data: the content, a 0 byte after it. The caller frees it.
 * @ret_size: its length in bytes, without that 0 byte. May be NULL.
 *
 * Returns 0, or a negative errno with @err filled:
 *   -EFBIG   the content is longer than @limit
 *   any errno of read(2), but never -EINTR: it is retried.
 *
 * Files in /proc and /sys report the size 0, so the size is never asked for.
 * Source: read(2), proc(5).
 */
MUST_USE int fd_read_all(int fd, size_t limit, char **ret_data, size_t *ret_size,
			 struct error *err);

/**
 * fd_write_all - write all of @size bytes, however many calls it takes
 *
 * Returns 0, or a negative errno of write(2), never -EINTR.
 */
MUST_USE int fd_write_all(int fd, const void *data, size_t size, struct error *err);

/**
 * fd_send - send one message and one descriptor over a UNIX socket
 *
 * @payload: at least one byte, or the descriptor would not travel on a stream.
 *
 * Source: unix(7), SCM_RIGHTS.
 */
MUST_USE int fd_send(int socket_fd, const char *payload, size_t size, int fd,
		     struct error *err);

/**
 * fd_list_inherited - what the caller has left open
 *
 * Our own descriptors are close-on-exec from the start, so it is those from @first on that are not.
 *
 * @ret_fds: their numbers, -1 after the last. The caller frees it.
 */
MUST_USE int fd_list_inherited(unsigned int first, int **ret_fds, struct error *err);

/**
 * fd_close_on_exec_from - mark every descriptor from @first on close-on-exec
 *
 * Source: close_range(2), since Linux 5.9 with the flag since 5.11; before that
 * the list in /proc/self/fd is walked.
 */
MUST_USE int fd_close_on_exec_from(unsigned int first, struct error *err);

#endif
