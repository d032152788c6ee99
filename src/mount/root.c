// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/root.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/scope.h"
#include "base/sys.h"
#include "mount/hide.h"
#include "mount/target.h"
#include "mount/tree.h"

/*
 * A mask is a bind of this node, so it must be what it is called. It is cloned now, because the
 * host's mounts cannot be cloned any more once the old root is gone.
 */
static int open_null(struct error *err)
{
	autoclose int fd = mount_tree_clone(AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW, err);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_sys(err, "stat /dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(err, ENODEV, "/dev/null of the host is not character 1:3");
	return fd_take(&fd);
}

static int open_rootfs(const struct mount_plan *plan, const struct mount_run *run,
		       struct error *err)
{
	struct mount_options options = { 0 };
	unsigned long private = MS_PRIVATE | MS_REC;
	autoclose int host_fd = open(plan->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -1;

	if (host_fd < 0)
		return error_sys(err, "open %s", plan->root);
	fd = mount_tree_clone(host_fd, "", AT_EMPTY_PATH | AT_RECURSIVE, err);
	if (fd < 0)
		return fd;
	/* The others are set after the last mount: mount_finish. */
	if (plan->propagation & MS_PRIVATE) {
		private = plan->propagation;
		options.propagation = &private;
		options.propagation_count = 1;
	}
	TRY(mount_tree_attach(fd, host_fd, &options, run->proc_fd, err));
	return fd_take(&fd);
}

static int open_all(const struct mount_plan *plan, struct mount_run *io_run, struct error *err)
{
	io_run->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (io_run->proc_fd < 0)
		return error_sys(err, "open /proc");
	if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return error_sys(err, "make / a slave of the host's mounts");
	io_run->root_fd = open_rootfs(plan, io_run, err);
	if (io_run->root_fd < 0)
		return error_wrap(err, "root.path");
	if (!plan->has_own_dev && !plan->has_host_dev)
		TRY(mount_target_open_dev(io_run, err));
	if (!plan->mask_count)
		return 0;
	io_run->null_fd = open_null(err);
	return io_run->null_fd < 0 ? error_wrap(err, "linux.maskedPaths") : 0;
}

int mount_root_open(const struct mount_plan *plan, struct mount_run *ret_run, struct error *err)
{
	struct mount_run run = MOUNT_RUN_NONE;
	int r = open_all(plan, &run, err);

	if (r < 0)
		mount_run_clear(&run);
	*ret_run = run;
	return r < 0 ? r : 0;
}

/*
 * pivot_root(".", ".") stacks the old root on the new one, and the umount of "." takes the top of
 * the stack: no folder for the old root is needed in the image (pivot_root(2), NOTES).
 */
static int pivot(struct error *err)
{
	if (sys_pivot_root(".", ".") < 0)
		return error_sys(err, "pivot_root");
	if (umount2(".", MNT_DETACH) < 0)
		return error_sys(err, "umount the old root");
	return 0;
}

static int move(const struct mount_run *run, struct error *err)
{
	TRY(mount_hide_host(run, err));
	if (fchdir(run->root_fd) < 0)
		return error_sys(err, "enter the root");
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return error_sys(err, "move the root");
	if (chroot(".") < 0)
		return error_sys(err, "chroot");
	return 0;
}

int mount_root_pivot(const struct mount_plan *plan, const struct mount_run *run, struct error *err)
{
	if (fchdir(run->root_fd) < 0)
		return error_sys(err, "enter the root");
	TRY(plan->no_pivot ? move(run, err) : pivot(err));
	if (chdir("/") < 0)
		return error_sys(err, "chdir /");
	return 0;
}
