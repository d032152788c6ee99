// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/detach.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/scope.h"
#include "mount/tree.h"

static int look(int fd, struct statx *ret_status, struct error *err)
{
	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, ret_status) < 0)
		return error_sys(err, "statx");
	return 0;
}

/* The kernel says EINVAL to that, among other things; and the root it would really take. */
static int check_is_mount(int root_fd, int fd, struct error *err)
{
	struct statx root, found;

	TRY(look(root_fd, &root, err));
	TRY(look(fd, &found, err));
	if (!(found.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return error_set(err, EINVAL, "is not a mount point");
	if (found.stx_mnt_id == root.stx_mnt_id)
		return error_set(err, EINVAL, "is the root of the container");
	return 0;
}

int mount_detach(const struct mount_run *run, const char *target, struct error *err)
{
	autoclose int fd = path_open_in(run->root_fd, target, O_PATH, err);
	char name[MOUNT_TREE_NAME_SIZE];

	if (fd < 0)
		return fd;
	if (check_is_mount(run->root_fd, fd, err) < 0)
		return error_wrap(err, "%s", target);
	TRY(mount_tree_name(run->proc_fd, fd, name, err));
	if (umount2(name, MNT_DETACH) < 0)
		return error_sys(err, "umount %s", target);
	return 0;
}
