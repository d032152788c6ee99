// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/source.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "mount/idmap.h"
#include "mount/tree.h"

/*
 * The clone of a shared mount is its peer, and would carry the container's mounts to the host. A
 * kernel that cannot change that on a detached mount (before 5.12) leaves the source to the stage.
 */
static int make_slave(int tree_fd, struct error *err)
{
	struct mount_attr attr = { .propagation = MS_SLAVE };

	if (mount_setattr(tree_fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return error_sys(err, "mount_setattr");
	return 0;
}

static int clone_slave(const char *path, unsigned int at_flags, struct error *err)
{
	autoclose int fd = mount_tree_clone(AT_FDCWD, path, at_flags, err);

	if (fd < 0)
		return fd;
	TRY(make_slave(fd, err));
	return fd_take(&fd);
}

/* A symbolic link that is to be made anew is read by the stage, not bound. */
static bool is_copied_link(const struct mount_step *step)
{
	struct stat st;

	return step->options.orders & MOUNT_ORDER_COPY_SYMLINK && lstat(step->source, &st) == 0 &&
	       S_ISLNK(st.st_mode);
}

static int open_step(struct mount_step *io_step, bool is_live, struct error *err)
{
	unsigned int orders = io_step->options.orders, at_flags = 0;
	autoclose int fd = -1;

	if (is_copied_link(io_step))
		return 0;
	if (orders & MOUNT_ORDER_RECURSIVE)
		at_flags |= AT_RECURSIVE;
	if (orders & MOUNT_ORDER_SOURCE_NOFOLLOW)
		at_flags |= AT_SYMLINK_NOFOLLOW;
	fd = clone_slave(io_step->source, at_flags, err);
	if (fd == -ENOSYS && !io_step->idmap && !is_live)
		return 0;
	if (fd < 0)
		return fd;
	if (io_step->idmap)
		TRY(mount_idmap_set(fd, io_step->idmap, err));
	io_step->tree_fd = fd_take(&fd);
	return 0;
}

static int open_device(struct mount_device *io_device, struct error *err)
{
	int fd;

	if (S_ISFIFO(io_device->mode))
		return 0;
	fd = clone_slave(io_device->path, AT_SYMLINK_NOFOLLOW, err);
	if (fd == -ENOSYS)
		return 0;
	if (fd < 0)
		return error_wrap(err, "device %s", io_device->path);
	io_device->tree_fd = fd;
	return 0;
}

int mount_open_sources(struct mount_plan *io_plan, struct error *err)
{
	for (size_t i = 0; i < io_plan->step_count; i++) {
		struct mount_step *step = &io_plan->steps[i];

		if (step->kind != MOUNT_BIND ||
		    (!io_plan->has_user_ns && !io_plan->is_live && !step->idmap))
			continue;
		if (open_step(step, io_plan->is_live, err) < 0)
			return error_wrap(err, "%s: mount %s on %s", step->place, step->source,
					  step->target);
	}
	for (size_t i = 0; io_plan->has_user_ns && i < io_plan->device_count; i++)
		TRY(open_device(&io_plan->devices[i], err));
	return 0;
}
