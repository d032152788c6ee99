// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/self.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"

/* Where the binary really is: /proc/self/exe no longer tells once it runs from a clone. */
static const char path_variable[] = "HUSK_SELF";
static const char own_binary[] = "/proc/self/exe";

enum { ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool is_unwritable(const char *path)
{
	autoclose int fd = -1;
	struct statfs file_system;
	struct stat file;

	if (statfs(path, &file_system) < 0)
		return false;
	if (file_system.f_flags & ST_RDONLY)
		return true;
	if (geteuid() != 0 && stat(path, &file) == 0 && file.st_uid != geteuid() &&
	    access(path, W_OK) < 0)
		return true;
	/* A sealed copy is in memory. */
	if (file_system.f_type != TMPFS_MAGIC)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && fcntl(fd, F_GET_SEALS) == ALL_SEALS;
}

/*
 * The mount leaves its namespace when its own descriptor is closed, and lives on under this one.
 * Until then whoever has it open, /proc/PID/exe of a program that runs from it, and may mount in
 * a namespace of its own, could take the flag away again (mount_setattr(2), detached mounts).
 */
static int let_go(int *io_tree_fd)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", *io_tree_fd);
	fd = open(name, O_PATH | O_CLOEXEC);
	scope_close(io_tree_fd);
	*io_tree_fd = -1;
	return fd;
}

/* A private mount of nothing but this file, read-only, that no path leads to. */
static int clone_read_only(const char *path)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV };
	autoclose int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd < 0)
		return -1;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)) < 0)
		return -1;
	return let_go(&fd);
}

static int copy_sealed(const char *path, struct error *err)
{
	autoclose int from = open(path, O_RDONLY | O_CLOEXEC);
	autoclose int to = memfd_create("husk", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat file;
	off_t done = 0;

	if (from < 0 || to < 0 || fstat(from, &file) < 0)
		return error_sys(err, "copy %s", path);
	while (done < file.st_size)
		if (sendfile(to, from, &done, (size_t)(file.st_size - done)) <= 0)
			return error_sys(err, "copy %s", path);
	if (fchmod(to, 0555) < 0 || fcntl(to, F_ADD_SEALS, ALL_SEALS) < 0)
		return error_sys(err, "seal a copy of %s", path);
	return fd_take(&to);
}

static int make_unwritable(const char *path, struct error *err)
{
	int fd = clone_read_only(path);

	if (fd >= 0)
		return fd;
	log_debug("no read-only clone of %s (%s): copying it", path, error_words(errno));
	return copy_sealed(path, err);
}

static int open_unwritable(const char *path, struct error *err)
{
	int fd;

	if (!is_unwritable(path))
		return make_unwritable(path, err);
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

static int read_own_path(char path[PATH_MAX], struct error *err)
{
	ssize_t size = readlink(own_binary, path, PATH_MAX - 1);

	if (size < 0)
		return error_sys(err, "readlink %s", own_binary);
	path[size] = '\0';
	return 0;
}

int container_self_protect(char **argv, struct error *err)
{
	autoclose int fd = -1;
	char path[PATH_MAX];

	if (is_unwritable(own_binary))
		return 0;
	fd = make_unwritable(own_binary, err);
	if (fd < 0)
		return fd;
	TRY(read_own_path(path, err));
	if (setenv(path_variable, path, 1) < 0)
		return error_sys(err, "setenv");
	execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	return error_sys(err, "execute a read-only clone of %s", path);
}

char *container_self_beside(const char *name)
{
	const char *told = getenv(path_variable);
	char path[PATH_MAX];
	struct error ignored;
	char *slash;

	if (told && *told == '/' && strlen(told) < sizeof(path))
		strcpy(path, told);
	else if (read_own_path(path, &ignored) < 0)
		return NULL;
	slash = strrchr(path, '/');
	return slash ? mem_format("%.*s/%s", (int)(slash - path), path, name) : NULL;
}

char *container_self_find_helper(const char *name)
{
	autofree char *beside = container_self_beside(name);
	autofree char *installed = mem_format("%s/%s", HUSK_LIBEXEC_DIR, name);

	if (beside && access(beside, X_OK) == 0)
		return ptr_take(&beside);
	return access(installed, X_OK) == 0 ? ptr_take(&installed) : NULL;
}

int container_self_open_helper(const char *name, struct error *err)
{
	autofree char *beside = container_self_beside(name);
	autofree char *found = container_self_find_helper(name);

	if (found)
		return open_unwritable(found, err);
	return error_set(err, ENOENT, "%s is neither at %s nor at %s/%s: %s", name,
			 beside ? beside : "its build place", HUSK_LIBEXEC_DIR, name,
			 error_words(ENOENT));
}
