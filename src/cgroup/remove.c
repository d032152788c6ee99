// SPDX-License-Identifier: GPL-2.0-or-later
/* remove - cgroup_delete: the end of what lives in the folders, then of the folders */
#include <signal.h>
#include <string.h>
#include <fcntl.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "cgroup/folder.h"
#include "cgroup/fs.h"
#include "cgroup/member.h"
#include "cgroup/systemd.h"

static int remove_folder(int parent_fd, const char *name, void *data UNUSED,
			 struct error *err UNUSED)
{
	/* Whatever stays makes the folder above it stay, and that one is reported. */
	(void)unlinkat(parent_fd, name, AT_REMOVEDIR);
	return 0;
}

/* 0 when the folder is gone, else -errno of the last try. */
static int remove_tree(const char *folder, bool with_below)
{
	struct error ignored;

	if (rmdir(folder) == 0 || cgroup_folder_is_gone(-errno))
		return 0;
	if (!with_below)
		return -errno;
	if (cgroup_folder_walk(folder, remove_folder, NULL, &ignored) < 0)
		return -EBUSY;
	return rmdir(folder) == 0 || cgroup_folder_is_gone(-errno) ? 0 : -errno;
}

/* The number of trees that still have the folder; @ret_last: one of them, and why. */
static size_t remove_all(const struct cgroup *cgroup, bool with_below, const char **ret_last,
			 int *ret_why)
{
	size_t left = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		int r = remove_tree(cgroup->tree[i].folder, with_below);

		if (r == 0)
			continue;
		left++;
		*ret_last = cgroup->tree[i].folder;
		*ret_why = r;
	}
	return left;
}

static void kill_in(const char *folder)
{
	struct arena arena = { 0 };
	struct error ignored;
	size_t count = 0;
	pid_t *pids;

	if (cgroup_member_list(folder, &arena, &pids, &count, &ignored) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++)
		(void)kill(pids[i], SIGKILL);
	arena_clear(&arena);
}

static void pause_ms(int ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000L };

	nanosleep(&time, NULL);
}

/*
 * The cgroup2 tree says when the last process has ended, and a process leaves all trees
 * at once. What is left then is the v1 trees' own way of being late, and processes that have
 * moved themselves out of one tree but not out of another: for those there are only
 * looks with growing pauses, 1 to 64 ms.
 */
static int remove_killed(const struct cgroup *cgroup, const char **io_last, int *io_why)
{
	const struct cgroup_tree *v2 = cgroup_fs_find_tree(cgroup, "");
	struct error ignored;
	int passed_ms = 0;

	if (v2 && cgroup_fs2_wait(v2->folder, "populated 0", FS_END_MS, &ignored) == -ETIMEDOUT)
		passed_ms = FS_END_MS;
	for (int wait_ms = 1;; wait_ms += wait_ms < 64 ? wait_ms : 0) {
		if (remove_all(cgroup, true, io_last, io_why) == 0)
			return 0;
		if (passed_ms >= FS_END_MS)
			return -EBUSY;
		kill_in(*io_last);
		pause_ms(wait_ms);
		passed_ms += wait_ms;
	}
}

/* "husk" was made by the first container without a cgroupsPath and goes with the last. */
static void remove_parents(const struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_tree *tree = &cgroup->tree[i];
		autofree char *parent = mem_format("%s/" CGROUP_PARENT, tree->mount_point);
		size_t size = strlen(parent);

		/* Another container in it, or gone with another: both are as it should be. */
		if (strncmp(tree->folder, parent, size) == 0 && tree->folder[size] == '/')
			(void)rmdir(parent);
	}
}

int cgroup_delete(const struct cgroup *cgroup, struct error *err)
{
	autotext struct text who = { 0 };
	const char *last = NULL;
	struct error stop_err;
	int why = 0;

	if (remove_all(cgroup, false, &last, &why) > 0) {
		if (why != -EBUSY && why != -ENOTEMPTY) {
			errno = -why;
			return error_sys(err, "rmdir %s", last);
		}
		/* Where there are folders there is a driver. */
		TRY(cgroup->driver->kill(cgroup, err));
		if (remove_killed(cgroup, &last, &why) < 0) {
			cgroup_member_describe(cgroup, &who);
			errno = -why;
			return error_sys(err, "rmdir %s: %s does not end", last, text_get(&who));
		}
	}
	remove_parents(cgroup);
	if (cgroup_is_scope(cgroup) && cgroup_systemd_stop(&cgroup->unit, &stop_err) < 0)
		log_warning("%s", stop_err.text);
	return 0;
}
