// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/select.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cgroup/fs.h"
#include "cgroup/property.h"
#include "cgroup/systemd.h"
#include "cgroup/unit.h"

enum { MEMBERSHIP_LIMIT = 1 << 20 };

/* --- the path --- */

static void drop_last(struct text *io_path)
{
	while (io_path->size && io_path->data[--io_path->size] != '/')
		;
	io_path->data[io_path->size] = '\0';
}

int cgroup_select_clean(const char *path, struct arena *io_arena, char **ret_path,
			struct error *err)
{
	autotext struct text clean = { 0 };
	size_t size;

	for (const char *part = path; *part; part += size + (part[size] == '/')) {
		size = strcspn(part, "/");
		if (size == 0 || (size == 1 && *part == '.'))
			continue;
		if (size != 2 || strncmp(part, "..", 2) != 0)
			text_add(&clean, "%s%.*s", clean.size ? "/" : "", (int)size, part);
		else if (clean.size)
			drop_last(&clean);
		else
			return error_set(err, EINVAL,
					 "linux.cgroupsPath: \"%s\" leads out of the cgroup tree",
					 json_show(path).text);
	}
	if (!clean.size)
		return error_set(err, EINVAL, "linux.cgroupsPath: \"%s\" is the root of the tree",
				 json_show(path).text);
	*ret_path = arena_text(io_arena, text_get(&clean));
	return 0;
}

/* --- the trees --- */

/*
 * The option list of a v1 file system names its controllers among options of the mount and
 * of security modules. New controllers come to v2 only, so the list is complete.
 */
static bool is_controller(const char *word, size_t size)
{
	static const char *const known[] = {
		"cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "net_cls",
		"perf_event", "net_prio", "hugetlb", "pids", "rdma", "misc", "debug",
	};

	if (size > 5 && strncmp(word, "name=", 5) == 0)
		return true;
	for (size_t i = 0; i < countof(known); i++)
		if (strlen(known[i]) == size && strncmp(word, known[i], size) == 0)
			return true;
	return false;
}

static char *controllers_of(const struct mounts_row *row, struct arena *io_arena)
{
	autotext struct text list = { 0 };
	size_t size;

	for (const char *word = row->super_options; *word; word += size + (word[size] == ',')) {
		size = strcspn(word, ",");
		if (is_controller(word, size))
			text_add(&list, "%s%.*s", list.size ? "," : "", (int)size, word);
	}
	return arena_text(io_arena, text_get(&list));
}

static bool is_same_system(const struct mounts_row *a, const struct mounts_row *b)
{
	return a->major == b->major && a->minor == b->minor;
}

/* Of two mounts of one file system: the usual place, then the whole tree, then the first. */
static bool is_better(const struct mounts_row *row, const struct mounts_row *than)
{
	bool is_usual = strcmp(row->mount_point, SELECT_USUAL_MOUNT) == 0;
	bool was_usual = strcmp(than->mount_point, SELECT_USUAL_MOUNT) == 0;

	if (is_usual != was_usual)
		return is_usual;
	return strcmp(row->root, "/") == 0 && strcmp(than->root, "/") != 0;
}

/* The best mount of the file system that @row is the first visible mount of; else NULL. */
static const struct mounts_row *best_of(const struct mounts *mounts, const struct mounts_row *row)
{
	const struct mounts_row *best = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *other = &mounts->row[i];

		if (!is_same_system(row, other) || !mounts_is_visible(mounts, other))
			continue;
		if (!best && other != row)
			return NULL;
		if (!best || is_better(other, best))
			best = other;
	}
	return best;
}

static void add_tree(struct cgroup *io_cgroup, const struct mounts_row *row, char *controllers)
{
	struct cgroup_tree *tree;

	io_cgroup->tree = arena_grow(&io_cgroup->arena, io_cgroup->tree, io_cgroup->count,
				     sizeof(*tree));
	tree = &io_cgroup->tree[io_cgroup->count++];
	tree->controllers = controllers;
	tree->mount_point = arena_text(&io_cgroup->arena, row->mount_point);
	tree->folder = NULL;
}

static const struct mounts_row *find_v2(const struct mounts *mounts)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *row = &mounts->row[i];
		const struct mounts_row *best =
			strcmp(row->fs_type, "cgroup2") == 0 ? best_of(mounts, row) : NULL;

		if (best)
			return best;
	}
	return NULL;
}

