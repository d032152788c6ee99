// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/fs.h"

#include "proc/mounts.h"

const struct cgroup_tree *cgroup_fs_find_tree(const struct cgroup *cgroup, const char *controller)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		const char *list = cgroup->tree[i].controllers;

		if (*controller ? mounts_has_option(list, controller) : !*list)
			return &cgroup->tree[i];
	}
	return NULL;
}
