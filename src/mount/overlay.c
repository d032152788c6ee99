// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/overlay.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "base/text.h"
#include "mount/tree.h"

enum { FOLDER_MODE = 0755, UPPER_WORDS = 2 };

static const char *const tmpfs_words[] = {
	"size=", "nr_blocks=", "nr_inodes=", "huge=", "mpol=", "uid=", "gid=",
};

static bool is_for_tmpfs(const char *word)
{
	for (size_t i = 0; i < countof(tmpfs_words); i++)
		if (text_begins(word, tmpfs_words[i]))
			return true;
	return false;
}

/* The words for one of the two, with room for those that come on top. */
static const char **choose(const struct mount_options *options, bool for_tmpfs,
			   struct arena *io_arena, size_t *ret_count)
{
	size_t room = options->data_count + UPPER_WORDS;
	const char **words = arena_new(io_arena, room * sizeof(*words));

	*ret_count = 0;
	for (size_t i = 0; i < options->data_count; i++)
		if (is_for_tmpfs(options->data[i]) == for_tmpfs)
			words[(*ret_count)++] = options->data[i];
	return words;
}

/* The root of an overlay has the mode of its upper folder, which shall be that of the lower one. */
static mode_t lower_mode(const struct mount_options *options, struct arena *io_arena)
{
	struct stat st;

	for (size_t i = 0; i < options->data_count; i++) {
		char *path = arena_text(io_arena, options->data[i]);

		if (!text_begins(path, "lowerdir="))
			continue;
		path += strlen("lowerdir=");
		path[strcspn(path, ":")] = '\0';
		if (stat(path, &st) == 0)
			return st.st_mode & 07777;
	}
	return FOLDER_MODE;
}

static int make_folders(int tmpfs_fd, mode_t mode, struct error *err)
{
	if (mkdirat(tmpfs_fd, "upper", 0700) < 0 || mkdirat(tmpfs_fd, "work", 0700) < 0)
		return error_sys(err, "mkdir on tmpfs");
	if (fchmodat(tmpfs_fd, "upper", mode, 0) < 0)
		return error_sys(err, "chmod on tmpfs");
	return 0;
}

static int attach_tmpfs(const struct mount_step *step, int target_fd, int proc_fd,
			struct arena *io_arena, struct error *err)
{
	struct mount_new what = { .type = "tmpfs", .source = "tmpfs" };
	struct mount_options plain = { 0 };
	autoclose int fd = -1;

	what.data = choose(&step->options, true, io_arena, &what.data_count);
	fd = mount_tree_new(&what, err);
	if (fd < 0)
		return fd;
	TRY(make_folders(fd, lower_mode(&step->options, io_arena), err));
	TRY(mount_tree_attach(fd, target_fd, &plain, proc_fd, err));
	return fd_take(&fd);
}

static int attach_overlay(const struct mount_step *step, int tmpfs_fd, int proc_fd,
			  struct arena *io_arena, struct error *err)
{
	struct mount_options rest = step->options;
	struct mount_new what = {
		.type = step->type,
		.source = step->source,
		.super.set = step->options.super.set,
		.attributes = step->options.top.set,
	};
	const char **words = choose(&step->options, false, io_arena, &what.data_count);
	autoclose int fd = -1;

	words[what.data_count++] = arena_format(io_arena, "upperdir=/proc/self/fd/%d/upper",
						tmpfs_fd);
	words[what.data_count++] = arena_format(io_arena, "workdir=/proc/self/fd/%d/work",
						tmpfs_fd);
	what.data = words;
	if (mount_tree_is_too_long(&what)) {
		fd = mount_tree_mount(&what, tmpfs_fd, proc_fd, err);
		rest.top = (struct mount_change){ 0 };
		if (fd >= 0)
			TRY(mount_tree_set(fd, &rest, proc_fd, err));
		return fd_take(&fd);
	}
	fd = mount_tree_new(&what, err);
	if (fd < 0)
		return fd;
	rest.top.set &= MOUNT_ATTR_NOSYMFOLLOW;
	rest.top.clear = 0;
	TRY(mount_tree_attach(fd, tmpfs_fd, &rest, proc_fd, err));
	return fd_take(&fd);
}

int mount_overlay_attach(const struct mount_step *step, int target_fd, int proc_fd,
			 struct error *err)
{
	struct arena arena autoclean(arena_clear) = { 0 };
	autoclose int tmpfs_fd = attach_tmpfs(step, target_fd, proc_fd, &arena, err);

	if (tmpfs_fd < 0)
		return tmpfs_fd;
	return attach_overlay(step, tmpfs_fd, proc_fd, &arena, err);
}
