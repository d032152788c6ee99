// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/folder.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/listing.h"
#include "base/sys.h"

enum { FILE_LIMIT = 1 << 20, RACES_MAX = 10000 };

/* --- files --- */

static int open_checked(const char *path, int flags, struct error *err)
{
	autoclose int fd = open(path, flags | O_CLOEXEC);
	struct statfs info;

	if (fd < 0 || fstatfs(fd, &info) < 0)
		return error_sys(err, "open %s", path);
	if (info.f_type != CGROUP2_SUPER_MAGIC && info.f_type != CGROUP_SUPER_MAGIC)
		return error_set(err, EINVAL, "%s: not in a cgroup file system", path);
	return fd_take(&fd);
}

int cgroup_folder_open(const char *path, struct error *err)
{
	return open_checked(path, O_PATH | O_DIRECTORY, err);
}

int cgroup_folder_open_file(int folder_fd, const char *name, int flags, struct error *err)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	int fd = sys_openat2(folder_fd, name, &how);

	return fd < 0 ? error_sys(err, "open %s", name) : fd;
}

static int write_once(int fd, const char *name, const char *text, struct error *err)
{
	if (TEMP_FAILURE_RETRY(write(fd, text, strlen(text))) < 0)
		return error_sys(err, "write \"%s\" to %s", text, name);
	return 0;
}

int cgroup_folder_write(int folder_fd, const char *name, const char *text, struct error *err)
{
	autoclose int fd = cgroup_folder_open_file(folder_fd, name, O_WRONLY, err);

	return fd < 0 ? fd : write_once(fd, name, text, err);
}

int cgroup_folder_open_file_at(const char *path, const char *name, int flags, struct error *err)
{
	autofree char *file = mem_format("%s/%s", path, name);

	return open_checked(file, flags | O_NOFOLLOW, err);
}

int cgroup_folder_write_at(const char *path, const char *name, const char *text,
			   struct error *err)
{
	autofree char *file = mem_format("%s/%s", path, name);
	autoclose int fd = open_checked(file, O_WRONLY | O_NOFOLLOW, err);

	return fd < 0 ? fd : write_once(fd, file, text, err);
}

int cgroup_folder_read_at(const char *path, const char *name, char **ret_text, struct error *err)
{
	autofree char *file = mem_format("%s/%s", path, name);
	autoclose int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t size;
	int r;

	if (fd < 0)
		return error_sys(err, "open %s", file);
	r = fd_read_all(fd, FILE_LIMIT, ret_text, &size, err);
	if (r < 0)
		return error_wrap(err, "%s", file);
	if (size && (*ret_text)[size - 1] == '\n')
		(*ret_text)[size - 1] = '\0';
	return 0;
}

/* --- make --- */

static bool is_gone(void)
{
	return cgroup_folder_is_gone(-errno);
}

/* mkdir of the first @size bytes of @path. Returns 0 also when it is there, else -errno. */
static int make_one(const char *path, size_t size, struct folder_made *io_made)
{
	autofree char *folder = mem_format("%.*s", (int)size, path);

	io_made->is_new = mkdir(folder, 0755) == 0;
	if (!io_made->is_new)
		return errno == EEXIST ? 0 : -errno;
	if (!io_made->shortest || size < io_made->shortest)
		io_made->shortest = size;
	return 0;
}

/* From the first folder below the mount point down to the one above the last. */
static int make_parents(const struct cgroup_tree *tree, struct folder_made *io_made)
{
	const char *end = tree->folder + strlen(tree->mount_point);

	while ((end = strchr(end + 1, '/'))) {
		int r = make_one(tree->folder, (size_t)(end - tree->folder), io_made);

		if (r < 0)
			return r;
	}
	return 0;
}

int cgroup_folder_make(const struct cgroup_tree *tree, struct folder_made *io_made,
		       struct error *err)
{
	int r = -ENOENT;

	/*
	 * Whoever removes the last container of a parent removes the parent. Each turn lost
	 * means that another husk got something done, so the bound is only for the mad.
	 */
	for (int i = 0; i < RACES_MAX && cgroup_folder_is_gone(r); i++) {
		r = make_one(tree->folder, strlen(tree->folder), io_made);
		if (!cgroup_folder_is_gone(r))
			break;
		r = make_parents(tree, io_made);
		if (r == 0)
			r = -ENOENT;
	}
	if (r == 0)
		return 0;
	errno = -r;
	return error_sys(err, "mkdir %s", tree->folder);
}

void cgroup_folder_unmake(const struct cgroup_tree *tree, const struct folder_made *made)
{
	autofree char *path = mem_text(tree->folder);

	if (!made->shortest)
		return;
	while (strlen(path) >= made->shortest) {
		/* In use by others, or gone: both are as it should be. */
		(void)rmdir(path);
		*strrchr(path, '/') = '\0';
	}
}

/* --- walk --- */

/* The folders in one folder, and which of them is next. */
struct level {
	struct level *up;
	size_t count, next;
	char **name;
};

static struct level *list_level(int fd, struct level *up, struct arena *io_arena)
{
	struct level *level = arena_new(io_arena, sizeof(*level));
	autolisting struct listing list = listing_open(fd, ".");
	const struct dirent64 *entry;

	level->up = up;
	while ((entry = listing_next_entry(&list))) {
		if (entry->d_type != DT_DIR)
			continue;
		level->name = arena_grow(io_arena, level->name, level->count, sizeof(char *));
		level->name[level->count++] = arena_text(io_arena, entry->d_name);
	}
	return level;
}

/* Moves @io_fd to what @name means in it, which may be "..". */
static int move(int *io_fd, const char *name)
{
	int fd = openat(*io_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(*io_fd);
	*io_fd = fd;
	return 0;
}

static int walk(int *io_fd, struct arena *io_arena, folder_visit *visit, void *data,
		struct error *err)
{
	struct level *level = list_level(*io_fd, NULL, io_arena);

	while (level->next < level->count || level->up) {
		if (level->next == level->count) {
			if (move(io_fd, "..") < 0)
				return error_sys(err, "open the folder above");
			level = level->up;
			TRY(visit(*io_fd, level->name[level->next++], data, err));
		} else if (move(io_fd, level->name[level->next]) == 0) {
			level = list_level(*io_fd, level, io_arena);
		} else if (is_gone()) {
			level->next++;
		} else {
			return error_sys(err, "open %s", level->name[level->next]);
		}
	}
	return 0;
}

int cgroup_folder_walk(const char *path, folder_visit *visit, void *data, struct error *err)
{
	autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct arena arena = { 0 };
	int r;

	if (fd < 0)
		return is_gone() ? 0 : error_sys(err, "open %s", path);
	r = walk(&fd, &arena, visit, data, err);
	arena_clear(&arena);
	return r < 0 ? error_wrap(err, "below %s", path) : 0;
}
