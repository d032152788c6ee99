// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/session.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cgroup/fs.h"
#include "cgroup/member.h"

/* So many sessions of one number can only be somebody's mischief. */
enum { TREES_MAX = 2, NAMES_MAX = 100 };

static const char prefix[] = "husk-exec-";

/* --- where --- */

static size_t choose_trees(const struct cgroup *container, const struct cgroup_tree **ret_trees)
{
	static const char *const wanted[TREES_MAX] = { "", "freezer" };
	size_t count = 0;

	for (size_t i = 0; i < TREES_MAX; i++) {
		const struct cgroup_tree *tree = cgroup_fs_find_tree(container, wanted[i]);

		if (tree)
			ret_trees[count++] = tree;
	}
	/* The count of processes is one that v1 hands down. */
	if (!count && (ret_trees[0] = cgroup_fs_find_tree(container, "pids")))
		count = 1;
	return count;
}

static int choose(const struct cgroup *container, const char *name, struct cgroup *ret_session,
		  struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	const struct cgroup_tree *from[TREES_MAX];
	struct cgroup_tree trees[TREES_MAX];
	size_t count = choose_trees(container, from);

	if (container->mode == CGROUP_MODE_NONE)
		return error_set(err, ENOTSUP, "the container has no cgroup");
	if (!count)
		return error_set(err, ENOTSUP, "neither cgroup2, the freezer nor pids is mounted");
	for (size_t i = 0; i < count; i++) {
		trees[i] = *from[i];
		trees[i].folder = arena_format(&arena, "%s/%s%s", from[i]->folder, prefix, name);
	}
	return cgroup_restore(container->mode, trees, count, ret_session, err);
}

/* --- make --- */

static void remove_folders(const struct cgroup *session, size_t count)
{
	while (count--)
		(void)rmdir(session->tree[count].folder);
}

/* Not the folder above: when that is gone the container is. */
static int make_folders(const struct cgroup *session, struct error *err)
{
	for (size_t i = 0; i < session->count; i++) {
		if (mkdir(session->tree[i].folder, 0755) == 0)
			continue;
		(void)error_sys(err, "mkdir %s", session->tree[i].folder);
		remove_folders(session, i);
		return -err->code;
	}
	return 0;
}

static int make_named(const struct cgroup *container, const char *name,
		      struct cgroup *ret_session, struct error *err)
{
	autocgroup struct cgroup session = { 0 };

	TRY(choose(container, name, &session, err));
	TRY(make_folders(&session, err));
	*ret_session = session;
	session = (struct cgroup){ 0 };
	return 0;
}

static int make_new(const struct cgroup *container, pid_t pid, struct cgroup *ret_session,
		    struct error *err)
{
	int r = -EEXIST;

	for (int i = 1; r == -EEXIST && i <= NAMES_MAX; i++) {
		autofree char *name = i == 1 ? mem_format("%d", pid)
					     : mem_format("%d.%d", pid, i);

		r = make_named(container, name, ret_session, err);
	}
	return r;
}

int cgroup_session_make(const struct cgroup *container, pid_t pid, struct cgroup *ret_session,
			struct error *err)
{
	autocgroup struct cgroup session = { 0 };
	int r;

	TRY(make_new(container, pid, &session, err));
	r = cgroup_join(&session, pid, err);
	if (r < 0) {
		remove_folders(&session, session.count);
		/* cgroup-v2.rst, "Threads": below such a cgroup there is no place for a process. */
		if (r == -EOPNOTSUPP)
			return error_set(err, ENOTSUP,
					 "the container has divided its cgroup by threads");
		return r;
	}
	*ret_session = session;
	session = (struct cgroup){ 0 };
	return 0;
}

/* --- find --- */

/* Whatever else there is between the digits, it cannot lead anywhere. */
static bool is_name(const char *text)
{
	return isdigit((unsigned char)*text) && !text[strspn(text, "0123456789.")];
}

int cgroup_session_find(const struct cgroup *container, const char *name,
			struct cgroup *ret_session, struct error *err)
{
	autocgroup struct cgroup session = { 0 };
	struct stat folder;

	if (!is_name(name))
		return error_set(err, ESRCH, "no exec session \"%s\"", name);
	TRY(choose(container, name, &session, err));
	if (stat(session.tree->folder, &folder) < 0)
		return error_set(err, ESRCH, "no exec session \"%s\"", name);
	*ret_session = session;
	session = (struct cgroup){ 0 };
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

int cgroup_session_list(const struct cgroup *container, struct arena *io_arena,
			char ***ret_names, size_t *ret_count, struct error *err)
{
	const struct cgroup_tree *tree[TREES_MAX];
	struct dirent *entry;
	DIR *folder;

	*ret_names = NULL;
	*ret_count = 0;
	if (!choose_trees(container, tree))
		return 0;
	folder = opendir(tree[0]->folder);
	if (!folder)
		return errno == ENOENT ? 0 : error_sys(err, "open %s", tree[0]->folder);
	while ((entry = readdir(folder))) {
		const char *name = entry->d_name + strlen(prefix);

		if (!text_begins(entry->d_name, prefix) || !is_name(name))
			continue;
		*ret_names = arena_grow(io_arena, *ret_names, *ret_count, sizeof(**ret_names));
		(*ret_names)[(*ret_count)++] = arena_text(io_arena, name);
	}
	closedir(folder);
	if (*ret_count)
		qsort(*ret_names, *ret_count, sizeof(**ret_names), compare);
	return 0;
}

pid_t cgroup_session_leader(const char *name)
{
	return (pid_t)strtol(name, NULL, 10);
}

/* --- signal --- */

/* Of a paused container too: its own freezing is not touched, theirs is only for now. */
static int signal_frozen(const struct cgroup *session, const int *signals, size_t count,
			 struct error *err)
{
	struct error ignored;
	int r = 0;

	(void)!cgroup_freeze(session, true, &ignored);
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = cgroup_member_signal(session, signals[i], err);
	/* One that is gone needs no thaw. */
	(void)!cgroup_freeze(session, false, &ignored);
	return r;
}

int cgroup_session_hang_up(const struct cgroup *session, struct error *err)
{
	static const int signals[] = { SIGHUP, SIGCONT };

	return signal_frozen(session, signals, countof(signals), err);
}

int cgroup_session_signal(const struct cgroup *session, int signal, struct error *err)
{
	if (signal == SIGKILL)
		return cgroup_kill(session, err);
	return signal_frozen(session, &signal, 1, err);
}
