// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * membership - the text of /proc/PID/cgroup, and where its paths lie below the caller's mounts
 *
 * Pure. Source: cgroups(7), "/proc files".
 */
#ifndef HUSK_PROC_MEMBERSHIP_H
#define HUSK_PROC_MEMBERSHIP_H

#include <stddef.h>

#include "base/mem.h"
#include "proc/mounts.h"

/**
 * membership_path - the path of one tree: of "8:freezer:/a/b", or of "0::/a/b"
 *
 * @controller: of a v1 tree; "" for the unified one.
 *
 * Returns the path, borrowed and not terminated; NULL when no line is of that tree.
 */
const char *membership_path(const char *membership, const char *controller, size_t *ret_size);

/**
 * membership_folder - where that path lies in the file system
 *
 * @mount: of that tree.
 *
 * Returns the folder, in @io_arena; NULL when it lies outside of what is mounted, or of the
 * caller's cgroup namespace.
 */
char *membership_folder(const char *membership, const char *controller,
			const struct mounts_row *mount, struct arena *io_arena);

#endif