static void add_v1_trees(const struct mounts *mounts, struct cgroup *io_cgroup)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *row = &mounts->row[i];
		const struct mounts_row *best =
			strcmp(row->fs_type, "cgroup") == 0 ? best_of(mounts, row) : NULL;
		char *controllers = best ? controllers_of(best, &io_cgroup->arena) : "";

		if (*controllers)
			add_tree(io_cgroup, best, controllers);
	}
}

void cgroup_select_trees(const struct mounts *mounts, struct cgroup *io_cgroup)
{
	const struct mounts_row *v2 = find_v2(mounts);

	if (!v2 || strcmp(v2->mount_point, SELECT_USUAL_MOUNT) != 0)
		add_v1_trees(mounts, io_cgroup);
	io_cgroup->mode = io_cgroup->count ? CGROUP_MODE_V1 : CGROUP_MODE_NONE;
	if (!v2)
		return;
	if (!io_cgroup->count)
		io_cgroup->mode = CGROUP_MODE_V2;
	add_tree(io_cgroup, v2, "");
}

/* --- the caller's own place --- */

/* The path of the line "0::PATH", not terminated; NULL when there is none. */
static const char *find_membership(const char *membership, size_t *ret_size)
{
	for (const char *line = membership; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (text_begins(line, "0::/")) {
			*ret_size = strcspn(line + 3, "\n");
			return line + 3;
		}
	}
	return NULL;
}

/*
 * /proc/self/cgroup and the root field of mountinfo are both counted from the root of the
 * cgroup namespace; outside of it they begin with "/..". A mount that shows only a part of
 * the tree has that part's path as its root.
 */
char *cgroup_select_own(const struct mounts *mounts, const char *mount_point,
			const char *membership, struct arena *io_arena)
{
	size_t size, root_size;
	const char *path = find_membership(membership, &size);

	if (!path || (size >= 3 && strncmp(path, "/..", 3) == 0))
		return NULL;
	for (size_t i = 0; i < mounts->count; i++) {
		const struct mounts_row *row = &mounts->row[i];

		if (strcmp(row->mount_point, mount_point) != 0 || !mounts_is_visible(mounts, row))
			continue;
		root_size = strcmp(row->root, "/") == 0 ? 0 : strlen(row->root);
		if (size < root_size || strncmp(path, row->root, root_size) != 0 ||
		    (size > root_size && path[root_size] != '/'))
			return NULL;
		if (size == root_size + 1)
			size--; /* the mount's root itself, as "/" */
		return arena_format(io_arena, "%s%.*s", mount_point, (int)(size - root_size),
				    path + root_size);
	}
	return NULL;
}

/* --- the whole --- */

/* New folders and the move into them need both the folder and its list of processes. */
static bool can_write(const char *folder)
{
	autofree char *members = mem_format("%s/cgroup.procs", folder);

	return faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0 &&
	       faccessat(AT_FDCWD, members, W_OK, AT_EACCESS) == 0;
}

/*
 * A folder beside the own one is better than one in it: as long as the caller lives in its
 * folder the kernel gives that folder's children no controllers.
 */
static char *delegated_folder(struct cgroup *io_cgroup)
{
	const char *own = io_cgroup->own_folder;
	const char *last = strrchr(own, '/');
	char *parent = arena_format(&io_cgroup->arena, "%.*s", (int)(last - own), own);

	if (strcmp(own, io_cgroup->tree->mount_point) != 0 && can_write(parent))
		return parent;
	return arena_text(&io_cgroup->arena, own);
}

static int set_folders(const struct cgroup_request *request, struct cgroup *io_cgroup,
		       struct error *err)
{
	struct arena *arena = &io_cgroup->arena;
	char *path;

	if (request->path && *request->path)
		TRY(cgroup_select_clean(request->path, arena, &path, err));
	else if (request->is_privileged)
		path = arena_format(arena, CGROUP_PARENT "/%s", request->id);
	else
		path = arena_format(arena, CGROUP_PARENT "-%s", request->id);

	for (size_t i = 0; i < io_cgroup->count; i++) {
		struct cgroup_tree *tree = &io_cgroup->tree[i];
		const char *above = tree->mount_point;

		if (io_cgroup->own_folder && !(request->path && *request->path))
			above = delegated_folder(io_cgroup);
		tree->folder = arena_format(arena, "%s/%s", above, path);
	}
	return 0;
}

