// SPDX-License-Identifier: GPL-2.0-or-later
/* survey_stat - the counters of the containers' cgroups, in whichever trees they lie */
#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/member.h"
#include "cgroup/select.h"
#include "proc/mounts.h"
#include "view/survey_part.h"

/* Is one of the controllers of the tree among those of the line, "8:cpu,cpuacct:/x"? */
static bool is_line_of(const char *line, const char *controllers)
{
	const char *list = strchr(line, ':');
	const char *end = list ? strchr(list + 1, ':') : NULL;
	size_t first = strcspn(controllers, ",");

	if (!end)
		return false;
	list++;
	if (!*controllers)
		return list == end && strncmp(line, "0:", 2) == 0;
	while (list < end) {
		size_t size = strcspn(list, ",:");

		if (size == first && strncmp(list, controllers, size) == 0)
			return true;
		list += size + 1;
	}
	return false;
}

/* The path of that tree's line, not terminated; NULL when there is none. */
static const char *path_in(const char *membership, const char *controllers, size_t *ret_size)
{
	for (const char *line = membership; line && *line; line = strchr(line, '\n')) {
		const char *path;

		line += *line == '\n';
		if (!*line || !is_line_of(line, controllers))
			continue;
		path = strchr(strchr(line, ':') + 1, ':') + 1;
		*ret_size = strcspn(path, "\n");
		return path;
	}
	return NULL;
}

static const char *root_of(const struct mounts *mounts, const char *mount_point)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (strcmp(mounts->row[i].mount_point, mount_point) == 0 &&
		    mounts_is_visible(mounts, &mounts->row[i]))
			return strcmp(mounts->row[i].root, "/") == 0 ? "" : mounts->row[i].root;
	return "";
}

/*
 * The container's own folder, not one that it has made inside. NULL: no path leads there, it
 * lies outside of what is mounted or of the caller's cgroup namespace.
 */
static char *folder_in(const struct mounts *mounts, const struct cgroup_tree *tree,
		       const struct survey_container *container, struct arena *io_arena)
{
	const char *root = root_of(mounts, tree->mount_point);
	size_t size, skip = strlen(root);
	const char *path = path_in(container->membership, tree->controllers, &size);
	struct engine_match match;

	if (!path || text_begins(path, "/..") || size < skip || strncmp(path, root, skip) != 0)
		return NULL;
	/* The root of a tree has no limits and counts the machine. */
	if (size == 1 && !skip)
		return NULL;
	if (engine_parse(path, &match) && match.path_size >= skip)
		size = match.path_size;
	return arena_format(io_arena, "%s%.*s", tree->mount_point, (int)(size - skip),
			    path + skip);
}

/*
 * A task counts until it is reaped, but cgroup.procs has no zombie. What is charged and not
 * listed is dead; of the living each counts with its threads. The files are read one after the
 * other, so a process that comes or goes meanwhile may show up for a moment.
 */
static void count_unlisted(const struct survey *survey, const struct cgroup *cgroup,
			   struct survey_container *io_container, struct arena *io_arena)
{
	const struct cgroup_tree *tree = cgroup->mode == CGROUP_MODE_V2
						 ? cgroup->tree
						 : cgroup_fs_find_tree(cgroup, "pids");
	uint64_t listed = 0, current = io_container->stat.pids_current.value;
	struct error ignored;
	pid_t *pids;
	size_t count;

	if (!tree || !io_container->stat.pids_current.is_set ||
	    cgroup_member_list(tree->folder, io_arena, &pids, &count, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		int at = survey_find(survey, pids[i]);

		listed += at == SURVEY_NONE ? 1 : survey->process[at].status.threads;
	}
	io_container->unlisted.is_set = true;
	io_container->unlisted.value = current > listed ? current - listed : 0;
}

/* In the cgroup2 tree, which in hybrid mode is the one without controllers. */
static void read_pressure(const struct cgroup *cgroup, struct survey_container *io_container)
{
	static const char *const files[] = {
		[SURVEY_CPU] = "cpu.pressure",
		[SURVEY_MEMORY] = "memory.pressure",
		[SURVEY_IO] = "io.pressure",
	};
	const struct cgroup_tree *tree = cgroup_fs_find_tree(cgroup, "");
	struct error ignored;

	for (size_t i = 0; tree && i < countof(files); i++) {
		autofree char *text = NULL;

		/* A kernel without it, or one that was told not to count. */
		if (cgroup_folder_read_at(tree->folder, files[i], &text, &ignored) == 0)
			cgroup_detail_parse_pressure(text, &io_container->pressure[i]);
	}
}

void survey_count(const struct cgroup *cgroup, size_t container, struct survey *io_survey)
{
	struct survey_container *counted = &io_survey->container[container];
	struct error ignored;

	/* A container that ended meanwhile has no counters any more. */
	counted->has_stat = cgroup->count &&
			    cgroup_stat_read(cgroup, &counted->stat, &ignored) == 0;
	if (counted->has_stat)
		count_unlisted(io_survey, cgroup, counted, &io_survey->arena);
	if (counted->has_stat && io_survey->want & SURVEY_PRESSURE)
		read_pressure(cgroup, counted);
}

static void read_one(const struct mounts *mounts, const struct cgroup *trees, size_t container,
		     struct survey *io_survey)
{
	const struct survey_container *counted = &io_survey->container[container];
	struct arena *arena = &io_survey->arena;
	struct cgroup own = { .mode = trees->mode };

	/* A cgroup that no engine has named may hold much else. */
	if (!counted->folder)
		return;
	own.tree = arena_new(arena, (trees->count + 1) * sizeof(*own.tree));
	for (size_t i = 0; i < trees->count; i++) {
		struct cgroup_tree *tree = &own.tree[own.count];

		*tree = trees->tree[i];
		tree->folder = folder_in(mounts, tree, counted, arena);
		own.count += tree->folder != NULL;
	}
	survey_count(&own, container, io_survey);
}

void survey_read_stats(struct survey *io_survey)
{
	automounts struct mounts mounts = { 0 };
	autocgroup struct cgroup trees = { 0 };
	struct error ignored;

	/* Without cgroups there is nothing to count, which is no error. */
	if (!io_survey->container_count || mounts_read(&mounts, &ignored) < 0)
		return;
	cgroup_select_trees(&mounts, &trees);
	for (size_t i = 0; i < io_survey->container_count; i++)
		read_one(&mounts, &trees, i, io_survey);
}
