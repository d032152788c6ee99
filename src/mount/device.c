// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/device.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/path.h"
#include "base/scope.h"
#include "base/text.h"
#include "mount/target.h"
#include "mount/tree.h"

static const struct link {
	const char *name, *text;
} links[] = {
	{ "fd", "/proc/self/fd" },	   { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },   { "stderr", "/proc/self/fd/2" },
};

static bool is_same(const struct mount_device *device, const struct stat *st)
{
	if ((st->st_mode & S_IFMT) != (device->mode & S_IFMT))
		return false;
	return S_ISFIFO(st->st_mode) || st->st_rdev == device->rdev;
}

static bool has_owner(const struct mount_device *device, const struct stat *st)
{
	return st->st_uid == device->uid && st->st_gid == device->gid;
}

static bool has_mode(const struct mount_device *device, const struct stat *st)
{
	return (st->st_mode & 07777) == (device->mode & 07777);
}

static int check_is_same(const struct mount_device *device, const struct stat *st,
			 struct error *err)
{
	if (is_same(device, st))
		return 0;
	return error_set(err, EEXIST, "something else is there: %s", error_words(EEXIST));
}

/*
 * By a descriptor that is looked at again, so that nothing else can take its place in between.
 * chmod(2) has no form for an O_PATH descriptor, hence the name in /proc.
 */
