// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file - whole files by name
 *
 * Every function takes a directory descriptor and a name below it, as openat(2)
 * does: AT_FDCWD and an absolute path are welcome. The names are the runtime's
 * own; for names that an image controls there is base/path.h.
 */
#ifndef HUSK_BASE_FILE_H
#define HUSK_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * file_read - a whole file as a string
 *
 * @limit:    the largest content accepted, in bytes.
 * @ret_data: the content, a 0 byte after it. The caller frees it.
 * @ret_size: its length, or NULL.
 *
 * Returns 0 or a negative errno; the text is "open NAME: ..." or "NAME: read: ...". What is no
 * regular file, a fifo for one, is -EINVAL at once.
 */
MUST_USE int file_read(int dir_fd, const char *name, size_t limit, char **ret_data,
		       size_t *ret_size, struct error *err);

/**
 * file_write - give @text to an existing file in ONE write(2)
 *
 * For /proc, /sys and cgroup files, where one write is one command and a short
 * write would be another command. The file is never created or truncated.
 *
 * Returns 0 or a negative errno; the text is "open NAME: ..." or "write NAME: ...".
 */
MUST_USE int file_write(int dir_fd, const char *name, const char *text, struct error *err);

/**
 * file_replace - the content of a file, old or new, never half
 *
 * Written to ".NAME.tmp" beside it and renamed. No fsync: what it serves lives
 * on a tmpfs, and a state that did not survive the machine is no state.
 */
MUST_USE int file_replace(int dir_fd, const char *name, mode_t mode, const char *data,
			  size_t size, struct error *err);

#endif
