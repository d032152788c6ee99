// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lacks - system calls that glibc has a function for and musl has none
 *
 * With glibc's names and contracts, so that no other room knows which library it is linked with.
 * include/ declares them over musl's own headers. And some that musl has with calls too many.
 */
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int open_tree(int dir_fd, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dir_fd, path, flags);
}

int move_mount(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
	return (int)syscall(SYS_move_mount, from_fd, from, to_fd, to, flags);
}

int mount_setattr(int dir_fd, const char *path, unsigned int flags, struct mount_attr *attr,
		  size_t size)
{
	return (int)syscall(SYS_mount_setattr, dir_fd, path, flags, attr, size);
}

int fsopen(const char *type, unsigned int flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

int fspick(int dir_fd, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_fspick, dir_fd, path, flags);
}

int fsconfig(int fs_fd, unsigned int command, const char *key, const void *value, int aux)
{
	return (int)syscall(SYS_fsconfig, fs_fd, command, key, value, aux);
}

int fsmount(int fs_fd, unsigned int flags, unsigned int attr_flags)
{
	return (int)syscall(SYS_fsmount, fs_fd, flags, attr_flags);
}

int statx(int dir_fd, const char *path, int flags, unsigned int mask, struct statx *ret_status)
{
	return (int)syscall(SYS_statx, dir_fd, path, flags, mask, ret_status);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags)
{
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int execveat(int dir_fd, const char *path, char *const argv[], char *const envp[], int flags)
{
	return (int)syscall(SYS_execveat, dir_fd, path, argv, envp, flags);
}

int close_range(unsigned int first, unsigned int last, int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* musl's own sets FD_CLOEXEC once more by fcntl(2), for kernels that did not know O_CLOEXEC. */
int open(const char *path, int flags, ...)
{
	int mode = 0;
	va_list rest;

	if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
		va_start(rest, flags);
		mode = va_arg(rest, int);
		va_end(rest);
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/*
 * To the kernel ids are a thread's. musl tells all threads, signals held back; a husk that sets its
 * ids has one.
 */
int setgroups(size_t count, const gid_t *list)
{
	return (int)syscall(SYS_setgroups, count, list);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)syscall(SYS_setresgid, real, effective, saved);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)syscall(SYS_setresuid, real, effective, saved);
}