static void become_none(struct cgroup *io_cgroup, const char *reason)
{
	io_cgroup->mode = CGROUP_MODE_NONE;
	io_cgroup->count = 0;
	io_cgroup->driver = NULL;
	io_cgroup->reason = reason;
	log_debug("no cgroup: %s", reason);
}

static int read_own(const struct mounts *mounts, struct cgroup *io_cgroup, struct error *err)
{
	autofree char *membership = NULL;

	TRY(file_read(AT_FDCWD, "/proc/self/cgroup", MEMBERSHIP_LIMIT, &membership, NULL, err));
	io_cgroup->own_folder = cgroup_select_own(mounts, io_cgroup->tree->mount_point, membership,
						  &io_cgroup->arena);
	if (!io_cgroup->own_folder)
		become_none(io_cgroup, "the caller's own cgroup is not below a cgroup mount");
	return 0;
}

static bool is_usual_v2(void)
{
	struct statfs info;

	return statfs(SELECT_USUAL_MOUNT, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

static int find_trees(const struct cgroup_request *request, struct cgroup *io_cgroup,
		      struct error *err)
{
	automounts struct mounts mounts = { 0 };

	/* The common machine needs no list of mounts, which may be long. */
	if (request->is_privileged && is_usual_v2()) {
		io_cgroup->mode = CGROUP_MODE_V2;
		add_tree(io_cgroup, &(struct mounts_row){ .mount_point = SELECT_USUAL_MOUNT }, "");
		return 0;
	}
	TRY(mounts_read(&mounts, err));
	cgroup_select_trees(&mounts, io_cgroup);
	if (io_cgroup->mode == CGROUP_MODE_NONE)
		become_none(io_cgroup, "no cgroup hierarchy is mounted");
	else if (!request->is_privileged && io_cgroup->mode == CGROUP_MODE_V1)
		become_none(io_cgroup, "cgroup v1 gives an ordinary user no rights");
	else if (!request->is_privileged)
		return read_own(&mounts, io_cgroup, err);
	return 0;
}

/* systemd says where its slices begin and that the unit is free; the names tell the rest. */
static int set_scope(const struct cgroup_request *request, struct cgroup *io_cgroup,
		     struct error *err)
{
	struct arena *arena = &io_cgroup->arena;
	struct cgroup_unit *unit = &io_cgroup->unit;
	autotext struct text properties = { 0 };
	char *root, *slice;

	if (io_cgroup->mode == CGROUP_MODE_NONE)
		return error_set(err, ENOTSUP, "systemd cgroup manager: %s", io_cgroup->reason);
	unit->is_user = !request->is_privileged;
	unit->helper = arena_text(arena, request->helper);
	TRY(cgroup_unit_plan(request, arena, unit, err));
	TRY(cgroup_unit_slice_path(unit->slice, arena, &slice, err));
	TRY(cgroup_property_add_annotations(request->annotations, &properties, err));
	unit->properties = arena_text(arena, text_get(&properties));
	TRY(cgroup_systemd_locate(unit, arena, &root, err));
	for (size_t i = 0; i < io_cgroup->count; i++)
		io_cgroup->tree[i].folder = arena_format(arena, "%s%s%s/%s",
							 io_cgroup->tree[i].mount_point, root,
							 slice, unit->name);
	return 0;
}

int cgroup_select(const struct cgroup_request *request, struct cgroup *ret_cgroup,
		  struct error *err)
{
	autocgroup struct cgroup cgroup = {
		.manager = request->manager,
		.is_privileged = request->is_privileged,
	};

	if (request->manager == CGROUP_MANAGER_DISABLED)
		become_none(&cgroup, "the cgroup manager is disabled");
	else
		TRY(find_trees(request, &cgroup, err));
	if (request->manager == CGROUP_MANAGER_SYSTEMD)
		TRY(set_scope(request, &cgroup, err));
	else
		TRY(set_folders(request, &cgroup, err));
	cgroup.driver = cgroup_fs_driver(cgroup.mode);
	*ret_cgroup = cgroup;
	cgroup = (struct cgroup){ 0 };
	return 0;
}
