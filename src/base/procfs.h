// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procfs - a proc file system of our own, and files in it that are what they claim
 *
 * A label or a sysctl written to the wrong file is a hole: a container's mounts can put
 * anything over /proc. So the runtime writes through a detached mount that nobody else
 * can reach, and looks at every file again before it is written.
 */
#ifndef HUSK_BASE_PROCFS_H
#define HUSK_BASE_PROCFS_H

#include "base/error.h"

/**
 * procfs_open - a descriptor on the root of a proc file system
 *
 * A new detached mount for the caller's pid namespace; where the kernel refuses one (no
 * right to it, or a /proc that is partly covered), the /proc that is mounted, verified to be
 * the root of a proc file system. So it is called before the container's root is entered.
 *
 * Returns a close-on-exec descriptor, or a negative errno.
 * Source: fsopen(2), Linux 5.2; fs/namespace.c, mount_too_revealing().
 */
MUST_USE int procfs_open(struct error *err);

/**
 * procfs_open_file - a regular file below @proc_fd
 *
 * @name: "sys/net/ipv4/ip_forward". No symbolic link and no mount on the way is taken.
 * @flags: as open(2); O_CLOEXEC is added.
 *
 * Returns a descriptor, or a negative errno: -EXDEV when something is mounted over the file,
 * -ELOOP for a link, -EINVAL when it is no regular file of a proc file system.
 * Source: openat2(2); statfs(2).
 */
MUST_USE int procfs_open_file(int proc_fd, const char *name, int flags, struct error *err);

/* The same for a file of the calling thread: @name is "attr/exec" for thread-self/attr/exec. */
MUST_USE int procfs_open_own_file(int proc_fd, const char *name, int flags, struct error *err);

/* Gives @text to such a file in ONE write(2), which to the kernel is one command. */
MUST_USE int procfs_write(int file_fd, const char *text, struct error *err);

#endif
