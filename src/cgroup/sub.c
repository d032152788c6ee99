// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/sub.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/scope.h"
#include "cgroup/fs.h"
#include "cgroup/select.h"
#include "proc/mounts.h"

enum { MEMBERSHIP_LIMIT = 1 << 20 };

/* The folders of the container's cgroup, to be changed one by one. */
struct choice {
	const struct cgroup *cgroup;
	struct cgroup_tree *tree;
	const char **chosen_by; /* the word that has named the tree */
	struct arena *arena;
};

static bool has_dots(const char *path)
{
	for (; *path; path += strspn(path, "/")) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0)
			return true;
		path += size;
	}
	return false;
}

static int choose(struct choice *io_choice, size_t i, const char *word, const char *path,
		  struct error *err)
{
	struct cgroup_tree *tree = &io_choice->tree[i];
	struct stat folder;

	if (io_choice->chosen_by[i] == word)
		return 0; /* "cpu,cpuacct" names one tree twice */
	if (io_choice->chosen_by[i])
		return error_set(err, EINVAL, "a second path, after %s", io_choice->chosen_by[i]);
	io_choice->chosen_by[i] = word;
	path += strspn(path, "/");
	if (!*path)
		return 0;
	tree->folder = arena_format(io_choice->arena, "%s/%s", tree->folder, path);
	if (stat(tree->folder, &folder) < 0)
		return error_sys(err, "%s", tree->folder);
	return S_ISDIR(folder.st_mode) ? 0 : error_set(err, ENOTDIR, "%s: %s", tree->folder,
							error_words(ENOTDIR));
}

static int choose_by_controllers(struct choice *io_choice, const char *word, const char *path,
				 struct error *err)
{
	autofree char *controllers = mem_format("%.*s", (int)(path - 1 - word), word);
	char *rest = NULL;

	if (io_choice->cgroup->mode == CGROUP_MODE_V2)
		return error_set(err, EINVAL, "cgroup v2 has no paths by controller");
	for (char *name = strtok_r(controllers, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest)) {
		const struct cgroup_tree *tree = cgroup_fs_find_tree(io_choice->cgroup, name);

		if (!tree)
			return error_set(err, EINVAL, "the container has no controller %s", name);
		TRY(choose(io_choice, (size_t)(tree - io_choice->cgroup->tree), word, path, err));
	}
	return 0;
}

static int choose_by_word(struct choice *io_choice, const char *word, struct error *err)
{
	const char *colon = strchr(word, ':');
	const char *path = colon ? colon + 1 : word;

	if (has_dots(path))
		return error_set(err, EINVAL, "\"..\" is not allowed");
	if (colon)
		return choose_by_controllers(io_choice, word, path, err);
	for (size_t i = 0; i < io_choice->cgroup->count; i++)
		TRY(choose(io_choice, i, word, path, err));
	return 0;
}

int cgroup_sub_find(const struct cgroup *cgroup, const char *const *words,
		    struct cgroup *ret_cgroup, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct choice choice = {
		.cgroup = cgroup,
		.tree = arena_new(&arena, cgroup->count * sizeof(*choice.tree)),
		.chosen_by = arena_new(&arena, cgroup->count * sizeof(*choice.chosen_by)),
		.arena = &arena,
	};

	if (*words && cgroup->mode == CGROUP_MODE_NONE)
		return error_set(err, ENOTSUP, "%s: the container has no cgroup", *words);
	for (size_t i = 0; i < cgroup->count; i++)
		choice.tree[i] = cgroup->tree[i];
	for (size_t i = 0; words[i]; i++)
		if (choose_by_word(&choice, words[i], err) < 0)
			return error_wrap(err, "%s", words[i]);
	TRY(cgroup_restore(cgroup->mode, choice.tree, cgroup->count, ret_cgroup, err));
	/* systemd can help into its own folder, but not into one below. */
	if (!*words && cgroup_is_scope(cgroup))
		cgroup_restore_unit(ret_cgroup, &cgroup->unit);
	return 0;
}

int cgroup_sub_of(const struct cgroup *cgroup, pid_t pid, struct cgroup *ret_cgroup,
		  struct error *err)
{
	automounts struct mounts mounts = { 0 };
	autofree char *membership = NULL;
	struct cgroup_tree tree;
	char path[64];
	size_t size;

	if (cgroup->mode != CGROUP_MODE_V2)
		return error_set(err, ENOTSUP, "no cgroup v2");
	tree = *cgroup->tree;
	size = strlen(tree.folder);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	TRY(file_read(AT_FDCWD, path, MEMBERSHIP_LIMIT, &membership, NULL, err));
	TRY(mounts_read(&mounts, err));
	tree.folder = cgroup_select_own(&mounts, tree.mount_point, membership, &mounts.arena);
	if (!tree.folder || strncmp(tree.folder, cgroup->tree->folder, size) != 0 ||
	    tree.folder[size] != '/')
		return error_set(err, ENOENT, "process %d is not below %s", (int)pid,
				 cgroup->tree->folder);
	return cgroup_restore(cgroup->mode, &tree, 1, ret_cgroup, err);
}
