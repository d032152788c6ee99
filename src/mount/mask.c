// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/mask.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "mount/target.h"
#include "mount/tree.h"

/*
 * What covers masked paths. Only a mount that is in its place can be cloned (before Linux 6.15),
 * so the first path gets the detached mount itself and the others get clones of it.
 */
struct cover {
	int fd;
	bool is_placed;
};

/* 1 when there is nothing at @path. */
static int open_path(const struct mount_run *run, const char *path, int *ret_fd, struct error *err)
{
	int fd = mount_target_reach(run, path, err);

	if (fd == -ENOENT || fd == -ENOTDIR)
		return 1;
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

/* --- read-only --- */

/*
 * The folder's own mount alone, as other runtimes have it: what the configuration mounted below
 * keeps its flags. One descriptor from the look-up to the move, so nothing can be exchanged (S-12).
 */
static int make_readonly(const struct mount_run *run, const char *path, struct error *err)
{
	struct mount_options options = { .top.set = MOUNT_ATTR_RDONLY };
	autoclose int fd = -1, tree_fd = -1;
	int r = open_path(run, path, &fd, err);

	if (r != 0)
		return r;
	tree_fd = mount_tree_clone(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, err);
	if (tree_fd < 0)
		return error_wrap(err, "%s", path);
	r = mount_tree_attach(tree_fd, fd, &options, run->proc_fd, err);
	return r < 0 ? error_wrap(err, "%s", path) : 0;
}

/* --- masks --- */

static int make_empty_folder(const struct mount_plan *plan, struct arena *io_arena,
			     struct error *err)
{
	const char *data[] = { "nr_blocks=1", "nr_inodes=1", "mode=755", NULL };
	struct mount_new what = {
		.type = "tmpfs",
		.source = "tmpfs",
		.data = data,
		.data_count = countof(data) - 1,
		.super.set = MS_RDONLY,
		.attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			      MOUNT_ATTR_NOEXEC,
	};

	if (plan->label)
		data[what.data_count++] = arena_format(io_arena, "context=%s", plan->label);
	return mount_tree_new(&what, err);
}

static int place_cover(struct cover *io_cover, int target_fd, struct error *err)
{
	autoclose int clone_fd = -1;

	if (!io_cover->is_placed) {
		TRY(mount_tree_place(io_cover->fd, target_fd, err));
		io_cover->is_placed = true;
		return 0;
	}
	clone_fd = mount_tree_clone(io_cover->fd, "", AT_EMPTY_PATH, err);
	return clone_fd < 0 ? clone_fd : mount_tree_place(clone_fd, target_fd, err);
}

/* Looks first: a mount that fails for the wrong kind costs more than one that is made. */
static int mask(const struct mount_plan *plan, int target_fd, struct cover *io_null,
		struct cover *io_folder, struct error *err)
{
	struct arena arena autoclean(arena_clear) = { 0 };
	struct stat st;

	if (fstat(target_fd, &st) < 0)
		return error_sys(err, "stat");
	if (!S_ISDIR(st.st_mode))
		return place_cover(io_null, target_fd, err);
	if (io_folder->fd < 0)
		io_folder->fd = make_empty_folder(plan, &arena, err);
	return io_folder->fd < 0 ? io_folder->fd : place_cover(io_folder, target_fd, err);
}

static int mask_all(const struct mount_plan *plan, const struct mount_run *run, struct error *err)
{
	struct cover null = { .fd = run->null_fd }, folder = { .fd = -1 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < plan->mask_count; i++) {
		autoclose int fd = -1;

		r = open_path(run, plan->masks[i], &fd, err);
		if (r != 0)
			continue;
		r = mask(plan, fd, &null, &folder, err);
		if (r < 0)
			error_wrap(err, "%s", plan->masks[i]);
	}
	scope_close(&folder.fd);
	return r < 0 ? r : 0;
}

/* --- all --- */

static int finish_root(const struct mount_plan *plan, const struct mount_run *run,
		       struct error *err)
{
	if (plan->is_root_readonly &&
	    mount_tree_set_readonly(run->root_fd, run->proc_fd, err) < 0)
		return error_wrap(err, "root.readonly");
	if (plan->propagation & (MS_SHARED | MS_UNBINDABLE) &&
	    mount_tree_set_propagation(run->root_fd, plan->propagation, run->proc_fd, err) < 0)
		return error_wrap(err, "linux.rootfsPropagation");
	return 0;
}

int mount_finish(const struct mount_plan *plan, const struct mount_run *run, struct error *err)
{
	for (size_t i = 0; i < run->late_count; i++)
		if (mount_tree_set_readonly(run->late_fds[i], run->proc_fd, err) < 0)
			return error_wrap(err, "make a mount read-only");
	for (size_t i = 0; i < plan->readonly_count; i++)
		if (make_readonly(run, plan->readonly[i], err) < 0)
			return error_wrap(err, "linux.readonlyPaths");
	if (mask_all(plan, run, err) < 0)
		return error_wrap(err, "linux.maskedPaths");
	return finish_root(plan, run, err);
}
