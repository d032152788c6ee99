// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/scope.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/scope.h"
#include "cgroup/folder.h"
#include "proc/mounts.h"
#include "proc/ns.h"
#include "proc/status.h"

int scope_of_process(uint32_t pid, struct scope *ret_scope, struct error *err)
{
	struct status status;
	autoclose int ns_fd = -1;

	*ret_scope = (struct scope){ 0 };
	TRY(status_read((pid_t)pid, (pid_t)pid, &status, err));
	ret_scope->pid = (uint32_t)status.tgid;
	if (!status_is_init(&status) || status.level_count < 2)
		return 0;
	ns_fd = proc_ns_open(status.tgid, "pid", err);
	TRY(ns_fd);
	ret_scope->namespace = (uint32_t)proc_ns_inode(ns_fd);
	return 0;
}

/* Each tree of v1 has its own ids; what a process is in is known for that of pids alone. */
static int find_tree(int fd, dev_t device, uint32_t *ret_tree, struct error *err)
{
	automounts struct mounts mounts = { 0 };
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return error_sys(err, "statfs");
	*ret_tree = EVENT_TREE_V2;
	if (fs.f_type == CGROUP2_SUPER_MAGIC)
		return 0;
	*ret_tree = EVENT_TREE_PIDS;
	TRY(mounts_read(&mounts, err));
	for (size_t i = 0; i < mounts.count; i++) {
		const struct mounts_row *row = &mounts.row[i];

		if (makedev(row->major, row->minor) == device &&
		    mounts_has_option(row->super_options, "pids"))
			return 0;
	}
	return error_set(err, EINVAL, "in a tree without the controller pids: name the folder of "
			 "the same name in that tree, or in cgroup2");
}

int scope_of_cgroup(const char *path, struct scope *ret_scope, struct error *err)
{
	autoclose int fd = cgroup_folder_open(path, err);
	struct stat st;

	*ret_scope = (struct scope){ 0 };
	TRY(fd);
	if (fstat(fd, &st) < 0)
		return error_sys(err, "%s", path);
	/* The id of a cgroup is the inode number of its folder, in either version. */
	ret_scope->cgroup = st.st_ino;
	return find_tree(fd, st.st_dev, &ret_scope->tree, err) < 0 ? error_wrap(err, "%s", path)
								   : 0;
}

int scope_apply(const struct scope *scope, struct load *load, struct error *err)
{
	if (scope->pid)
		TRY(load_follow_process(load, scope->pid, err));
	if (scope->namespace)
		TRY(load_follow_namespace(load, scope->namespace, err));
	if (scope->cgroup)
		TRY(load_follow_cgroup(load, scope->cgroup, scope->tree, err));
	return 0;
}

int scope_follow(const struct scope *scope, struct load *load, const struct event_task *task,
		 struct error *err)
{
	bool belongs = task->flags & EVENT_TASK_MEMBER || load_follows(load, task->parent);

	if (scope->all || !belongs || load_follows(load, task->tgid))
		return 0;
	TRY(load_follow_process(load, task->tgid, err));
	return 1;
}
