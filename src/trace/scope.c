// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/scope.h"

#include <sys/stat.h>

#include "base/scope.h"
#include "cgroup/folder.h"
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
	return 0;
}

int scope_apply(const struct scope *scope, struct load *load, struct error *err)
{
	if (scope->pid)
		TRY(load_follow_process(load, scope->pid, err));
	if (scope->namespace)
		TRY(load_follow_namespace(load, scope->namespace, err));
	if (scope->cgroup)
		TRY(load_follow_cgroup(load, scope->cgroup, err));
	return 0;
}

int scope_follow(const struct scope *scope, struct load *load, const struct event_task *task,
		 struct error *err)
{
	bool belongs = (scope->namespace && scope->namespace == task->namespace) ||
		       (scope->cgroup && (scope->cgroup == task->cgroup1 ||
					  scope->cgroup == task->cgroup2)) ||
		       load_follows(load, task->parent);

	if (scope->all || !belongs || load_follows(load, task->tgid))
		return 0;
	TRY(load_follow_process(load, task->tgid, err));
	return 1;
}
