// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/group.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "proc/ns.h"

/* The parent of @member keeps the group from being orphaned. The machine's init never does. */
static bool is_kept(const struct task *member, const struct task *parent, pid_t machine_init)
{
	return parent->pid != machine_init && parent->group != member->group &&
	       parent->session == member->session;
}

static const struct task *find(pid_t pid, const struct task *tasks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tasks[i].pid == pid)
			return &tasks[i];
	return NULL;
}

bool group_is_orphaned(pid_t group, pid_t machine_init, const struct task *tasks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct task *parent;

		if (tasks[i].group != group || task_is_dead(&tasks[i]))
			continue;
		/* A parent in an outer pid namespace (number 0) is in another session. */
		parent = find(tasks[i].parent_pid, tasks, count);
		if (parent && is_kept(&tasks[i], parent, machine_init))
			return false;
	}
	return true;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* All processes in an array that the caller frees. */
static int read_all(struct task **ret_tasks, size_t *ret_count, struct error *err)
{
	autoclean(close_folder) DIR *folder = opendir("/proc");
	autofree struct task *tasks = NULL;
	size_t count = 0, room = 0;
	const struct dirent *entry;
	long long pid;

	if (!folder)
		return error_sys(err, "open /proc");
	while ((entry = readdir(folder))) {
		if (text_number(entry->d_name, 1, INT32_MAX, &pid) < 0)
			continue;
		if (count == room) {
			room = room ? 2 * room : 256;
			tasks = mem_grow(tasks, room * sizeof(*tasks));
		}
		/* Ended since it was listed: it keeps no group. */
		if (task_read((pid_t)pid, &tasks[count], err) == 0)
			count++;
	}
	*ret_tasks = ptr_take(&tasks);
	*ret_count = count;
	return 0;
}

/* Seen from within an inner namespace number 1 is an init like others. */
static pid_t find_machine_init(void)
{
	struct error err;
	autoclose int fd = proc_ns_open(getpid(), "pid", &err);

	return fd >= 0 && proc_ns_is_first(fd) ? 1 : 0;
}

int group_read_orphaned(const struct task *task, bool *ret_is_orphaned, struct error *err)
{
	autofree struct task *tasks = NULL;
	pid_t machine_init = find_machine_init();
	struct task parent;
	size_t count = 0;

	if (task->parent_pid > 0 && task_read(task->parent_pid, &parent, err) == 0 &&
	    is_kept(task, &parent, machine_init)) {
		*ret_is_orphaned = false;
		return 0;
	}
	TRY(read_all(&tasks, &count, err));
	*ret_is_orphaned = group_is_orphaned(task->group, machine_init, tasks, count);
	return 0;
}
