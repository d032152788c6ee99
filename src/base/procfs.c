// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/procfs.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/sys.h"

/* The number of the root folder in every proc file system (PROC_ROOT_INO of the kernel). */
enum { ROOT_INODE = 1 };

static int is_procfs(int fd, const char *name, struct error *err)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return error_sys(err, "statfs %s", name);
	if (fs.f_type != PROC_SUPER_MAGIC)
		return error_set(err, EINVAL, "%s: not in a proc file system", name);
	return 0;
}

static int mount_detached(void)
{
	autoclose int fs_fd = fsopen("proc", FSOPEN_CLOEXEC);

	if (fs_fd < 0 || fsconfig(fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs_fd, FSMOUNT_CLOEXEC,
		       MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static int open_mounted(struct error *err)
{
	autoclose int fd = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_sys(err, "open /proc");
	TRY(is_procfs(fd, "/proc", err));
	if (fstat(fd, &st) < 0)
		return error_sys(err, "stat /proc");
	if (st.st_ino != ROOT_INODE)
		return error_set(err, EINVAL, "/proc: not the root of a proc file system");
	return fd_take(&fd);
}

int procfs_open(struct error *err)
{
	int fd = mount_detached();

	if (fd >= 0)
		return fd;
	log_debug("no detached proc file system (%s): /proc is taken", error_words(errno));
	return open_mounted(err);
}

int procfs_open_file(int proc_fd, const char *name, int flags, struct error *err)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	autoclose int fd = sys_openat2(proc_fd, name, &how);
	struct stat st;

	if (fd < 0)
		return error_sys(err, "open /proc/%s", name);
	TRY(is_procfs(fd, name, err));
	if (fstat(fd, &st) < 0)
		return error_sys(err, "stat /proc/%s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "/proc/%s: not a regular file", name);
	return fd_take(&fd);
}

int procfs_open_own_file(int proc_fd, const char *name, int flags, struct error *err)
{
	char self[64];
	ssize_t size = readlinkat(proc_fd, "thread-self", self, sizeof(self) - 1);
	autofree char *path = NULL;

	/* The link is "PID/task/TID" in the numbers of that mount, and taken by hand. */
	if (size < 0)
		return error_sys(err, "read /proc/thread-self");
	self[size] = '\0';
	path = mem_format("%s/%s", self, name);
	return procfs_open_file(proc_fd, path, flags, err);
}

int procfs_write(int file_fd, const char *text, struct error *err)
{
	if (TEMP_FAILURE_RETRY(write(file_fd, text, strlen(text))) < 0)
		return error_sys(err, "write");
	return 0;
}
