// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/group.h"

#include <errno.h>

#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "lab/name.h"
#include "ns/ns.h"

static int choose(const char *name, struct cgroup *ret_group, struct error *err)
{
	autofree char *path = mem_format("/%s", name);
	struct cgroup_request request = { .id = name };
	bool is_privileged, is_initial;

	TRY(ns_is_privileged(&is_privileged, err));
	TRY(ns_is_initial_user(&is_initial, err));
	request.is_privileged = is_privileged && is_initial;
	if (request.is_privileged)
		request.path = path;
	return cgroup_select(&request, ret_group, err);
}

int group_make(int64_t pids, struct cgroup *ret_group, struct error *err)
{
	struct spec_pids limit = { .limit = { .is_set = true, .value = pids } };
	struct spec_resources resources = { .pids = pids ? &limit : NULL };
	autocgroup struct cgroup group = { 0 };

	TRY(choose(name_get(), &group, err));
	TRY(cgroup_create(&group, &resources, err));
	if (group.mode == CGROUP_MODE_NONE)
		return error_set(err, ENOTSUP, "needs a cgroup that may be made");
	*ret_group = group;
	group = (struct cgroup){ 0 };
	return 0;
}

static const char *folder_of(const struct cgroup *group, const char *controller)
{
	const struct cgroup_tree *tree = cgroup_fs_find_tree(group, controller);

	if (!tree)
		tree = cgroup_fs_find_tree(group, "");
	return tree ? tree->folder : "";
}

int group_read(const struct cgroup *group, const char *controller, const char *file,
	       char **ret_text, struct error *err)
{
	return cgroup_folder_read_at(folder_of(group, controller), file, ret_text, err);
}

int group_write(const struct cgroup *group, const char *controller, const char *file,
		const char *text, struct error *err)
{
	return cgroup_folder_write_at(folder_of(group, controller), file, text, err);
}

void group_remove(const char *name)
{
	autocgroup struct cgroup group = { 0 };
	struct error ignored;

	if (choose(name, &group, &ignored) == 0)
		/* It can do no more than that; who runs the experiment has nobody to tell. */
		(void)!cgroup_delete(&group, &ignored);
}
