// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"

/* A fifo in the place of the file must not hold us up. */
enum { NO_DETOUR = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

static int check(const struct stat *found, struct error *err)
{
	if (found->st_uid != 0 && found->st_uid != geteuid())
		return error_set(err, EPERM, "owned by user %u: %s", found->st_uid,
				 error_words(EPERM));
	if (found->st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, EPERM, "others may write to it, mode %04o: %s",
				 found->st_mode & 07777, error_words(EPERM));
	return 0;
}

int state_private_check(int fd, struct error *err)
{
	struct stat found;

	return fstat(fd, &found) < 0 ? error_sys(err, "fstat") : check(&found, err);
}

static int open_file(int folder_fd, const char *name, int flags, struct error *err)
{
	autoclose int fd = openat(folder_fd, name, NO_DETOUR | flags, 0600);
	struct stat found;

	/* ENXIO: a socket, or a fifo that nobody reads. */
	if (fd < 0 && errno == ENXIO)
		return error_set(err, EINVAL, "%s: not a regular file", name);
	if (fd < 0 || fstat(fd, &found) < 0)
		return error_sys(err, "open %s", name);
	if (!S_ISREG(found.st_mode))
		return error_set(err, EINVAL, "%s: not a regular file", name);
	if (check(&found, err) < 0)
		return error_wrap(err, "%s", name);
	return fd_take(&fd);
}

int state_private_read(int folder_fd, const char *name, char **ret_data, size_t *ret_size,
		       struct error *err)
{
	autoclose int fd = open_file(folder_fd, name, O_RDONLY, err);
	int r;

	TRY(fd);
	r = fd_read_all(fd, STATE_PRIVATE_MAX, ret_data, ret_size, err);
	return r < 0 ? error_wrap(err, "%s", name) : 0;
}

int state_private_open_to_append(int folder_fd, const char *name, int creation,
				 struct error *err)
{
	return open_file(folder_fd, name, O_RDWR | O_APPEND | creation, err);
}
