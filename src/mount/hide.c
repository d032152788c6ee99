// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/hide.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>

#include "base/scope.h"
#include "mount/tree.h"
#include "proc/mounts.h"

static bool is_below(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static bool is_whole(const struct mounts_row *row)
{
	if (strcmp(row->root, "/") != 0)
		return false;
	return strcmp(row->fs_type, "proc") == 0 || strcmp(row->fs_type, "sysfs") == 0;
}

static int cover(const char *path, int proc_fd, struct error *err)
{
	const char *data[] = { "nr_blocks=1", "nr_inodes=1" };
	struct mount_new what = {
		.type = "tmpfs",
		.source = "tmpfs",
		.data = data,
		.data_count = countof(data),
		.attributes = MOUNT_ATTR_RDONLY,
	};
	struct mount_options options = { 0 };
	autoclose int target_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int tree_fd = -1;

	if (target_fd < 0)
		return error_sys(err, "open %s", path);
	tree_fd = mount_tree_new(&what, err);
	if (tree_fd < 0)
		return tree_fd;
	return mount_tree_attach(tree_fd, target_fd, &options, proc_fd, err);
}

/* A path that went with one above it has nothing to show. EINVAL, EPERM: locked to another one. */
static int hide(const struct mounts_row *row, int proc_fd, struct error *err)
{
	if (umount2(row->mount_point, MNT_DETACH) == 0)
		return 0;
	if (errno == ENOENT)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return error_sys(err, "umount %s", row->mount_point);
	if (cover(row->mount_point, proc_fd, err) < 0 && err->code != ENOENT)
		return error_wrap(err, "cover %s", row->mount_point);
	return 0;
}

int mount_hide_host(const struct mount_run *run, struct error *err)
{
	char name[MOUNT_TREE_NAME_SIZE], root[PATH_MAX];
	struct mounts mounts automounts = { 0 };
	ssize_t size;

	TRY(mounts_read(&mounts, err));
	TRY(mount_tree_name(run->proc_fd, run->root_fd, name, err));
	size = readlink(name, root, sizeof(root) - 1);
	if (size < 0)
		return error_sys(err, "find the root's path");
	root[size] = '\0';
	for (size_t i = mounts.count; i-- > 0;) {
		const struct mounts_row *row = &mounts.row[i];

		if (is_whole(row) && !is_below(row->mount_point, root))
			TRY(hide(row, run->proc_fd, err));
	}
	return 0;
}
