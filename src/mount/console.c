// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/console.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/path.h"
#include "base/scope.h"
#include "mount/tree.h"

static int check_devpts(int fd, const char *what, struct error *err)
{
	struct statfs status;

	if (fstatfs(fd, &status) < 0)
		return error_sys(err, "statfs %s", what);
	if (status.f_type != DEVPTS_SUPER_MAGIC)
		return error_set(err, ENODEV, "%s is not on a devpts: %s", what, error_words(ENODEV));
	return 0;
}

int mount_open_pts(const struct mount_run *run, struct error *err)
{
	autoclose int fd = path_open_real_in(run->root_fd, "/dev/pts", O_PATH | O_DIRECTORY, err);

	if (fd < 0)
		return fd;
	TRY(check_devpts(fd, "/dev/pts", err));
	return fd_take(&fd);
}

static int create(int dev_fd)
{
	return openat(dev_fd, "console", O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* An image may bring its own: a file or a node is covered, a symbolic link is in the way. */
static int open_target(int dev_fd, struct error *err)
{
	autoclose int fd = create(dev_fd);
	struct stat st;

	if (fd >= 0 || errno != EEXIST)
		return fd < 0 ? error_sys(err, "create") : fd_take(&fd);
	fd = openat(dev_fd, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(err, "open");
	if (!S_ISLNK(st.st_mode))
		return fd_take(&fd);
	if (unlinkat(dev_fd, "console", 0) < 0)
		return error_sys(err, "remove the symbolic link");
	scope_close(&fd);
	fd = create(dev_fd);
	return fd < 0 ? error_sys(err, "create") : fd_take(&fd);
}

static int bind_slave(const struct mount_run *run, int slave_fd, struct error *err)
{
	struct mount_options none = { 0 };
	autoclose int target_fd = -1, tree_fd = -1;

	TRY(check_devpts(slave_fd, "the terminal", err));
	target_fd = open_target(run->place_fds[MOUNT_PLACE_DEV], err);
	if (target_fd < 0)
		return target_fd;
	tree_fd = mount_tree_clone(slave_fd, "", AT_EMPTY_PATH, err);
	if (tree_fd < 0)
		return tree_fd;
	return mount_tree_attach(tree_fd, target_fd, &none, run->proc_fd, err);
}

int mount_console(const struct mount_plan *plan, const struct mount_run *run, int slave_fd,
		  struct error *err)
{
	if (plan->has_host_dev)
		return 0;
	return bind_slave(run, slave_fd, err) < 0 ? error_wrap(err, "/dev/console") : 0;
}
