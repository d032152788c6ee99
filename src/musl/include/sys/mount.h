// SPDX-License-Identifier: GPL-2.0-or-later
/* sys/mount.h - musl's, and what glibc's has besides (see musl/lacks.c) */
#ifndef HUSK_MUSL_INCLUDE_SYS_MOUNT_H
#define HUSK_MUSL_INCLUDE_SYS_MOUNT_H

#include_next <sys/mount.h>

#include <linux/mount.h>
#include <stddef.h>

int open_tree(int dir_fd, const char *path, unsigned int flags);
int move_mount(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);
int mount_setattr(int dir_fd, const char *path, unsigned int flags, struct mount_attr *attr,
		  size_t size);
int fsopen(const char *type, unsigned int flags);
int fspick(int dir_fd, const char *path, unsigned int flags);
int fsconfig(int fs_fd, unsigned int command, const char *key, const void *value, int aux);
int fsmount(int fs_fd, unsigned int flags, unsigned int attr_flags);

#endif
