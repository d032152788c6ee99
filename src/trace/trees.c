// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/trees.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "proc/mounts.h"

struct walk {
	const struct trees_request *request;
	const char *root;
	uint32_t tree;
	/* Still to be looked into, from first on: paths below the mount point; "" is itself. */
	char **path;
	size_t first, count;
};

static void walk_clear(struct walk *io_walk)
{
	while (io_walk->first < io_walk->count)
		free(io_walk->path[io_walk->first++]);
	free(io_walk->path);
}

static void add_path(struct walk *io_walk, char *path)
{
	/* Grown by doubling: at each power of two. */
	if (!(io_walk->count & (io_walk->count - 1)))
		io_walk->path = mem_grow(io_walk->path, (2 * io_walk->count + 1) *
							sizeof(*io_walk->path));
	io_walk->path[io_walk->count++] = path;
}

static int tell(const struct walk *walk, uint64_t id, const char *path)
{
	struct event_cgroup event = { .id = id, .tree = walk->tree };
	size_t size = strlen(path) + 1;

	if (size > sizeof(event.path))
		size = sizeof(event.path);
	memcpy(event.path, path, size - 1);
	event.head = (struct event_head){
		.time_ns = walk->request->time_ns,
		.size = (uint32_t)(offsetof(struct event_cgroup, path) + (size + 7) / 8 * 8),
		.kind = EVENT_CGROUP,
	};
	return walk->request->take(walk->request->data, &event.head);
}

/* The id of a cgroup is the inode number of its folder, in either version. */
static int look_into(struct walk *io_walk, DIR *dir, const char *below)
{
	bool is_whole = strcmp(io_walk->root, "/") == 0;
	autofree char *path = mem_format("%s%s", is_whole ? "" : io_walk->root, below);
	const struct dirent *entry;
	struct stat st;

	if (fstat(dirfd(dir), &st) == 0)
		TRY(tell(io_walk, st.st_ino, *path ? path : "/"));
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			add_path(io_walk, mem_format("%s/%s", below, entry->d_name));
	return 0;
}

int trees_walk(const struct trees_request *request, const char *folder, const char *root,
	       uint32_t tree)
{
	autoclean(walk_clear) struct walk walk = { .request = request, .root = root, .tree = tree };

	add_path(&walk, mem_text(""));
	while (walk.first < walk.count) {
		autofree char *below = walk.path[walk.first++];
		autofree char *path = mem_format("%s%s", folder, below);
		DIR *dir = opendir(path);
		int r;

		if (!dir)
			continue;
		r = look_into(&walk, dir, below);
		closedir(dir);
		TRY(r);
	}
	return 0;
}

static uint32_t tree_of(const struct mounts_row *row)
{
	if (strcmp(row->fs_type, "cgroup2") == 0)
		return EVENT_TREE_V2;
	if (strcmp(row->fs_type, "cgroup") == 0 && mounts_has_option(row->super_options, "pids"))
		return EVENT_TREE_PIDS;
	return 0;
}

/* Without a v1 tree for it, pids is a controller of the other one. */
static uint32_t all_trees(const struct mounts *mounts)
{
	uint32_t found = 0;

	for (size_t i = 0; i < mounts->count; i++)
		found |= tree_of(&mounts->row[i]);
	return found;
}

int trees_list(const struct trees_request *request, struct error *err)
{
	automounts struct mounts mounts = { 0 };
	uint32_t all, done = 0;

	TRY(mounts_read(&mounts, err));
	all = all_trees(&mounts);
	for (size_t i = 0; i < mounts.count; i++) {
		const struct mounts_row *row = &mounts.row[i];
		uint32_t tree = tree_of(row);

		if (!tree || tree & done || !mounts_is_visible(&mounts, row))
			continue;
		done |= tree;
		if (all == EVENT_TREE_V2)
			tree |= EVENT_TREE_PIDS;
		TRY(trees_walk(request, row->mount_point, row->root, tree));
	}
	return 0;
}
