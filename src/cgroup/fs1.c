// SPDX-License-Identifier: GPL-2.0-or-later
/* fs1 - cgroup v1 and hybrid. Source: the kernel's admin-guide/cgroup-v1/. */
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/member.h"
#include "proc/mounts.h"

/* --- cpuset --- */

/* @size: of the folder's path in tree->folder. */
static int fill_file(const struct cgroup_tree *tree, size_t size, const char *file,
		     struct error *err)
{
	autofree char *folder = mem_format("%.*s", (int)size, tree->folder), *above = NULL;
	autofree char *value = NULL;
	size_t above_size = (size_t)(strrchr(folder, '/') - folder);

	above = mem_format("%.*s", (int)above_size, folder);
	TRY(cgroup_folder_read_at(above, file, &value, err));
	if (!*value && above_size > strlen(tree->mount_point)) {
		TRY(fill_file(tree, above_size, file, err));
		free(ptr_take(&value));
		TRY(cgroup_folder_read_at(above, file, &value, err));
	}
	return cgroup_folder_write_at(folder, file, value, err);
}

int cgroup_fs1_fill(const struct cgroup_tree *tree, struct error *err)
{
	TRY(fill_file(tree, strlen(tree->folder), "cpuset.cpus", err));
	return fill_file(tree, strlen(tree->folder), "cpuset.mems", err);
}

/* --- freezer --- */

static void pause_ms(int ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000L };

	nanosleep(&time, NULL);
}

/*
 * FREEZING can last: a process forked meanwhile is only caught by writing FROZEN again. This
 * freezer notifies nobody, so the waits grow from 1 to 32 ms; their sum is the limit.
 */
static int freeze_tree(const struct cgroup_tree *tree, struct error *err)
{
	int passed_ms = 0;

	for (int wait_ms = 1; passed_ms < FS_FREEZE_MS; wait_ms += wait_ms < 32 ? wait_ms : 0) {
		autofree char *state = NULL;

		TRY(cgroup_folder_write_at(tree->folder, "freezer.state", "FROZEN", err));
		TRY(cgroup_folder_read_at(tree->folder, "freezer.state", &state, err));
		if (strcmp(state, "FROZEN") == 0)
			return 0;
		pause_ms(wait_ms);
		passed_ms += wait_ms;
	}
	return error_set(err, ETIMEDOUT, "%s: not frozen within %d ms", tree->folder, FS_FREEZE_MS);
}

static int no_freezer(const struct cgroup *cgroup, struct error *err)
{
	return error_set(err, ENOTSUP, "%s: no freezer hierarchy is mounted", cgroup->tree->folder);
}

static int freeze(const struct cgroup *cgroup, bool frozen, struct error *err)
{
	const struct cgroup_tree *v1 = cgroup_fs_find_tree(cgroup, "freezer");
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	int r;

	if (!v1 && !v2)
		return no_freezer(cgroup, err);
	if (!v1)
		r = cgroup_fs2_freeze(v2, frozen, err);
	else if (frozen)
		r = freeze_tree(v1, err);
	else
		return cgroup_folder_write_at(v1->folder, "freezer.state", "THAWED", err);
	return r == -ETIMEDOUT ? cgroup_member_refuse_frozen(cgroup, err) : r;
}

static int is_frozen(const struct cgroup *cgroup, bool *ret_frozen, struct error *err)
{
	const struct cgroup_tree *v1 = cgroup_fs_find_tree(cgroup, "freezer");
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	autofree char *state = NULL;

	if (!v1 && v2)
		return cgroup_fs2_is_frozen(v2, ret_frozen, err);
	*ret_frozen = false;
	if (!v1)
		return 0;
	TRY(cgroup_folder_read_at(v1->folder, "freezer.state", &state, err));
	*ret_frozen = strcmp(state, "THAWED") != 0;
	return 0;
}

/* --- kill --- */

static int thaw_below(int parent_fd, const char *name, void *data UNUSED, struct error *err)
{
	autofree char *file = mem_format("%s/freezer.state", name);
	int r = cgroup_folder_write(parent_fd, file, "THAWED", err);

	return cgroup_folder_is_gone(r) ? 0 : r;
}

/* The v1 freezer holds SIGKILL back, and a container may have frozen a folder of its own. */
static int thaw_all(const struct cgroup *cgroup, struct error *err)
{
	const struct cgroup_tree *tree = cgroup_fs_find_tree(cgroup, "freezer");
	int r;

	if (!tree)
		return 0;
	r = cgroup_folder_write_at(tree->folder, "freezer.state", "THAWED", err);
	if (r < 0)
		return cgroup_folder_is_gone(r) ? 0 : r;
	return cgroup_folder_walk(tree->folder, thaw_below, NULL, err);
}

/*
 * Without cgroup.kill. Frozen, nobody forks away. Without a freezer as well a few rounds do:
 * whoever has a SIGKILL pending cannot fork any more, so each round meets only the children
 * born in the one before.
 */
static int kill_each(const struct cgroup *cgroup, struct error *err)
{
	enum { ROUNDS = 16 };
	const struct cgroup_tree *freezer = cgroup_fs_find_tree(cgroup, "freezer");
	struct error ignored;

	int r = 1;

	/* What cannot be frozen in time is killed all the same. */
	if (freezer && freeze_tree(freezer, &ignored) == 0)
		r = cgroup_member_signal(cgroup, SIGKILL, err);
	else
		for (int i = 0; i < ROUNDS && r > 0; i++)
			r = cgroup_member_signal(cgroup, SIGKILL, err);
	return r < 0 ? r : 0;
}

static int kill_all(const struct cgroup *cgroup, struct error *err)
{
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	int r = v2 ? cgroup_fs2_kill(v2, err) : -ENOENT;
	struct error thaw_err;
	int thawed;

	if (cgroup_folder_is_gone(r))
		r = kill_each(cgroup, err);
	thawed = thaw_all(cgroup, &thaw_err);
	if (r == 0 && thawed < 0) {
		*err = thaw_err;
		r = thawed;
	}
	return r;
}

const struct cgroup_driver cgroup_fs1 = {
	.name = "cgroup v1",
	.freeze = freeze,
	.is_frozen = is_frozen,
	.kill = kill_all,
};
