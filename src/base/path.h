// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * path - names that an image controls, opened below a root
 *
 * The root descriptor stands for "/": absolute symbolic links and ".." end there,
 * magic links (/proc/PID/fd/N and the like) are refused. The kernel does the walk
 * in one openat2(2), so that there is nothing to race with. A path is resolved
 * once; what follows works on the descriptor.
 *
 * All functions return a descriptor, or a negative errno with the text "open PATH: ...".
 * Source: openat2(2), RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS, Linux 5.6.
 */
#ifndef HUSK_BASE_PATH_H
#define HUSK_BASE_PATH_H

#include <sys/types.h>

#include "base/error.h"

/* Opens what is there. @flags as open(2); O_CLOEXEC is added. Never creates. */
MUST_USE int path_open_in(int root_fd, const char *path, int flags, struct error *err);

/*
 * The same for a path that has to be what it says: a symbolic link anywhere on the way, the
 * last component included, is -ELOOP.
 */
MUST_USE int path_open_real_in(int root_fd, const char *path, int flags, struct error *err);

/**
 * path_make_folder_in - the folder @path, with every missing one above it
 *
 * New folders get @mode (less the umask). A dangling symbolic link on the way is
 * followed inside the root and its target made, as images with
 * "/etc/resolv.conf -> ../run/..." need it.
 *
 * Returns an O_PATH descriptor; -ENOTDIR when something else is in the way.
 */
MUST_USE int path_make_folder_in(int root_fd, const char *path, mode_t mode, struct error *err);

/**
 * path_make_file_in - what is at @path, or else a new empty regular file
 *
 * Missing folders above are made with mode 0755. The kind of what exists is not
 * looked at. Returns an O_PATH descriptor.
 */
MUST_USE int path_make_file_in(int root_fd, const char *path, mode_t mode, struct error *err);

/**
 * path_make_parent_in - the folder that holds @path, made if missing
 *
 * @ret_name: the last component, borrowed from @path. Never "", "." or "..".
 *
 * Returns an O_PATH descriptor; -EINVAL when @path has no such last component.
 */
MUST_USE int path_make_parent_in(int root_fd, const char *path, const char **ret_name,
				 struct error *err);

#endif
