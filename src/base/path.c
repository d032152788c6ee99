// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"

enum { LINKS_MAX = 40, AGAIN_MAX = 1000 };

static int resolve(int root_fd, const char *path, int flags, uint64_t more)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | more,
	};
	int fd;

	/*
	 * EAGAIN: something was renamed or mounted during the walk, so that the
	 * kernel cannot vouch for a "..". A busy machine does that for a moment; a
	 * hostile container may do it for ever, hence the bound.
	 */
	for (int i = 0; i < AGAIN_MAX; i++) {
		fd = sys_openat2(root_fd, path, &how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

static int open_below(int root_fd, const char *path, int flags)
{
	return resolve(root_fd, path, flags, 0);
}

int path_open_in(int root_fd, const char *path, int flags, struct error *err)
{
	int fd = open_below(root_fd, path, flags);

	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

int path_open_real_in(int root_fd, const char *path, int flags, struct error *err)
{
	int fd = resolve(root_fd, path, flags, RESOLVE_NO_SYMLINKS);

	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

/* Cuts trailing slashes, then at the last slash: "/a/b/" gives "/a" and "b". */
static char *split(const char *path, const char **ret_name, size_t *ret_name_size)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	*ret_name = path + start;
	*ret_name_size = end - start;
	return mem_format("%.*s", start ? (int)start : 1, start ? path : "/");
}

enum kind { FOLDER, FILE_ENTRY };

static int make(int root_fd, const char *path, enum kind kind, mode_t mode, int links,
		struct error *err);

/* What a dangling link at @parent/@name points to, as a path below the root. */
static char *target_of(int parent_fd, const char *parent, const char *name)
{
	char target[PATH_MAX];
	ssize_t size = readlinkat(parent_fd, name, target, sizeof(target) - 1);

	if (size <= 0)
		return NULL;
	target[size] = '\0';
	return *target == '/' ? mem_text(target) : mem_format("%s/%s", parent, target);
}

static int make_entry(int root_fd, const char *path, enum kind kind, mode_t mode, int links,
		      struct error *err)
{
	const char *name_start;
	size_t name_size;
	autofree char *parent = split(path, &name_start, &name_size);
	autofree char *name = mem_format("%.*s", (int)name_size, name_start);
	autoclose int parent_fd = -1;
	autofree char *target = NULL;
	int fd;

	if (!*name)
		return error_set(err, ENOENT, "open %s: %s", path, error_words(ENOENT));
	parent_fd = make(root_fd, parent, FOLDER, kind == FOLDER ? mode : 0755, links, err);
	if (parent_fd < 0)
		return parent_fd;
	/* Both are there as soon as the folder before them is. */
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return path_open_in(root_fd, path, O_PATH, err);
	if (kind == FOLDER) {
		if (mkdirat(parent_fd, name, mode) < 0 && errno != EEXIST)
			return error_sys(err, "mkdir %s", path);
	} else {
		fd = openat(parent_fd, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			return error_sys(err, "create %s", path);
		if (fd >= 0)
			close(fd);
	}
	fd = open_below(root_fd, path, kind == FOLDER ? O_PATH | O_DIRECTORY : O_PATH);
	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? error_sys(err, "open %s", path) : fd;
	target = target_of(parent_fd, parent, name);
	if (!target)
		return error_set(err, ENOENT, "open %s: %s", path, error_words(ENOENT));
	return make(root_fd, target, kind, mode, links + 1, err);
}

static int make(int root_fd, const char *path, enum kind kind, mode_t mode, int links,
		struct error *err)
{
	int fd = open_below(root_fd, path, kind == FOLDER ? O_PATH | O_DIRECTORY : O_PATH);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return error_sys(err, "open %s", path);
	if (links > LINKS_MAX)
		return error_set(err, ELOOP, "open %s: %s", path, error_words(ELOOP));
	return make_entry(root_fd, path, kind, mode, links, err);
}

int path_make_folder_in(int root_fd, const char *path, mode_t mode, struct error *err)
{
	return make(root_fd, path, FOLDER, mode, 0, err);
}

int path_make_file_in(int root_fd, const char *path, mode_t mode, struct error *err)
{
	return make(root_fd, path, FILE_ENTRY, mode, 0, err);
}

int path_make_parent_in(int root_fd, const char *path, const char **ret_name,
			struct error *err)
{
	size_t size;
	autofree char *parent = split(path, ret_name, &size);

	if (size == 0 || (*ret_name)[size] != '\0' || strcmp(*ret_name, ".") == 0 ||
	    strcmp(*ret_name, "..") == 0)
		return error_set(err, EINVAL, "%s: not the path of a file", path);
	return path_make_folder_in(root_fd, parent, 0755, err);
}
