// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/procfs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "test.h"

static int open_proc(void)
{
	struct error err;
	int fd = procfs_open(&err);

	CHECK_OK(fd, err);
	return fd;
}

TEST(root_is_of_a_proc_file_system)
{
	autoclose int proc_fd = open_proc();
	struct statfs fs;

	CHECK_INT(fstatfs(proc_fd, &fs), 0);
	CHECK_INT(fs.f_type, PROC_SUPER_MAGIC);
	CHECK_INT(fcntl(proc_fd, F_GETFD), FD_CLOEXEC);
}

TEST(regular_file_is_opened_and_written)
{
	autoclose int proc_fd = open_proc();
	struct error err;
	autoclose int fd = procfs_open_file(proc_fd, "self/comm", O_RDWR, &err);
	autoclose int own_fd = procfs_open_own_file(proc_fd, "comm", O_RDWR, &err);
	autofree char *name = NULL;

	/* "self" is a link, and links are not taken. */
	CHECK_INT(fd, -ELOOP);
	CHECK_OK(own_fd, err);
	CHECK_OK(procfs_write(own_fd, "renamed", &err), err);
	CHECK_INT(lseek(own_fd, 0, SEEK_SET), 0);
	CHECK_OK(fd_read_all(own_fd, 100, &name, NULL, &err), err);
	CHECK_STR(name, "renamed\n");
}

TEST(anything_but_a_regular_file_is_refused)
{
	autoclose int proc_fd = open_proc();
	struct error err;

	CHECK_ERROR(procfs_open_file(proc_fd, "sys/kernel", O_RDONLY, &err), err, EINVAL,
		    "/proc/sys/kernel: not a regular file");
	CHECK_ERROR(procfs_open_file(proc_fd, "nothing", O_RDONLY, &err), err, ENOENT,
		    "open /proc/nothing: no such file or directory");
	CHECK_INT(procfs_open_file(proc_fd, "../etc/passwd", O_RDONLY, &err), -EXDEV);
	CHECK_INT(procfs_open_file(proc_fd, "/version", O_RDONLY, &err), -EXDEV);
}

TEST(file_of_another_file_system_is_refused)
{
	autoclose int etc_fd = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err;

	CHECK_ERROR(procfs_open_file(etc_fd, "passwd", O_RDONLY, &err), err, EINVAL,
		    "passwd: not in a proc file system");
}

/*
 * In a mount namespace of its own: something lies over a file of the mounted /proc. Through
 * /proc it is refused, through the detached mount the real file is there.
 */
static int look_below_a_mount(void)
{
	autoclose int plain_fd = -1, detached_fd = -1, covered = -1, real = -1;
	struct error err;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("/etc/passwd", "/proc/version", NULL, MS_BIND, NULL) < 0)
		return 77;
	plain_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	detached_fd = procfs_open(&err);
	covered = procfs_open_file(plain_fd, "version", O_RDONLY, &err);
	real = procfs_open_file(detached_fd, "version", O_RDONLY, &err);
	return covered == -EXDEV && real >= 0 ? 0 : 1;
}

TEST(mount_over_a_file_is_not_taken)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(look_below_a_mount());
	CHECK_INT(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		SKIP("needs the right to mount");
	CHECK_INT(status, 0);
}
