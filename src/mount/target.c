// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/target.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/path.h"
#include "base/scope.h"
#include "base/text.h"

static const char *const places[MOUNT_PLACE_COUNT] = {
	[MOUNT_PLACE_DEV] = "/dev",
	[MOUNT_PLACE_PROC] = "/proc",
	[MOUNT_PLACE_SYS] = "/sys",
};

enum { FOLDER_MODE = 0755, FILE_MODE = 0644 };

int mount_target_find(const struct mount_step *step, int root_fd, int flags, struct error *err)
{
	if (step->is_real_target)
		return path_open_real_in(root_fd, step->target, flags, err);
	if (step->options.orders & MOUNT_ORDER_TARGET_NOFOLLOW)
		flags |= O_NOFOLLOW;
	return path_open_in(root_fd, step->target, flags, err);
}

static int make_target(const struct mount_step *step, int root_fd, bool is_folder,
		       struct error *err)
{
	autoclose int fd = -1;

	if (!is_folder)
		return path_make_file_in(root_fd, step->target, FILE_MODE, err);
	fd = path_make_folder_in(root_fd, step->target, FOLDER_MODE, err);
	if (fd < 0 || !step->is_real_target)
		return fd_take(&fd);
	return path_open_real_in(root_fd, step->target, O_PATH | O_DIRECTORY, err);
}

/*
 * A mount over a file of /proc would be read and written in its place, labels and sysctls
 * included. The plan has looked at the words; this looks at where they led (M-14).
 */
static int check_target(const struct mount_step *step, int target_fd, struct error *err)
{
	struct statfs status;

	if (step->proc_rule != MOUNT_PROC_REFUSED)
		return 0;
	if (fstatfs(target_fd, &status) < 0)
		return error_sys(err, "statfs %s", step->target);
	if (status.f_type == PROC_SUPER_MAGIC)
		return error_set(err, EPERM, "%s lies on a procfs, where nothing may be mounted",
				 step->target);
	return 0;
}

/* move_mount(2) says EINVAL to that, among many other things. */
static int check_kind(const struct mount_step *step, int target_fd, bool is_folder,
		      struct error *err)
{
	struct stat st;

	if (is_folder) /* O_DIRECTORY has seen to it */
		return 0;
	if (fstat(target_fd, &st) < 0)
		return error_sys(err, "stat %s", step->target);
	if (S_ISDIR(st.st_mode))
		return error_set(err, ENOTDIR, "open %s: it is a folder, the source is not: %s",
				 step->target, error_words(ENOTDIR));
	return 0;
}

/* Opening what is there comes first when making it, too: it is done twice only where it must be. */
static bool is_plain(const struct mount_step *step)
{
	return !step->is_real_target && !(step->options.orders & MOUNT_ORDER_TARGET_NOFOLLOW);
}

int mount_target_open(const struct mount_step *step, int root_fd, bool is_folder,
		      bool *ret_existed, struct error *err)
{
	int flags = O_PATH | (is_folder ? O_DIRECTORY : 0);
	autoclose int fd = -ENOENT;
	bool existed;

	if (ret_existed || !is_plain(step))
		fd = mount_target_find(step, root_fd, flags, err);
	existed = fd >= 0;
	if (fd == -ENOENT)
		fd = make_target(step, root_fd, is_folder, err);
	if (fd < 0)
		return fd;
	TRY(check_kind(step, fd, is_folder, err));
	TRY(check_target(step, fd, err));
	if (ret_existed)
		*ret_existed = existed;
	return fd_take(&fd);
}

int mount_target_reach(const struct mount_run *run, const char *path, struct error *err)
{
	for (size_t i = 0; i < countof(places); i++) {
		size_t size = strlen(places[i]);
		int fd;

		if (run->place_fds[i] < 0 || !text_begins(path, places[i]) || path[size] != '/')
			continue;
		fd = path_open_in(run->place_fds[i], path + size, O_PATH, err);
		/* /dev/core and the like are links that lead out of it. */
		if (fd != -ENOENT || i != MOUNT_PLACE_DEV)
			return fd;
	}
	return path_open_in(run->root_fd, path, O_PATH, err);
}

int mount_target_open_dev(struct mount_run *io_run, struct error *err)
{
	int fd = path_open_real_in(io_run->root_fd, "/dev", O_PATH | O_DIRECTORY, err);

	scope_close(&io_run->place_fds[MOUNT_PLACE_DEV]);
	io_run->place_fds[MOUNT_PLACE_DEV] = fd < 0 ? -1 : fd;
	return fd < 0 && fd != -ENOENT ? fd : 0;
}

int mount_target_keep(const struct mount_step *step, int *io_tree_fd, struct mount_run *io_run,
		      struct error *err)
{
	bool is_root = strcmp(step->target, "/") == 0;

	if (step->is_late_readonly) {
		size_t size = (io_run->late_count + 1) * sizeof(int);
		int fd = fcntl(*io_tree_fd, F_DUPFD_CLOEXEC, 3);

		if (fd < 0)
			return error_sys(err, "dup");
		io_run->late_fds = mem_grow(io_run->late_fds, size);
		io_run->late_fds[io_run->late_count++] = fd;
	}
	if (is_root) {
		scope_close(&io_run->root_fd);
		io_run->root_fd = fd_take(io_tree_fd);
		return mount_target_open_dev(io_run, err);
	}
	for (size_t i = 0; i < countof(places); i++)
		if (strcmp(step->target, places[i]) == 0) {
			scope_close(&io_run->place_fds[i]);
			io_run->place_fds[i] = fd_take(io_tree_fd);
		}
	return 0;
}
