// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/attach.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/log.h"
#include "base/path.h"
#include "base/scope.h"
#include "mount/attach_new.h"
#include "mount/target.h"
#include "mount/tree.h"

static int make_link(const char *text, const char *target, int root_fd, struct error *err)
{
	char found[PATH_MAX];
	const char *name;
	autoclose int parent_fd = path_make_parent_in(root_fd, target, &name, err);
	ssize_t size;

	if (parent_fd < 0)
		return parent_fd;
	if (symlinkat(text, parent_fd, name) == 0)
		return 0;
	if (errno != EEXIST)
		return error_sys(err, "symlink %s", target);
	size = readlinkat(parent_fd, name, found, sizeof(found));
	if (size < 0 || (size_t)size != strlen(text) || memcmp(found, text, (size_t)size) != 0)
		return error_set(err, EEXIST, "symlink %s: %s", target, error_words(EEXIST));
	return 0;
}

/* 1 when the source is no symbolic link, so that it is to be bound. */
static int copy_symlink(const struct mount_step *step, int root_fd, struct error *err)
{
	char text[PATH_MAX];
	ssize_t size = readlink(step->source, text, sizeof(text) - 1);

	if (size < 0)
		return errno == EINVAL ? 1 : error_sys(err, "open %s", step->source);
	text[size] = '\0';
	return make_link(text, step->target, root_fd, err);
}

static int clone_source(const struct mount_step *step, struct error *err)
{
	unsigned int flags = 0;

	if (step->idmap)
		return error_set(err, EINVAL, "an id-mapped source has to be opened by the parent");
	if (step->options.orders & MOUNT_ORDER_RECURSIVE)
		flags |= AT_RECURSIVE;
	if (step->options.orders & MOUNT_ORDER_SOURCE_NOFOLLOW)
		flags |= AT_SYMLINK_NOFOLLOW;
	return mount_tree_clone(AT_FDCWD, step->source, flags, err);
}

static int check_source(const struct mount_step *step, int tree_fd, bool *ret_is_folder,
			struct error *err)
{
	struct statfs status;
	struct stat st;

	if (fstat(tree_fd, &st) < 0 || fstatfs(tree_fd, &status) < 0)
		return error_sys(err, "stat %s", step->source);
	if (step->proc_rule == MOUNT_PROC_ROOT && status.f_type != PROC_SUPER_MAGIC)
		return error_set(err, EPERM, "%s is no procfs: only one may be mounted on /proc",
				 step->source);
	*ret_is_folder = S_ISDIR(st.st_mode);
	return 0;
}

static int attach_bind(const struct mount_step *step, struct mount_run *io_run, struct error *err)
{
	/* What the parent opened is the parent's; the stage closes its own with mount_run_clear. */
	autoclose int tree_fd = step->tree_fd < 0 ? clone_source(step, err) :
						    fcntl(step->tree_fd, F_DUPFD_CLOEXEC, 3);
	autoclose int target_fd = -1;
	bool is_folder = false;

	if (tree_fd < 0)
		return step->tree_fd < 0 ? tree_fd : error_sys(err, "dup");
	TRY(check_source(step, tree_fd, &is_folder, err));
	target_fd = mount_target_open(step, io_run->root_fd, is_folder, NULL, err);
	if (target_fd < 0)
		return target_fd;
	TRY(mount_tree_attach(tree_fd, target_fd, &step->options, io_run->proc_fd, err));
	return mount_target_keep(step, &tree_fd, io_run, err);
}

static int attach_remount(const struct mount_step *step, const struct mount_run *run,
			  struct error *err)
{
	struct mount_new what = mount_attach_describe(step, &step->options);
	autoclose int target_fd = mount_target_find(step, run->root_fd, O_PATH, err);

	if (target_fd < 0)
		return target_fd;
	if (!(step->options.orders & MOUNT_ORDER_BIND)) {
		what.super.clear = step->options.super.clear;
		if (step->options.top.clear & MOUNT_ATTR_RDONLY)
			what.super.clear |= MS_RDONLY;
		TRY(mount_tree_reconfigure(&what, target_fd, err));
	}
	return mount_tree_set(target_fd, &step->options, run->proc_fd, err);
}

static int attach_kind(const struct mount_plan *plan, const struct mount_step *step,
		       struct mount_run *io_run, struct error *err)
{
	int r;

	switch (step->kind) {
	case MOUNT_NEW:
		return mount_attach_new(plan, step, io_run, err);
	case MOUNT_BIND:
		r = 1;
		if (step->options.orders & MOUNT_ORDER_COPY_SYMLINK)
			r = copy_symlink(step, io_run->root_fd, err);
		return r == 1 ? attach_bind(step, io_run, err) : r;
	case MOUNT_REMOUNT:
		return attach_remount(step, io_run, err);
	case MOUNT_LINK:
		return make_link(step->source, step->target, io_run->root_fd, err);
	}
	return error_set(err, EINVAL, "no such kind of mount");
}

static int attach(const struct mount_plan *plan, const struct mount_step *step,
		  struct mount_run *io_run, struct error *err)
{
	int r = attach_kind(plan, step, io_run, err);

	if (r < 0 && step->fallback && (r == -EPERM || r == -EBUSY)) {
		log_debug("%s: %s on %s: %s; %s is taken instead", step->place, step->source,
			  step->target, err->text, step->fallback->source);
		step = step->fallback;
		r = attach_kind(plan, step, io_run, err);
	}
	if (r < 0)
		return error_wrap(err, "%s: %s %s on %s", step->place,
				  step->kind == MOUNT_LINK ? "link" : "mount", step->source,
				  step->target);
	return 0;
}

int mount_attach_all(const struct mount_plan *plan, struct mount_run *io_run, struct error *err)
{
	for (size_t i = 0; i < plan->step_count; i++)
		TRY(attach(plan, &plan->steps[i], io_run, err));
	return 0;
}
