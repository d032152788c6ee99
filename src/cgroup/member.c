// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/member.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "proc/task.h"

enum { MEMBERS_LIMIT = 64 << 20, PLACE_LIMIT = 4096 };

struct member_list {
	struct arena *arena;
	pid_t *pid;
	size_t count;
};

static void add_members(const char *text, struct member_list *io_list)
{
	char *end;

	for (;; text = end) {
		long pid = strtol(text, &end, 10);

		if (end == text)
			return;
		if (pid == 0)
			continue; /* of a pid namespace that we do not see */
		io_list->pid = arena_grow(io_list->arena, io_list->pid, io_list->count,
					  sizeof(*io_list->pid));
		io_list->pid[io_list->count++] = (pid_t)pid;
	}
}

static int read_members(int dir_fd, const char *name, struct member_list *io_list,
			struct error *err)
{
	autofree char *text = NULL;
	int r = file_read(dir_fd, name, MEMBERS_LIMIT, &text, NULL, err);

	/* EOPNOTSUPP: a threaded cgroup; the processes are listed where their domain begins. */
	if (r == -EOPNOTSUPP)
		return 0;
	if (r == 0)
		add_members(text, io_list);
	return r;
}

static int visit(int parent_fd, const char *name, void *data, struct error *err)
{
	autofree char *file = mem_format("%s/cgroup.procs", name);
	int r = read_members(parent_fd, file, data, err);

	return cgroup_folder_is_gone(r) ? 0 : r;
}

static int compare(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

/* v1 promises neither order nor uniqueness, and a process may move during the walk. */
static void sort_members(struct member_list *io_list)
{
	size_t kept = 0;

	if (io_list->count)
		qsort(io_list->pid, io_list->count, sizeof(*io_list->pid), compare);
	for (size_t i = 0; i < io_list->count; i++)
		if (i == 0 || io_list->pid[i] != io_list->pid[i - 1])
			io_list->pid[kept++] = io_list->pid[i];
	io_list->count = kept;
}

int cgroup_member_list(const char *folder, struct arena *io_arena, pid_t **ret_pids,
		       size_t *ret_count, struct error *err)
{
	struct member_list list = { .arena = io_arena };
	autofree char *file = mem_format("%s/cgroup.procs", folder);
	int r = read_members(AT_FDCWD, file, &list, err);

	if (!cgroup_folder_is_gone(r)) {
		TRY(r);
		TRY(cgroup_folder_walk(folder, visit, &list, err));
	}
	sort_members(&list);
	*ret_pids = list.pid;
	*ret_count = list.count;
	return 0;
}

/*
 * One tree tells it all, since a process is below the container's folder in each. The
 * freezer's is the one where a frozen process cannot have escaped.
 */
static const char *folder_of(const struct cgroup *cgroup)
{
	static const char *const order[] = { "", "freezer", "pids", "devices" };

	for (size_t i = 0; i < countof(order); i++) {
		const struct cgroup_tree *tree = cgroup_fs_find_tree(cgroup, order[i]);

		if (tree)
			return tree->folder;
	}
	return cgroup->count ? cgroup->tree->folder : NULL;
}

int cgroup_pids(const struct cgroup *cgroup, struct arena *io_arena, pid_t **ret_pids,
		size_t *ret_count, struct error *err)
{
	const char *folder = folder_of(cgroup);

	if (folder)
		return cgroup_member_list(folder, io_arena, ret_pids, ret_count, err);
	*ret_pids = NULL;
	*ret_count = 0;
	return 0;
}

int cgroup_member_signal(const struct cgroup *cgroup, int signal, struct error *err)
{
	struct arena arena = { 0 };
	pid_t *pids;
	size_t count = 0;
	int r = cgroup_pids(cgroup, &arena, &pids, &count, err);

	for (size_t i = 0; r == 0 && i < count; i++)
		if (kill(pids[i], signal) < 0 && errno != ESRCH)
			r = error_sys(err, "kill process %d", pids[i]);
	arena_clear(&arena);
	return r < 0 ? r : (int)count;
}

static bool describe_task(pid_t pid, bool any, struct text *io_text)
{
	autofree char *file = mem_format("/proc/%d/wchan", pid), *place = NULL;
	struct task task;
	struct error err;

	if (task_read(pid, &task, &err) < 0 || (!any && task.state != 'D'))
		return false;
	text_add(io_text, "process %d (%s), state %c", pid, json_show(task.name).text, task.state);
	if (file_read(AT_FDCWD, file, PLACE_LIMIT, &place, NULL, &err) == 0 && *place &&
	    strcmp(place, "0") != 0)
		text_add(io_text, ", in %s", place);
	return true;
}

void cgroup_member_describe(const struct cgroup *cgroup, struct text *io_text)
{
	struct arena arena = { 0 };
	struct error err;
	pid_t *pids;
	size_t count;

	if (cgroup_pids(cgroup, &arena, &pids, &count, &err) == 0)
		for (size_t i = 0; i < 2 * count && !io_text->size; i++)
			describe_task(pids[i % count], i >= count, io_text);
	if (!io_text->size)
		text_add(io_text, "no process to be seen");
	arena_clear(&arena);
}

int cgroup_member_refuse_frozen(const struct cgroup *cgroup, struct error *err)
{
	autotext struct text who = { 0 };

	cgroup_member_describe(cgroup, &who);
	TRY(cgroup->driver->freeze(cgroup, false, err));
	return error_set(err, EBUSY, "%s: not frozen within %d ms: %s", folder_of(cgroup),
			 FS_FREEZE_MS, text_get(&who));
}
