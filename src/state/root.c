// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "state/private.h"

/* The inode that /proc/PID/ns/user has in the initial namespace: fs/nsfs, since Linux 3.8. */
#define FIRST_USER_NAMESPACE 0xEFFFFFFDU

struct state_caller state_root_caller(void)
{
	struct stat user;

	return (struct state_caller){
		.is_root = geteuid() == 0,
		.is_in_first_namespace = stat("/proc/self/ns/user", &user) < 0 ||
					 user.st_ino == FIRST_USER_NAMESPACE,
		.runtime_folder = getenv("XDG_RUNTIME_DIR"),
	};
}

int state_root_default(const struct state_caller *caller, char **ret_root, bool *ret_is_sticky,
		       struct error *err)
{
	const char *folder = caller->runtime_folder;
	bool has_folder = folder && *folder;

	if (caller->is_root && (caller->is_in_first_namespace || !has_folder)) {
		*ret_root = mem_text("/run/husk");
		*ret_is_sticky = false;
		return 0;
	}
	if (!has_folder)
		return error_set(err, ENOENT,
				 "no state root: XDG_RUNTIME_DIR is not set and --root not given");
	if (*folder != '/')
		return error_set(err, EINVAL, "XDG_RUNTIME_DIR: %s is not an absolute path",
				 folder);
	*ret_root = mem_format("%s/husk", folder);
	*ret_is_sticky = true;
	return 0;
}

static int check(int root_fd, const char *root, struct error *err)
{
	struct stat found, slash;

	if (fstat(root_fd, &found) < 0 || stat("/", &slash) < 0)
		return error_sys(err, "state root %s", root);
	if (found.st_ino == slash.st_ino && found.st_dev == slash.st_dev)
		return error_set(err, EINVAL, "state root %s: the root folder is refused", root);
	if (state_private_check(root_fd, err) < 0)
		return error_wrap(err, "state root %s", root);
	return 0;
}

int state_root_open(const char *root, struct error *err)
{
	autoclose int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0)
		return error_sys(err, "state root %s", root);
	TRY(check(root_fd, root, err));
	return fd_take(&root_fd);
}

/* Each folder on the way down. Another husk may be making the same ones. */
static int make_folders(const char *root, struct error *err)
{
	autofree char *path = mem_text(root);
	char *end = path;

	do {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		char next = *end;

		*end = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return error_sys(err, "make state root %s: mkdir %s", root, path);
		*end = next;
	} while (*end);
	return 0;
}

int state_root_make(const char *root, bool is_sticky, struct error *err)
{
	struct stat found;
	autoclose int root_fd = -1;

	TRY(make_folders(root, err));
	root_fd = state_root_open(root, err);
	if (root_fd < 0 || !is_sticky)
		return fd_take(&root_fd);
	if (fstat(root_fd, &found) < 0 || fchmod(root_fd, (found.st_mode & 07777) | S_ISVTX) < 0)
		return error_sys(err, "state root %s: chmod", root);
	return fd_take(&root_fd);
}
