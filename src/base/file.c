// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/mem.h"

int file_read(int dir_fd, const char *name, size_t limit, char **ret_data, size_t *ret_size,
	      struct error *err)
{
	/* A fifo in the place of the file must not hold us up. */
	autoclose int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat file;
	int r;

	if (fd < 0 || fstat(fd, &file) < 0)
		return error_sys(err, "open %s", name);
	if (!S_ISREG(file.st_mode))
		return error_set(err, S_ISDIR(file.st_mode) ? EISDIR : EINVAL, "%s: %s", name,
				 S_ISDIR(file.st_mode) ? error_words(EISDIR) : "not a regular file");
	r = fd_read_all(fd, limit, ret_data, ret_size, err);
	return r < 0 ? error_wrap(err, "%s", name) : 0;
}

int file_write(int dir_fd, const char *name, const char *text, struct error *err)
{
	autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return error_sys(err, "open %s", name);
	if (TEMP_FAILURE_RETRY(write(fd, text, strlen(text))) < 0)
		return error_sys(err, "write %s", name);
	return 0;
}

/*
 * What a killed writer has left is taken away, and nothing else is ever written to: in a folder
 * that others may write to, as /tmp, the name may be a link to any file (open(2), O_EXCL).
 */
static int open_draft(int dir_fd, const char *draft, mode_t mode)
{
	enum { NEW = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC };
	int fd = openat(dir_fd, draft, NEW, mode);

	if (fd < 0 && errno == EEXIST && unlinkat(dir_fd, draft, 0) == 0)
		fd = openat(dir_fd, draft, NEW, mode);
	return fd;
}

int file_replace(int dir_fd, const char *name, mode_t mode, const char *data, size_t size,
		 struct error *err)
{
	const char *base = strrchr(name, '/');
	size_t folder = base ? (size_t)(base + 1 - name) : 0;
	autofree char *draft = mem_format("%.*s.%s.tmp", (int)folder, name, name + folder);
	autoclose int fd = open_draft(dir_fd, draft, mode);
	int r;

	if (fd < 0)
		return error_sys(err, "open %s", draft);
	r = fd_write_all(fd, data, size, err);
	if (r == 0 && renameat(dir_fd, draft, dir_fd, name) < 0)
		r = error_sys(err, "rename %s", draft);
	if (r < 0) {
		unlinkat(dir_fd, draft, 0);
		return error_wrap(err, "write %s", name);
	}
	return 0;
}
