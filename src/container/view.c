// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * view - the part of the plan that joins two strangers: mounts, and the cgroups they show
 */
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/statfs.h>

#include "base/scope.h"
#include "base/text.h"
#include "container/plan.h"

/* "pids" as it is; a hierarchy without controllers is known by its name alone. */
static const char *mount_options(const struct cgroup_tree *tree, struct arena *io_arena)
{
	if (text_begins(tree->controllers, "name="))
		return arena_format(io_arena, "none,%s", tree->controllers);
	return tree->controllers;
}

static void add_hierarchies(struct container_plan *io_plan, struct mount_request *io_request)
{
	const struct cgroup *cgroup = &io_plan->cgroup;
	struct mount_cgroup_hierarchy *list =
		arena_new(&io_plan->arena, (cgroup->count + 1) * sizeof(*list));

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_tree *tree = &cgroup->tree[i];

		if (!*tree->controllers) {
			io_request->cgroup2_folder = tree->folder;
			continue;
		}
		list[io_request->hierarchy_count++] = (struct mount_cgroup_hierarchy){
			.name = strrchr(tree->mount_point, '/') + 1,
			.options = mount_options(tree, &io_plan->arena),
			.folder = tree->folder,
		};
	}
	io_request->hierarchies = list;
}

/* Also true for a container that gets no cgroup of its own. */
static bool is_cgroup_v2(const struct cgroup *cgroup)
{
	struct statfs file_system;

	if (cgroup->mode != CGROUP_MODE_NONE)
		return cgroup->mode == CGROUP_MODE_V2;
	return statfs("/sys/fs/cgroup", &file_system) == 0 &&
	       file_system.f_type == CGROUP2_SUPER_MAGIC;
}

static bool has_other_user_ns(const struct ns_plan *ns)
{
	return ns_owned(ns) & CLONE_NEWUSER;
}

int container_plan_mounts(struct container_plan *io_plan, struct error *err)
{
	struct mount_request request = {
		.spec = &io_plan->spec,
		.bundle = io_plan->bundle,
		.has_user_ns = has_other_user_ns(&io_plan->ns),
		.owns_network = io_plan->ns.create & CLONE_NEWNET,
		.has_cgroup_ns = ns_owned(&io_plan->ns) & CLONE_NEWCGROUP,
		.is_cgroup_v2 = is_cgroup_v2(&io_plan->cgroup),
		.no_pivot = io_plan->request->no_pivot,
	};

	mount_plan_clear(&io_plan->mounts);
	add_hierarchies(io_plan, &request);
	return mount_plan(&request, &io_plan->mounts, err);
}