static int set_owner(const struct mount_device *device, int parent_fd, const char *node,
		     int proc_fd, struct error *err)
{
	autoclose int fd = openat(parent_fd, node, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char name[MOUNT_TREE_NAME_SIZE];
	struct stat st;

	if (fd < 0)
		return error_sys(err, "open");
	if (fstat(fd, &st) < 0)
		return error_sys(err, "stat");
	TRY(check_is_same(device, &st, err));
	if (!has_owner(device, &st) &&
	    fchownat(fd, "", device->uid, device->gid, AT_EMPTY_PATH) < 0)
		return error_sys(err, "chown");
	if (has_mode(device, &st))
		return 0;
	TRY(mount_tree_name(proc_fd, fd, name, err));
	if (fchmodat(AT_FDCWD, name, device->mode & 07777, 0) < 0)
		return error_sys(err, "chmod");
	return 0;
}

static int check_node(const struct mount_device *device, int parent_fd, const char *name,
		      bool is_new, int proc_fd, struct error *err)
{
	struct stat st;

	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(err, "stat");
	TRY(check_is_same(device, &st, err));
	if (!is_new || (has_owner(device, &st) && has_mode(device, &st)))
		return 0;
	return set_owner(device, parent_fd, name, proc_fd, err);
}

/* -EPERM, and nothing else, says that the node has to be bound. */
static int make_node(const struct mount_device *device, int parent_fd, const char *name,
		     int proc_fd, struct error *err)
{
	bool is_new = mknodat(parent_fd, name, device->mode, device->rdev) == 0;

	if (!is_new && errno != EEXIST)
		return error_sys(err, "mknod");
	return check_node(device, parent_fd, name, is_new, proc_fd, err);
}

static int clone_node(const struct mount_device *device, struct error *err)
{
	if (device->tree_fd < 0)
		return mount_tree_clone(AT_FDCWD, device->path, AT_SYMLINK_NOFOLLOW, err);
	return TEMP_FAILURE_RETRY(fcntl(device->tree_fd, F_DUPFD_CLOEXEC, 3));
}

static int open_mount_point(int parent_fd, const char *name, struct error *err)
{
	int fd = openat(parent_fd, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST)
		fd = openat(parent_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? error_sys(err, "create") : fd;
}

static int bind_node(const struct mount_device *device, int parent_fd, const char *name,
		     int proc_fd, struct error *err)
{
	struct mount_options none = { 0 };
	autoclose int node_fd = clone_node(device, err);
	autoclose int target_fd = -1;
	struct stat st;

	if (node_fd < 0)
		return error_wrap(err, "the host's node");
	if (fstat(node_fd, &st) < 0)
		return error_sys(err, "stat");
	if (!is_same(device, &st))
		return error_set(err, ENODEV, "the host's node of that name is another device");
	target_fd = open_mount_point(parent_fd, name, err);
	if (target_fd < 0)
		return target_fd;
	return mount_tree_attach(node_fd, target_fd, &none, proc_fd, err);
}

static int make_in(const struct mount_plan *plan, const struct mount_run *run,
		   const struct mount_device *device, int parent_fd, const char *name,
		   struct error *err)
{
	int r = -EPERM;

	if (!plan->has_user_ns || S_ISFIFO(device->mode))
		r = make_node(device, parent_fd, name, run->proc_fd, err);
	if (r != -EPERM || S_ISFIFO(device->mode))
		return r;
	if (!plan->has_user_ns)
		log_debug("device %s: %s; the host's node is bound", device->path, err->text);
	return bind_node(device, parent_fd, name, run->proc_fd, err);
}

/* Below /dev the walk cannot leave it: /dev itself is the root for links and "..". */
static int make_device(const struct mount_plan *plan, const struct mount_run *run,
		       const struct mount_device *device, struct error *err)
{
	int dev_fd = run->place_fds[MOUNT_PLACE_DEV];
	bool is_in_dev = text_begins(device->path, "/dev/");
	const char *path = device->path + (is_in_dev ? strlen("/dev") : 0), *name;
	autoclose int parent_fd = -1;

	if (is_in_dev && !strchr(path + 1, '/'))
		return make_in(plan, run, device, dev_fd, path + 1, err);
	parent_fd = path_make_parent_in(is_in_dev ? dev_fd : run->root_fd, path, &name, err);
	if (parent_fd < 0)
		return parent_fd;
	return make_in(plan, run, device, parent_fd, name, err);
}

static int make_link(int dev_fd, const char *name, const char *text, struct error *err)
{
	if (symlinkat(text, dev_fd, name) < 0 && errno != EEXIST)
		return error_sys(err, "symlink /dev/%s", name);
	return 0;
}

/* Whatever is called ptmx is replaced: terminals are to come from the container's devpts. */
static int make_ptmx(int dev_fd, struct error *err)
{
	if (symlinkat("pts/ptmx", dev_fd, "ptmx") == 0)
		return 0;
	if (errno == EEXIST && unlinkat(dev_fd, "ptmx", 0) == 0 &&
	    symlinkat("pts/ptmx", dev_fd, "ptmx") == 0)
		return 0;
	return error_sys(err, "symlink /dev/ptmx");
}

static int make_links(int dev_fd, struct error *err)
{
	for (size_t i = 0; i < countof(links); i++)
		TRY(make_link(dev_fd, links[i].name, links[i].text, err));
	if (access("/proc/kcore", F_OK) == 0)
		TRY(make_link(dev_fd, "core", "/proc/kcore", err));
	return make_ptmx(dev_fd, err);
}

/* There was none before the mounts, so one that is there now is somebody else's. */
static int make_dev(struct mount_run *io_run, struct error *err)
{
	if (mkdirat(io_run->root_fd, "dev", 0755) < 0)
		return error_sys(err, "mkdir /dev");
	return mount_target_open_dev(io_run, err);
}

static int make_all(const struct mount_plan *plan, struct mount_run *io_run, struct error *err)
{
	if (io_run->place_fds[MOUNT_PLACE_DEV] < 0)
		TRY(make_dev(io_run, err));
	for (size_t i = 0; i < plan->device_count; i++) {
		const struct mount_device *device = &plan->devices[i];

		if (make_device(plan, io_run, device, err) < 0)
			return error_wrap(err, "device %s", device->path);
	}
	return make_links(io_run->place_fds[MOUNT_PLACE_DEV], err);
}

int mount_devices_make(const struct mount_plan *plan, struct mount_run *io_run,
		       struct error *err)
{
	mode_t umask_before;
	int r;

	if (plan->has_host_dev)
		return 0;
	umask_before = umask(0);
	r = make_all(plan, io_run, err);
	umask(umask_before);
	return r;
}
