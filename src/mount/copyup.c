// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/copyup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"

enum { CHUNK = 1 << 20 };

static int copy_folder(int from_fd, int to_fd, struct error *err);

static void close_folder(DIR *const *folder)
{
	if (*folder)
		closedir(*folder);
}

static int copy_bytes(int from_fd, int to_fd, struct error *err)
{
	ssize_t n;

	do {
		n = TEMP_FAILURE_RETRY(sendfile(to_fd, from_fd, NULL, CHUNK));
	} while (n > 0);
	return n < 0 ? error_sys(err, "write") : 0;
}

/*
 * The entry was a regular file when it was looked at; O_NONBLOCK and the second look keep an
 * exchanged one (a FIFO nobody writes to) from holding the runtime.
 */
static int copy_file(int from_fd, int to_fd, const char *name, struct error *err)
{
	autoclose int in_fd = openat(from_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	autoclose int out_fd = -1;
	struct stat st;

	if (in_fd < 0 || fstat(in_fd, &st) < 0)
		return error_sys(err, "open");
	if (!S_ISREG(st.st_mode))
		return error_set(err, EAGAIN, "changed while it was copied");
	out_fd = openat(to_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out_fd < 0)
		return error_sys(err, "create");
	return copy_bytes(in_fd, out_fd, err);
}

static int copy_link(int from_fd, int to_fd, const char *name, off_t size, struct error *err)
{
	autofree char *text = mem_new((size_t)size + 1);
	ssize_t n = readlinkat(from_fd, name, text, (size_t)size + 1);

	if (n < 0)
		return error_sys(err, "readlink");
	if (n > size)
		return error_set(err, EAGAIN, "changed while it was copied");
	text[n] = '\0';
	if (symlinkat(text, to_fd, name) < 0)
		return error_sys(err, "symlink");
	return 0;
}

static int copy_below(int from_fd, int to_fd, const char *name, struct error *err)
{
	autoclose int in_fd = openat(from_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autoclose int out_fd = -1;

	if (in_fd < 0)
		return error_sys(err, "open");
	if (mkdirat(to_fd, name, 0700) < 0)
		return error_sys(err, "mkdir");
	out_fd = openat(to_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out_fd < 0)
		return error_sys(err, "open");
	return copy_folder(in_fd, out_fd, err);
}

/* Owner first: chown(2) takes set-id bits away. A folder is full now, so its time can be set. */
static int copy_attributes(int to_fd, const char *name, const struct stat *st, struct error *err)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchownat(to_fd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "chown");
	if (!S_ISLNK(st->st_mode) && fchmodat(to_fd, name, st->st_mode & 07777, 0) < 0)
		return error_sys(err, "chmod");
	if (utimensat(to_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "utimensat");
	return 0;
}

/* 1 when the entry is left out. */
static int copy_content(int from_fd, int to_fd, const char *name, const struct stat *st,
			struct error *err)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFDIR:
		return copy_below(from_fd, to_fd, name, err);
	case S_IFREG:
		return copy_file(from_fd, to_fd, name, err);
	case S_IFLNK:
		return copy_link(from_fd, to_fd, name, st->st_size, err);
	case S_IFSOCK:
		return 1;
	default:
		break;
	}
	if (mknodat(to_fd, name, (st->st_mode & S_IFMT) | 0600, st->st_rdev) == 0)
		return 0;
	return errno == EPERM ? 1 : error_sys(err, "mknod");
}

static int copy_entry(int from_fd, int to_fd, const char *name, struct error *err)
{
	struct stat st;
	int r;

	if (fstatat(from_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "stat");
	r = copy_content(from_fd, to_fd, name, &st, err);
	return r == 0 ? copy_attributes(to_fd, name, &st, err) : r;
}

/* A tree too deep for the open descriptors ends with EMFILE, long before the stack does. */
static int copy_folder(int from_fd, int to_fd, struct error *err)
{
	int list_fd = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list autoclean(close_folder) = list_fd < 0 ? NULL : fdopendir(list_fd);
	struct dirent *entry;

	if (!list)
		return error_sys(err, "open");
	while (errno = 0, (entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (copy_entry(from_fd, to_fd, entry->d_name, err) < 0)
			return error_wrap(err, "%s", entry->d_name);
	}
	return errno ? error_sys(err, "readdir") : 0;
}

int mount_copyup(int from_fd, int to_fd, struct error *err)
{
	return copy_folder(from_fd, to_fd, err) < 0 ? error_wrap(err, "copy up") : 0;
}
