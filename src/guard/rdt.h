// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rdt - shares of a processor's cache and memory bandwidth, by resctrl
 *
 * A class is a folder of the resctrl file system: "schemata" says what it may use, "tasks" who is
 * in it, and "mon_groups" has folders that only count. The root folder is a class too.
 * Source: Documentation/filesystems/resctrl.rst; runtime-spec, config-linux.md, "IntelRdt".
 *
 *	plan     decide, touching nothing
 *	check    the class that is to be new is not there yet
 *	make     its folder
 *	set      what it may use; the folder that counts
 *	join     the container's process
 */
#ifndef HUSK_GUARD_RDT_H
#define HUSK_GUARD_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/spec.h"

struct guard_rdt {
	char *root;	/* the file system; NULL: the configuration has no intelRdt */
	char *group;	/* the class's folder, absolute */
	char *monitor;	/* of the folder that counts; NULL: not asked for */
	char *schemata; /* lines to write; "" for none */
	bool is_own;	/* the class is this container's, made and removed with it */
	bool has_made_group, has_made_monitor;
};

/* Where resctrl is mounted; the caller frees it. -ENOENT when it is not. */
MUST_USE int guard_rdt_find_root(char **ret_root, struct error *err);

/**
 * guard_rdt_plan - what linux.intelRdt asks for
 *
 * @rdt:  what spec_check has checked.
 * @id:   of the container: the class's name without a closID, and that of the folder that counts.
 * @root: of guard_rdt_find_root.
 */
void guard_rdt_plan(const struct spec_intel_rdt *rdt, const char *id, const char *root,
		    struct guard_rdt *ret_plan);

/* -EEXIST when the class of the container's own is there, and so is somebody else's. */
MUST_USE int guard_rdt_check(const struct guard_rdt *plan, struct error *err);

/**
 * guard_rdt_make - the class's folder
 *
 * One with a closID may be there already; it must be when nothing says what to write in it.
 * Returns 0; -ENOENT for that; an errno of mkdir(2), -ENOSPC when the processor has no more.
 */
MUST_USE int guard_rdt_make(struct guard_rdt *io_plan, struct error *err);

/**
 * guard_rdt_set - write the schemata of a new class; compare those of one that was there
 *
 * A domain that is not named may have any value. Makes the folder that counts as well.
 * Returns 0; -EINVAL when a class that was there differs; an errno of the write, with the kernel's
 * reason from info/last_cmd_status.
 */
MUST_USE int guard_rdt_set(struct guard_rdt *io_plan, struct error *err);

/**
 * guard_rdt_change - write the schemata into the class, whoever made it
 *
 * @ret_old: what it said before, to be written back if need be; the caller frees it.
 * Returns 0; -ENOENT when the class is gone; an errno of the write, with the kernel's reason.
 */
MUST_USE int guard_rdt_change(const struct guard_rdt *plan, char **ret_old, struct error *err);

/* Its children will be in the class as well. */
MUST_USE int guard_rdt_join(const struct guard_rdt *plan, pid_t pid, struct error *err);

/* @group, @monitor: the folders to remove, NULL for none. Those that are gone are no error. */
MUST_USE int guard_rdt_remove(const char *group, const char *monitor, struct error *err);

void guard_rdt_clear(struct guard_rdt *io_plan);

#endif
