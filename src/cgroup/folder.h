// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * folder - cgroup folders as files: make, open, write, walk, remove
 *
 * A folder can vanish at any moment, when another husk removes the last container of a
 * parent: then the kernel says ENOENT, or ENODEV from inside of it.
 */
#ifndef HUSK_CGROUP_FOLDER_H
#define HUSK_CGROUP_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cgroup/driver.h"

/**
 * cgroup_folder_open - a folder, looked at before it is trusted
 *
 * Returns an O_PATH descriptor; -EINVAL when its file system is not a cgroup one.
 */
MUST_USE int cgroup_folder_open(const char *path, struct error *err);

/**
 * cgroup_folder_open_file - a file in the folder
 *
 * @name: may lead into a folder below. No mount and no link on the way is taken.
 * Returns a descriptor, or a negative errno with the text "open NAME: ...".
 */
MUST_USE int cgroup_folder_open_file(int folder_fd, const char *name, int flags,
				     struct error *err);

/* One write(2), which is one command. Text "open NAME: ..." or "write TEXT to NAME: ...". */
MUST_USE int cgroup_folder_write(int folder_fd, const char *name, const char *text,
				 struct error *err);

/* A file of a folder by path, looked at before it is trusted. Text "open PATH/NAME: ...". */
MUST_USE int cgroup_folder_open_file_at(const char *path, const char *name, int flags,
					struct error *err);

/* The same as cgroup_folder_write in such a file. */
MUST_USE int cgroup_folder_write_at(const char *path, const char *name, const char *text,
				    struct error *err);

/* A whole small file of a folder by path, without the last end of line. The caller frees it. */
MUST_USE int cgroup_folder_read_at(const char *path, const char *name, char **ret_text,
				   struct error *err);

/* What cgroup_folder_make did, for cgroup_folder_unmake. */
struct folder_made {
	bool is_new;	/* the folder itself is made, not found */
	size_t shortest; /* length of the path of the highest folder made; 0: none */
};

/**
 * cgroup_folder_make - the tree's folder and what is missing above it
 *
 * Others may make and remove the same parents at the same time.
 * @io_made: also filled when the call fails on the way. Returns 0 or a negative errno.
 */
MUST_USE int cgroup_folder_make(const struct cgroup_tree *tree, struct folder_made *io_made,
				struct error *err);

/* Removes what was made, as far as it is empty. */
void cgroup_folder_unmake(const struct cgroup_tree *tree, const struct folder_made *made);

/* @name is a folder in @parent_fd; all below it have been visited before. */
typedef int folder_visit(int parent_fd, const char *name, void *data, struct error *err);

/**
 * cgroup_folder_walk - every folder below @path, children first; not @path itself
 *
 * Needs a fixed number of descriptors, however deep a container has nested its cgroups. A
 * negative result of @visit ends the walk. A folder that vanishes meanwhile is no error.
 */
MUST_USE int cgroup_folder_walk(const char *path, folder_visit *visit, void *data,
				struct error *err);

/* True for the two errors of a folder that is no longer there. */
static inline bool cgroup_folder_is_gone(int result)
{
	return result == -ENOENT || result == -ENODEV;
}

#endif
