// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "base/scope.h"

/* Flags of a mount: as fstatfs(2) reports them, as mount_setattr(2) and as mount(2) take them. */
static const struct flag {
	long status;
	uint64_t attribute;
	unsigned long flag;
} flags[] = {
	{ ST_RDONLY, MOUNT_ATTR_RDONLY, MS_RDONLY },
	{ ST_NOSUID, MOUNT_ATTR_NOSUID, MS_NOSUID },
	{ ST_NODEV, MOUNT_ATTR_NODEV, MS_NODEV },
	{ ST_NOEXEC, MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	{ ST_NODIRATIME, MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },
	{ 0x2000, MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW }, /* ST_NOSYMFOLLOW, statfs(2) */
};

int mount_tree_name(int proc_fd, int fd, char ret_name[MOUNT_TREE_NAME_SIZE], struct error *err)
{
	if (fchdir(proc_fd) < 0)
		return error_sys(err, "enter /proc");
	snprintf(ret_name, MOUNT_TREE_NAME_SIZE, "self/fd/%d", fd);
	return 0;
}

int mount_tree_clone(int dir_fd, const char *path, unsigned int at_flags, struct error *err)
{
	int fd = open_tree(dir_fd, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | at_flags);

	return fd < 0 ? error_sys(err, *path ? "open %s" : "open_tree%s", path) : fd;
}

int mount_tree_place(int tree_fd, int target_fd, struct error *err)
{
	if (move_mount(tree_fd, "", target_fd, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_sys(err, "move_mount");
	return 0;
}

/* mount_setattr(2) wants the field of the access time cleared whole before it takes a value. */
static uint64_t whole_atime(const struct mount_change *change)
{
	return (change->set | change->clear) & MOUNT_ATTR__ATIME ? MOUNT_ATTR__ATIME : 0;
}

static int set_attributes(int tree_fd, const struct mount_change *change, unsigned int at_flags)
{
	struct mount_attr attr = {
		.attr_set = change->set,
		.attr_clr = change->clear | whole_atime(change),
	};

	if (!attr.attr_set && !attr.attr_clr)
		return 0;
	return mount_setattr(tree_fd, "", AT_EMPTY_PATH | at_flags, &attr, sizeof(attr));
}

/* mount_setattr(2) is there since 5.12, but not for following symlinks, which is 5.14. */
static bool is_too_old(const struct mount_change *change)
{
	return errno == ENOSYS ||
	       (errno == EINVAL && (change->set | change->clear) & MOUNT_ATTR_NOSYMFOLLOW);
}

static unsigned long atime_flags(const struct mount_change *change, long status)
{
	if (change->set & MOUNT_ATTR_NOATIME)
		return MS_NOATIME;
	if (change->set & MOUNT_ATTR_STRICTATIME)
		return MS_STRICTATIME;
	if (whole_atime(change) || status & ST_RELATIME)
		return MS_RELATIME;
	return status & ST_NOATIME ? MS_NOATIME : MS_STRICTATIME;
}

/* Before Linux 5.12. mount(2) replaces all flags, so those that are there are named again. */
static int remount(int tree_fd, const struct mount_change *change, int proc_fd, struct error *err)
{
	char name[MOUNT_TREE_NAME_SIZE];
	struct statfs status;
	unsigned long all = MS_REMOUNT | MS_BIND;

	if (fstatfs(tree_fd, &status) < 0)
		return error_sys(err, "statfs");
	for (size_t i = 0; i < countof(flags); i++)
		if ((status.f_flags & flags[i].status && !(change->clear & flags[i].attribute)) ||
		    change->set & flags[i].attribute)
			all |= flags[i].flag;
	all |= atime_flags(change, status.f_flags);
	TRY(mount_tree_name(proc_fd, tree_fd, name, err));
	if (mount(NULL, name, NULL, all, NULL) < 0)
		return error_sys(err, "remount");
	return 0;
}

/* Both changes; the wide one first, so that the narrow one has the last word. */
static int set_both(int tree_fd, const struct mount_options *options)
{
	if (set_attributes(tree_fd, &options->below, AT_RECURSIVE) < 0)
		return -1;
	return set_attributes(tree_fd, &options->top, 0);
}

static int check_recursive(const struct mount_options *options, struct error *err)
{
	if (!options->below.set && !options->below.clear)
		return 0;
	return error_set(err, ENOSYS, "recursive mount flags need Linux 5.12 (nosymfollow 5.14)");
}

static bool is_both_too_old(const struct mount_options *options)
{
	return is_too_old(&options->below) || is_too_old(&options->top);
}

int mount_tree_set(int tree_fd, const struct mount_options *options, int proc_fd,
		   struct error *err)
{
	if (set_both(tree_fd, options) < 0) {
		if (!is_both_too_old(options))
			return error_sys(err, "mount_setattr");
		TRY(check_recursive(options, err));
		TRY(remount(tree_fd, &options->top, proc_fd, err));
	}
	for (size_t i = 0; i < options->propagation_count; i++)
		TRY(mount_tree_set_propagation(tree_fd, options->propagation[i], proc_fd, err));
	return 0;
}

int mount_tree_attach(int tree_fd, int target_fd, const struct mount_options *options, int proc_fd,
		      struct error *err)
{
	struct mount_options rest = *options;

	if (set_both(tree_fd, options) == 0) {
		rest.top = rest.below = (struct mount_change){ 0 };
	} else {
		if (!is_both_too_old(options))
			return error_sys(err, "mount_setattr");
		TRY(check_recursive(options, err));
	}
	TRY(mount_tree_place(tree_fd, target_fd, err));
	return mount_tree_set(tree_fd, &rest, proc_fd, err);
}

int mount_tree_set_readonly(int tree_fd, int proc_fd, struct error *err)
{
	struct mount_options options = { .top.set = MOUNT_ATTR_RDONLY };

	return mount_tree_set(tree_fd, &options, proc_fd, err);
}

int mount_tree_set_propagation(int tree_fd, unsigned long propagation, int proc_fd,
			       struct error *err)
{
	unsigned int at_flags = AT_EMPTY_PATH | (propagation & MS_REC ? AT_RECURSIVE : 0);
	struct mount_attr attr = { .propagation = propagation & ~(unsigned long)MS_REC };
	char name[MOUNT_TREE_NAME_SIZE];

	if (mount_setattr(tree_fd, "", at_flags, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != ENOSYS)
		return error_sys(err, "propagation");
	TRY(mount_tree_name(proc_fd, tree_fd, name, err));
	if (mount(NULL, name, NULL, propagation, NULL) < 0)
		return error_sys(err, "propagation");
	return 0;
}
