// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "cgroup/apply.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/property.h"
#include "cgroup/systemd.h"

void cgroup_restore_unit(struct cgroup *io_cgroup, const struct cgroup_unit *unit)
{
	io_cgroup->manager = CGROUP_MANAGER_SYSTEMD;
	io_cgroup->unit = (struct cgroup_unit){
		.name = arena_text(&io_cgroup->arena, unit->name),
		.is_user = unit->is_user,
		.helper = arena_text(&io_cgroup->arena, unit->helper),
	};
}

bool cgroup_is_scope(const struct cgroup *cgroup)
{
	return cgroup->unit.name;
}

int cgroup_check_free(const struct cgroup *cgroup, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	pid_t *pids;
	size_t count;

	if (cgroup->unit.state)
		return error_set(err, EEXIST,
				 "systemd cgroup manager: the unit %s already exists and is %s",
				 cgroup->unit.name, cgroup->unit.state);
	TRY(cgroup_pids(cgroup, &arena, &pids, &count, err));
	if (count)
		return error_set(err, EBUSY, "cgroup %s: process %d lives in it already",
				 cgroup->tree[0].folder, pids[0]);
	return 0;
}

int cgroup_scope_start(const struct cgroup *cgroup, const struct limit_plan *limits,
		       const struct device_policy *devices, pid_t pid, struct error *err)
{
	const struct cgroup_tree *tree = cgroup->tree;
	autotext struct text properties = { 0 };

	cgroup_property_add_scope(cgroup, pid, &properties);
	text_add(&properties, "%s", cgroup->unit.properties);
	cgroup_property_add_limits(limits, (struct property_quota)PROPERTY_QUOTA_NEW, &properties);
	if (cgroup->is_privileged)
		cgroup_property_add_devices(devices, &properties);
	return cgroup_systemd_start(&cgroup->unit, text_get(&properties),
				    tree->folder + strlen(tree->mount_point), err);
}

/* Two files of v1, or "50000 100000" in one of v2. */
static struct property_quota read_quota(const struct cgroup *cgroup)
{
	struct property_quota quota = PROPERTY_QUOTA_NEW;
	const struct cgroup_tree *v1 = cgroup_fs_find_tree(cgroup, "cpu");
	const struct cgroup_tree *tree = v1 ? v1 : cgroup_fs_find_tree(cgroup, "");
	autofree char *first = NULL, *second = NULL;
	struct error ignored;

	/* Without the controller there is no quota to be changed. */
	if (!tree ||
	    cgroup_folder_read_at(tree->folder, v1 ? "cpu.cfs_quota_us" : "cpu.max", &first,
				  &ignored) < 0 ||
	    (v1 && cgroup_folder_read_at(tree->folder, "cpu.cfs_period_us", &second, &ignored) < 0))
		return quota;
	quota.quota_us = text_begins(first, "max") ? -1 : strtoll(first, NULL, 10);
	quota.period_us = strtoull(v1 ? second : first + strcspn(first, " "), NULL, 10);
	return quota;
}

/* What the one word of "QUOTA PERIOD" that is not in @text has now; NULL: nothing is missing. */
static char *complete_text(const struct cgroup_tree *tree, const struct limit_write *write,
			   struct arena *io_arena)
{
	autofree char *now = NULL;
	struct error ignored;
	int first;

	if (strcmp(write->file, "cpu.max") != 0 ||
	    cgroup_folder_read_at(tree->folder, write->file, &now, &ignored) < 0)
		return NULL;
	first = (int)strcspn(now, " ");
	if (write->rules & LIMIT_KEEPS_FIRST_WORD)
		return arena_format(io_arena, "%.*s%s", first, now, write->text);
	return strchr(write->text, ' ')
		       ? NULL
		       : arena_format(io_arena, "%s%s", write->text, now + first);
}

static void complete(const struct cgroup *cgroup, struct limit_plan *io_plan)
{
	const struct cgroup_tree *tree = cgroup_fs_find_tree(cgroup, "");

	for (size_t i = 0; tree && i < io_plan->count; i++) {
		struct limit_write *write = &io_plan->write[i];
		char *text = complete_text(tree, write, &io_plan->arena);

		if (!text)
			continue;
		write->text = text;
		write->rules &= ~(unsigned int)LIMIT_KEEPS_FIRST_WORD;
	}
}

int cgroup_scope_set(const struct cgroup *cgroup, struct limit_plan *io_plan, struct error *err)
{
	autotext struct text properties = { 0 };

	if (!cgroup_is_scope(cgroup))
		return 0;
	/* systemd itself lowers a limit without a look at what is in use. */
	TRY(cgroup_apply_check(cgroup, io_plan, err));
	complete(cgroup, io_plan);
	cgroup_property_add_limits(io_plan, read_quota(cgroup), &properties);
	return cgroup_systemd_set(&cgroup->unit, text_get(&properties), err);
}
