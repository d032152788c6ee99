// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * survey_member - who is in the containers' cgroups, by the lists that cgroups keep
 *
 * To ask each of ten thousand processes for its cgroup takes as long as all the rest. A cgroup has
 * the numbers of all its processes in one file, and there are far fewer cgroups.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "cgroup/fs.h"
#include "cgroup/select.h"
#include "view/survey_part.h"

enum { LIST_SIZE = 64 << 20 };

struct walk {
	const struct survey *survey;
	const char *mount_point;
	survey_member *visit;
	void *data;
	/* Folders that are still to be looked at; heap text. */
	char **folder;
	size_t count;
	size_t number; /* of those that name a container */
};

static void walk_clear(struct walk *io_walk)
{
	while (io_walk->count)
		free(io_walk->folder[--io_walk->count]);
	free(io_walk->folder);
}

static void push(struct walk *io_walk, char *folder)
{
	io_walk->folder =
		mem_grow_array(io_walk->folder, io_walk->count, sizeof(*io_walk->folder));
	io_walk->folder[io_walk->count++] = folder;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void push_below(struct walk *io_walk, const char *path)
{
	autoclean(close_folder) DIR *folder = NULL;
	struct dirent *entry;
	struct stat info;

	/* A folder of a cgroup tree has two links, and one more for each folder in it. */
	if (stat(path, &info) == 0 && info.st_nlink == 2)
		return;
	folder = opendir(path);
	while (folder && (entry = readdir(folder)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			push(io_walk, mem_format("%s/%s", path, entry->d_name));
}

static void visit_members(struct walk *io_walk, const char *path)
{
	autofree char *file = mem_format("%s/cgroup.procs", path);
	autofree char *list = NULL;
	struct error ignored;
	char *at, *end;

	/* Gone by now, or a cgroup of threads, whose processes are listed above. */
	if (file_read(AT_FDCWD, file, LIST_SIZE, &list, NULL, &ignored) < 0)
		return;
	io_walk->number++;
	for (at = list; *at; at = end) {
		int found = survey_find(io_walk->survey, (pid_t)strtol(at, &end, 10));

		if (end == at)
			break;
		end += *end == '\n';
		if (found != SURVEY_NONE)
			io_walk->visit(found, io_walk->number, io_walk->data);
	}
}

static void walk_tree(struct walk *io_walk)
{
	struct engine_match match;

	push(io_walk, mem_text(io_walk->mount_point));
	while (io_walk->count) {
		autofree char *path = io_walk->folder[--io_walk->count];

		push_below(io_walk, path);
		if (engine_parse(path + strlen(io_walk->mount_point), &match))
			visit_members(io_walk, path);
	}
}

/* Every engine puts its containers into the tree that counts processes. */
static const struct cgroup_tree *main_tree(const struct cgroup *trees)
{
	static const char *const order[] = { "pids", "memory", "cpu", "name=systemd" };

	for (size_t i = 0; i < countof(order); i++) {
		const struct cgroup_tree *tree = cgroup_fs_find_tree(trees, order[i]);

		if (tree)
			return tree;
	}
	return NULL;
}

bool survey_each_member(const struct survey *survey, survey_member *visit, void *data)
{
	automounts struct mounts mounts = { 0 };
	autocgroup struct cgroup trees = { 0 };
	const struct cgroup_tree *walked[2];
	size_t number = 0;
	struct error ignored;

	if (mounts_read(&mounts, &ignored) < 0)
		return false;
	cgroup_select_trees(&mounts, &trees);
	walked[0] = main_tree(&trees);
	walked[1] = cgroup_fs_find_tree(&trees, "");
	for (size_t i = 0; i < countof(walked); i++) {
		autoclean(walk_clear) struct walk walk = { .survey = survey, .visit = visit,
							   .data = data, .number = number };

		if (!walked[i])
			continue;
		walk.mount_point = walked[i]->mount_point;
		walk_tree(&walk);
		number = walk.number;
	}
	return walked[0] || walked[1];
}
