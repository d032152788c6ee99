// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * private - what lies in a state root is ours or root's, and nobody else may write to it
 *
 * It is looked at on the open descriptor, each time, and no link is followed: whoever could put
 * another file or folder in the place of one would decide which process a command kills.
 */
#ifndef HUSK_STATE_PRIVATE_H
#define HUSK_STATE_PRIVATE_H

#include <stddef.h>

#include "base/error.h"

/* Bytes of the largest file that is read: as much as a configuration may be. */
enum { STATE_PRIVATE_MAX = 16 << 20 };

/**
 * state_private_check - whose it is, and who may write to it
 *
 * Returns 0; -EPERM: "owned by user 7: ..." or "others may write to it, mode 0777: ...".
 */
MUST_USE int state_private_check(int fd, struct error *err);

/**
 * state_private_read - as file_read, of a file that has to be private, up to STATE_PRIVATE_MAX
 *
 * @name: one component. A symbolic link is -ELOOP; a fifo, a socket or a device is -EINVAL at once.
 */
MUST_USE int state_private_read(int folder_fd, const char *name, char **ret_data,
				size_t *ret_size, struct error *err);

/**
 * state_private_open_to_append - the same for a file that grows: to read from its beginning, and to
 *                                write at its end
 *
 * @creation: O_CREAT, with mode 0600, or 0.
 * Returns a descriptor, or what open(2) and the checks above say.
 */
MUST_USE int state_private_open_to_append(int folder_fd, const char *name, int creation,
					  struct error *err);

#endif
