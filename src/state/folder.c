// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/folder.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/listing.h"
#include "base/scope.h"
#include "state/private.h"

enum { DEPTH_MAX = 1 };

static const char half[] = ".half";

void state_folder_random_name(char *ret_name)
{
	uint64_t number = 0;

	/* Eight bytes come whole and at once; were they not, mkdir would find the name taken. */
	(void)!getrandom(&number, sizeof(number), 0);
	snprintf(ret_name, STATE_RANDOM_SIZE, "%016" PRIx64, number);
}

bool state_folder_is_random(const char *name)
{
	return strlen(name) == STATE_RANDOM_SIZE - 1 &&
	       strspn(name, "0123456789abcdef") == STATE_RANDOM_SIZE - 1;
}

static int open_half(int root_fd)
{
	return openat(root_fd, half, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int state_folder_open_half(int root_fd, bool is_made, struct error *err)
{
	autoclose int fd = open_half(root_fd);

	if (fd < 0 && errno == ENOENT && is_made) {
		if (mkdirat(root_fd, half, 0700) < 0 && errno != EEXIST)
			return error_sys(err, "mkdir %s", half);
		fd = open_half(root_fd);
	}
	if (fd < 0)
		return error_sys(err, "open %s", half);
	if (state_private_check(fd, err) < 0)
		return error_wrap(err, "%s", half);
	return fd_take(&fd);
}

bool state_folder_is_named(int folder_fd, int dir_fd, const char *name)
{
	struct stat folder, named;

	return fstat(folder_fd, &folder) == 0 &&
	       fstatat(dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       folder.st_ino == named.st_ino && folder.st_dev == named.st_dev;
}

static int empty(int folder_fd, int depth, struct error *err);

static int remove_entry(int folder_fd, const char *name, int depth, struct error *err)
{
	autoclose int inner_fd = -1;

	if (unlinkat(folder_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR || depth >= DEPTH_MAX)
		return error_sys(err, "remove %s", name);
	inner_fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inner_fd < 0)
		return error_sys(err, "remove %s", name);
	TRY(empty(inner_fd, depth + 1, err));
	if (unlinkat(folder_fd, name, AT_REMOVEDIR) < 0)
		return error_sys(err, "remove %s", name);
	return 0;
}

static int empty(int folder_fd, int depth, struct error *err)
{
	autolisting struct listing list = listing_open(folder_fd, ".");
	const char *name;

	if (list.fd < 0)
		return error_sys(err, "list the folder");
	while ((name = listing_next(&list)))
		TRY(remove_entry(folder_fd, name, depth, err));
	return 0;
}

int state_folder_remove(int folder_fd, int dir_fd, const char *name, struct error *err)
{
	TRY(empty(folder_fd, 0, err));
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) < 0)
		return error_sys(err, "remove %s", name);
	return 0;
}

/*
 * The lock comes first, then the look whether the folder still has the name: its maker
 * may have renamed it to an id between our open and our lock.
 */
static void sweep_one(int dir_fd, const char *name)
{
	autoclose int folder_fd =
		openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct error ignored;

	if (folder_fd < 0 || flock(folder_fd, LOCK_EX | LOCK_NB) < 0)
		return;
	if (state_folder_is_named(folder_fd, dir_fd, name))
		/* The next create or delete comes by again. */
		(void)!state_folder_remove(folder_fd, dir_fd, name, &ignored);
}

void state_folder_sweep(int dir_fd)
{
	autolisting struct listing list = listing_open(dir_fd, ".");
	const char *name;

	while ((name = listing_next(&list)))
		if (state_folder_is_random(name))
			sweep_one(dir_fd, name);
}
