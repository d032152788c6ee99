// SPDX-License-Identifier: GPL-2.0-or-later
/* attach_new - a new file system, from its words to its place */
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "mount/attach_new.h"
#include "mount/copyup.h"
#include "mount/overlay.h"
#include "mount/target.h"

static bool has_data(const struct mount_options *options, const char *start)
{
	for (size_t i = 0; i < options->data_count; i++)
		if (text_begins(options->data[i], start))
			return true;
	return false;
}

/* @options less the words that begin with @start, with room for one more; in the arena's memory. */
static struct mount_options without(const struct mount_options *options, const char *start,
				    struct arena *io_arena)
{
	struct mount_options rest = *options;

	rest.data_count = 0;
	rest.data = arena_new(io_arena, (options->data_count + 1) * sizeof(*rest.data));
	for (size_t i = 0; i < options->data_count; i++)
		if (!text_begins(options->data[i], start))
			rest.data[rest.data_count++] = options->data[i];
	return rest;
}

struct mount_new mount_attach_describe(const struct mount_step *step,
				       const struct mount_options *options)
{
	struct mount_new what = {
		.type = step->type,
		.source = step->source,
		.data_count = options->data_count,
		.data = options->data,
		.super.set = options->super.set,
		.attributes = options->top.set,
	};

	if (options->top.set & MOUNT_ATTR_RDONLY && !step->is_super_kept)
		what.super.set |= MS_RDONLY;
	return what;
}

/* A gid that the user namespace does not map is EINVAL; the terminals then stay with group 0. */
static int make_tree(const struct mount_step *step, const struct mount_options *options,
		     struct error *err)
{
	struct arena arena autoclean(arena_clear) = { 0 };
	struct mount_new what = mount_attach_describe(step, options);
	struct mount_options rest;
	int fd = mount_tree_new(&what, err);

	if (fd != -EINVAL || !step->is_gid_optional || !has_data(options, "gid="))
		return fd;
	log_debug("%s: %s: tried again without gid=", step->place, err->text);
	rest = without(options, "gid=", &arena);
	what = mount_attach_describe(step, &rest);
	return mount_tree_new(&what, err);
}

/* M-10: a tmpfs looks like the folder that it covers. */
static bool takes_mode(const struct mount_step *step)
{
	return strcmp(step->type, "tmpfs") == 0 && !has_data(&step->options, "mode=");
}

static int copy_mode(const struct mount_step *step, int target_fd, struct arena *io_arena,
		     struct mount_options *io_options, struct error *err)
{
	struct stat st;

	if (fstat(target_fd, &st) < 0)
		return error_sys(err, "stat %s", step->target);
	*io_options = without(io_options, "mode=", io_arena); /* a copy, with room */
	io_options->data[io_options->data_count++] =
		arena_format(io_arena, "mode=%o", st.st_mode & 07777);
	return 0;
}

static int label_root(const struct mount_plan *plan, int tree_fd, int proc_fd, struct error *err)
{
	char name[MOUNT_TREE_NAME_SIZE];

	TRY(mount_tree_name(proc_fd, tree_fd, name, err));
	if (setxattr(name, "security.selinux", plan->label, strlen(plan->label) + 1, 0) < 0)
		return error_sys(err, "label %s", plan->label);
	return 0;
}

static int place_new(const struct mount_plan *plan, const struct mount_step *step,
		     const struct mount_options *options, int target_fd, struct mount_run *io_run,
		     struct error *err)
{
	struct mount_options rest = *options;
	autoclose int tree_fd = make_tree(step, options, err);

	if (tree_fd < 0)
		return tree_fd;
	if (step->options.orders & MOUNT_ORDER_COPY_UP)
		TRY(mount_copyup(target_fd, tree_fd, err));
	rest.top.set &= MOUNT_ATTR_NOSYMFOLLOW; /* the others are set already */
	rest.top.clear = 0;
	TRY(mount_tree_attach(tree_fd, target_fd, &rest, io_run->proc_fd, err));
	if (step->is_labelled_root)
		TRY(label_root(plan, tree_fd, io_run->proc_fd, err));
	return mount_target_keep(step, &tree_fd, io_run, err);
}

static int place_long(const struct mount_step *step, int target_fd, struct mount_run *io_run,
		      struct error *err)
{
	struct mount_new what = mount_attach_describe(step, &step->options);
	struct mount_options rest = step->options;
	autoclose int tree_fd = mount_tree_mount(&what, target_fd, io_run->proc_fd, err);

	if (tree_fd < 0)
		return tree_fd;
	rest.top = rest.below = (struct mount_change){ 0 };
	TRY(mount_tree_set(tree_fd, &rest, io_run->proc_fd, err));
	return mount_target_keep(step, &tree_fd, io_run, err);
}

static int place_overlay(const struct mount_step *step, int target_fd, struct mount_run *io_run,
			 struct error *err)
{
	autoclose int tree_fd = mount_overlay_attach(step, target_fd, io_run->proc_fd, err);

	if (tree_fd < 0)
		return tree_fd;
	return mount_target_keep(step, &tree_fd, io_run, err);
}

int mount_attach_new(const struct mount_plan *plan, const struct mount_step *step,
		     struct mount_run *io_run, struct error *err)
{
	struct arena arena autoclean(arena_clear) = { 0 };
	struct mount_options options = step->options;
	struct mount_new what = mount_attach_describe(step, &options);
	bool existed = false;
	autoclose int target_fd = mount_target_open(step, io_run->root_fd, true,
						    takes_mode(step) ? &existed : NULL, err);

	if (target_fd < 0)
		return target_fd;
	if (options.orders & MOUNT_ORDER_TMP_UPPER)
		return place_overlay(step, target_fd, io_run, err);
	if (mount_tree_is_too_long(&what))
		return place_long(step, target_fd, io_run, err);
	if (existed)
		TRY(copy_mode(step, target_fd, &arena, &options, err));
	return place_new(plan, step, &options, target_fd, io_run, err);
}
