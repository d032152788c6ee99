// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cgroup/sub.h"

/* Two trees made of plain folders: nothing is written to them. */
struct trees {
	char top[32];
	struct cgroup cgroup;
};

static void make(const struct trees *trees, const char *name)
{
	autofree char *path = mem_format("%s/%s", trees->top, name);

	CHECK_INT(mkdir(path, 0755), 0);
}

static void trees_begin(enum cgroup_mode mode, struct trees *ret_trees)
{
	static const char *const names[] = { "a", "b",	   "a/box",     "b/box",
					     "a/box/sub", "b/box/sub", "a/box/sub/one" };
	char mount_a[64], mount_b[64];
	char folder_a[80], folder_b[80];
	struct cgroup_tree list[] = {
		{ mode == CGROUP_MODE_V2 ? (char[]){ "" } : (char[]){ "cpu,cpuacct" }, mount_a, folder_a },
		{ (char[]){ "memory" }, mount_b, folder_b },
	};
	struct error err;

	strcpy(ret_trees->top, "/tmp/husk-unit-XXXXXX");
	CHECK_TRUE(mkdtemp(ret_trees->top));
	for (size_t i = 0; i < countof(names); i++)
		make(ret_trees, names[i]);
	snprintf(mount_a, sizeof(mount_a), "%s/a", ret_trees->top);
	snprintf(mount_b, sizeof(mount_b), "%s/b", ret_trees->top);
	snprintf(folder_a, sizeof(folder_a), "%s/box", mount_a);
	snprintf(folder_b, sizeof(folder_b), "%s/box", mount_b);
	CHECK_OK(cgroup_restore(mode, list, mode == CGROUP_MODE_V2 ? 1 : 2, &ret_trees->cgroup,
				&err), err);
}

static void trees_end(struct trees *trees)
{
	autofree char *command = mem_format("rm -r %s", trees->top);

	cgroup_clear(&trees->cgroup);
	CHECK_INT(system(command), 0);
}

static const char *end_of(const struct cgroup *cgroup, size_t i)
{
	return strstr(cgroup->tree[i].folder, "/box");
}

TEST(without_words_it_is_the_container_s_own)
{
	const char *none[] = { NULL };
	autocgroup struct cgroup sub = { 0 };
	struct trees trees;
	struct error err;

	trees_begin(CGROUP_MODE_V1, &trees);
	CHECK_OK(cgroup_sub_find(&trees.cgroup, none, &sub, &err), err);
	CHECK_INT(sub.count, 2);
	CHECK_STR(end_of(&sub, 0), "/box");
	CHECK_STR(end_of(&sub, 1), "/box");
	trees_end(&trees);
}

TEST(words_choose_folders)
{
	static const struct {
		const char *words[3];
		const char *first, *second;
	} rows[] = {
		{ { "sub" }, "/box/sub", "/box/sub" },
		{ { "/sub" }, "/box/sub", "/box/sub" },
		{ { "/" }, "/box", "/box" },
		{ { "cpu:sub/one" }, "/box/sub/one", "/box" },
		{ { "cpu,cpuacct:sub" }, "/box/sub", "/box" },
		{ { "memory:sub", "cpuacct:/" }, "/box", "/box/sub" },
		{ { "cpu,memory:sub" }, "/box/sub", "/box/sub" },
	};
	struct trees trees;
	struct error err;

	trees_begin(CGROUP_MODE_V1, &trees);
	for (size_t i = 0; i < countof(rows); i++) {
		autocgroup struct cgroup sub = { 0 };

		CHECK_OK(cgroup_sub_find(&trees.cgroup, rows[i].words, &sub, &err), err);
		CHECK_STR(end_of(&sub, 0), rows[i].first);
		CHECK_STR(end_of(&sub, 1), rows[i].second);
	}
	trees_end(&trees);
}

/* CM-23, S-22 */
TEST(words_that_lead_nowhere_are_refused)
{
	static const struct {
		const char *words[3];
		int code;
		const char *text;
	} rows[] = {
		{ { ".." }, EINVAL, "..: \"..\" is not allowed" },
		{ { "sub/../.." }, EINVAL, "sub/../..: \"..\" is not allowed" },
		{ { "cpu:/.." }, EINVAL, "cpu:/..: \"..\" is not allowed" },
		{ { "io:sub" }, EINVAL, "io:sub: the container has no controller io" },
		{ { "cpu:sub", "cpuacct:/" }, EINVAL, "cpuacct:/: a second path, after cpu:sub" },
	};
	autocgroup struct cgroup sub = { 0 };
	const char *missing[] = { "none", NULL };
	struct trees trees;
	struct error err;

	trees_begin(CGROUP_MODE_V1, &trees);
	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(cgroup_sub_find(&trees.cgroup, rows[i].words, &sub, &err), err,
			    rows[i].code, rows[i].text);
	CHECK_INT(cgroup_sub_find(&trees.cgroup, missing, &sub, &err), -ENOENT);
	trees_end(&trees);
}

TEST(name_with_dots_inside_is_a_name)
{
	const char *words[] = { "..x", NULL };
	autocgroup struct cgroup sub = { 0 };
	struct trees trees;
	struct error err;

	trees_begin(CGROUP_MODE_V1, &trees);
	make(&trees, "a/box/..x");
	make(&trees, "b/box/..x");
	CHECK_OK(cgroup_sub_find(&trees.cgroup, words, &sub, &err), err);
	CHECK_STR(end_of(&sub, 1), "/box/..x");
	trees_end(&trees);
}

TEST(v2_has_no_controllers_in_front)
{
	const char *words[] = { "memory:sub", NULL }, *good[] = { "sub", NULL };
	autocgroup struct cgroup sub = { 0 };
	struct trees trees;
	struct error err;

	trees_begin(CGROUP_MODE_V2, &trees);
	CHECK_ERROR(cgroup_sub_find(&trees.cgroup, words, &sub, &err), err, EINVAL,
		    "memory:sub: cgroup v2 has no paths by controller");
	CHECK_OK(cgroup_sub_find(&trees.cgroup, good, &sub, &err), err);
	CHECK_STR(end_of(&sub, 0), "/box/sub");
	trees_end(&trees);
}

TEST(container_without_a_cgroup_has_none_below)
{
	const char *words[] = { "sub", NULL }, *none[] = { NULL };
	struct cgroup cgroup = { 0 };
	autocgroup struct cgroup sub = { 0 };
	struct error err;

	CHECK_ERROR(cgroup_sub_find(&cgroup, words, &sub, &err), err, ENOTSUP,
		    "sub: the container has no cgroup");
	CHECK_OK(cgroup_sub_find(&cgroup, none, &sub, &err), err);
	CHECK_INT(sub.count, 0);
	CHECK_ERROR(cgroup_sub_of(&cgroup, getpid(), &sub, &err), err, ENOTSUP, "no cgroup v2");
}
