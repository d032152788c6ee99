// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tree - detached mounts: made, given flags, put in their place; for this folder alone
 *
 * A mount is built where nobody can see it and then moved onto a descriptor, so that no path of the
 * container is ever given to mount(2). What only mount(2) can do on old kernels names its
 * descriptor through the host's /proc, never through the container's.
 *
 * Source: fsopen(2), open_tree(2), move_mount(2), mount_setattr(2) (Linux 5.12).
 */
#ifndef HUSK_MOUNT_TREE_H
#define HUSK_MOUNT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mount/option.h"

struct mount_new {
	const char *type, *source;
	size_t data_count;
	const char *const *data;   /* "size=64k", "hidepid=2", "none" */
	struct mount_change super; /* MS_*, MS_RDONLY among them */
	uint64_t attributes;	   /* MOUNT_ATTR_* */
};

/**
 * mount_tree_new - a new file system, mounted nowhere
 *
 * MOUNT_ATTR_NOSYMFOLLOW is left to mount_tree_attach (it came with Linux 5.14). Errors carry the
 * kernel's own words: "fsconfig foo=1: Invalid argument (tmpfs: Unknown parameter 'foo')".
 */
MUST_USE int mount_tree_new(const struct mount_new *what, struct error *err);

/* True when fsconfig(2) cannot take the data: it ends at 255 bytes a word. */
bool mount_tree_is_too_long(const struct mount_new *what);

/**
 * mount_tree_mount - such a file system with long data, mounted right on @target_fd
 *
 * By mount(2), whose data is a page. Returns an O_PATH descriptor on the new mount's root.
 */
MUST_USE int mount_tree_mount(const struct mount_new *what, int target_fd, int proc_fd,
			      struct error *err);

/* Other parameters for the mounted file system at @target_fd (fspick(2)). */
MUST_USE int mount_tree_reconfigure(const struct mount_new *what, int target_fd, struct error *err);

/**
 * mount_tree_clone - a bind mount of @path, mounted nowhere
 *
 * @at_flags: AT_RECURSIVE, AT_SYMLINK_NOFOLLOW; AT_EMPTY_PATH with "" for @dir_fd itself.
 * Errors: "open PATH: ...".
 */
MUST_USE int mount_tree_clone(int dir_fd, const char *path, unsigned int at_flags,
			      struct error *err);

/* Moves the detached mount onto @target_fd. */
MUST_USE int mount_tree_place(int tree_fd, int target_fd, struct error *err);

/**
 * mount_tree_attach - flags, then the move, then propagation
 *
 * The mount has its flags before anyone can reach it, where the kernel has mount_setattr; before
 * Linux 5.12 they are set right after. Recursive flags are an error there (-ENOSYS).
 */
MUST_USE int mount_tree_attach(int tree_fd, int target_fd, const struct mount_options *options,
			       int proc_fd, struct error *err);

/* Flags and propagation of a mount that is in its place; @tree_fd is its root. */
MUST_USE int mount_tree_set(int tree_fd, const struct mount_options *options, int proc_fd,
			    struct error *err);

/* Read-only, for that mount alone. */
MUST_USE int mount_tree_set_readonly(int tree_fd, int proc_fd, struct error *err);

/* MS_PRIVATE and its like, with or without MS_REC. */
MUST_USE int mount_tree_set_propagation(int tree_fd, unsigned long propagation, int proc_fd,
					struct error *err);

enum { MOUNT_TREE_NAME_SIZE = 32 };

/**
 * mount_tree_name - a path that leads to a descriptor, for calls that take nothing else
 *
 * Enters @proc_fd as working directory; the name is relative to it.
 */
MUST_USE int mount_tree_name(int proc_fd, int fd, char ret_name[MOUNT_TREE_NAME_SIZE],
			     struct error *err);

#endif
