// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * keep - what a plan of limits is about to overwrite, as a plan that puts it back
 *
 * For an update that fails half way. A file may hold more than the write changes (a line for each
 * device): then the line with the same first word is kept, and where there is none, the line that
 * means "no limit".
 */
#ifndef HUSK_CGROUP_KEEP_H
#define HUSK_CGROUP_KEEP_H

#include "cgroup/driver.h"
#include "cgroup/limit.h"

/**
 * cgroup_keep_plan - read the files of @plan as they are now
 *
 * @ret_old: empty before; released with cgroup_limit_clear. A file that is not there, or cannot
 *           be read, has no row: the write that comes to it fails by itself.
 */
void cgroup_keep_plan(const struct cgroup *cgroup, const struct limit_plan *plan,
		      struct limit_plan *ret_old);

/**
 * cgroup_keep_text - the text that brings back what @now says; pure
 *
 * @text: what will be written. @now: the whole file, without the last end of line.
 * Returns a string in @io_arena.
 */
const char *cgroup_keep_text(const char *file, const char *text, const char *now,
			     struct arena *io_arena);

#endif
