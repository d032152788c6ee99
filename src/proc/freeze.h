// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * freeze - is a process frozen by its cgroup, and which file says so
 *
 * The two freezers are not alike: what the v1 freezer holds does not even die of SIGKILL
 * before it is thawed; what v2 holds does.
 */
#ifndef HUSK_PROC_FREEZE_H
#define HUSK_PROC_FREEZE_H

#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "proc/mounts.h"

enum freeze_kind { FREEZE_NONE, FREEZE_V1, FREEZE_V2 };

struct freeze {
	enum freeze_kind kind;
	char *file;    /* that says so, in the caller's arena; NULL when nothing does */
	char *content; /* its text, one line */
};

/**
 * freeze_read - the state of the cgroups of @pid, both versions
 *
 * A cgroup that the caller's mounts do not show counts as not frozen.
 * Returns 0; -ESRCH when the process is gone; another negative errno of /proc/PID/cgroup.
 * Source: cgroups(7); cgroup-v2, "cgroup.freeze"; cgroup-v1, "freezer-subsystem".
 */
MUST_USE int freeze_read(pid_t pid, struct arena *io_arena, struct freeze *ret_freeze,
			 struct error *err);

/**
 * freeze_folder - where the cgroup of a process lies below the mounts
 *
 * @membership: the text of /proc/PID/cgroup.
 * @kind:       FREEZE_V1: in the tree of the v1 freezer; FREEZE_V2: in the unified tree.
 * @ret_top:    the mount point, for a walk upwards; borrowed from @mounts.
 *
 * Returns the folder, in @io_arena; NULL when there is none that can be reached.
 */
char *freeze_folder(const struct mounts *mounts, const char *membership, enum freeze_kind kind,
		    struct arena *io_arena, const char **ret_top);

#endif
