// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/detail.h"

#include <unistd.h>

#include "cgroup/detail_part.h"
#include "cgroup/fs.h"

static void read_pids(const struct cgroup_tree *tree, struct cgroup_detail *io_detail)
{
	cgroup_detail_number(tree, "pids.current", &io_detail->pids_current);
	cgroup_detail_number(tree, "pids.max", &io_detail->pids_limit);
}

int cgroup_detail_read(const struct cgroup *cgroup, struct cgroup_detail *ret_detail,
		       struct error *err)
{
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	const struct cgroup_tree *pids = cgroup_fs_find_tree(cgroup, "pids");

	*ret_detail = (struct cgroup_detail){ 0 };
	if (cgroup->mode == CGROUP_MODE_NONE)
		return 0;
	if (access(cgroup->tree->folder, F_OK) < 0)
		return error_sys(err, "%s", cgroup->tree->folder);
	/* In hybrid mode a controller is in one of both; pressure is of v2 in any case. */
	if (v2)
		cgroup_detail_read2(v2, ret_detail);
	if (cgroup->mode == CGROUP_MODE_V1)
		cgroup_detail_read1(cgroup, ret_detail);
	read_pids(pids ? pids : v2, ret_detail);
	return 0;
}

void cgroup_detail_clear(struct cgroup_detail *io_detail)
{
	arena_clear(&io_detail->arena);
	*io_detail = (struct cgroup_detail){ 0 };
}
