// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/mountinfo, and what is read out of it: which mounts are seen, which cgroup trees */
#include <string.h>

#include "cgroup/select.h"
#include "fuzz.h"
#include "proc/mounts.h"

/* Each row is compared with all others: enough of them is enough. */
enum { ROWS_LOOKED_AT = 64 };

static void select_trees(const struct mounts *mounts)
{
	autocgroup struct cgroup cgroup = { 0 };

	cgroup_select_trees(mounts, &cgroup);
	for (size_t i = 0; i < cgroup.count; i++)
		(void)cgroup_select_own(mounts, cgroup.tree[i].mount_point,
					"1:name=systemd:/a\n0::/user.slice/session.scope\n",
					&cgroup.arena);
}

void fuzz_one(const char *text, size_t size)
{
	automounts struct mounts mounts = { 0 };
	struct error err;

	(void)size;
	if (mounts_parse(text, &mounts, &err) < 0)
		return;
	for (size_t i = 0; i < mounts.count && i < ROWS_LOOKED_AT; i++) {
		const struct mounts_row *row = &mounts.row[i];

		FUZZ_MUST(strlen(row->mount_point) <= size && strlen(row->root) <= size);
		(void)mounts_is_visible(&mounts, row);
		(void)mounts_has_option(row->super_options, "memory");
	}
	select_trees(&mounts);
}
