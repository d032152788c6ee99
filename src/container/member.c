// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/member.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/scope.h"
#include "base/text.h"
#include "container/subject.h"
#include "proc/ns.h"

struct pids {
	pid_t *item;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

static bool lives_in(pid_t pid, int pid_ns_fd)
{
	struct error ignored;
	autoclose int own_fd = proc_ns_open(pid, "pid", &ignored);

	return own_fd >= 0 && proc_ns_holds(pid_ns_fd, own_fd);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static int list_namespace(pid_t first, struct arena *io_arena, struct pids *io_pids,
			  struct error *err)
{
	autoclean(close_folder) DIR *folder = opendir("/proc");
	autoclose int pid_ns_fd = proc_ns_open(first, "pid", err);
	struct dirent *entry;
	long long pid;

	TRY(pid_ns_fd);
	if (!folder)
		return error_sys(err, "open /proc");
	while ((entry = readdir(folder))) {
		if (text_number(entry->d_name, 1, INT32_MAX, &pid) < 0 ||
		    !lives_in((pid_t)pid, pid_ns_fd))
			continue;
		io_pids->item = arena_grow(io_arena, io_pids->item, io_pids->count,
					   sizeof(*io_pids->item));
		io_pids->item[io_pids->count++] = (pid_t)pid;
	}
	qsort(io_pids->item, io_pids->count, sizeof(*io_pids->item), compare);
	return 0;
}

int container_members(const struct store *store, const char *id, struct arena *io_arena,
		      pid_t **ret_pids, size_t *ret_count, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	struct pids pids = { 0 };

	TRY(container_subject_find(store, id, &subject, err));
	if (subject.status == RECORD_STOPPED || subject.status == RECORD_CREATING)
		return error_set(err, ESRCH, "container not running");
	if (subject.cgroup.mode != CGROUP_MODE_NONE)
		return cgroup_pids(&subject.cgroup, io_arena, ret_pids, ret_count, err);
	if (!subject.record.has_pid_namespace.value)
		return error_set(err, ENOTSUP,
				 "the container has no cgroup and no pid namespace of its own");
	TRY(list_namespace((pid_t)subject.record.pid.value, io_arena, &pids, err));
	*ret_pids = pids.item;
	*ret_count = pids.count;
	return 0;
}
