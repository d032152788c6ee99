// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"

TEST(only_cgroup_file_systems_are_trusted)
{
	struct error err;

	CHECK_ERROR(cgroup_folder_open("/proc", &err), err, EINVAL,
		    "/proc: not in a cgroup file system");
	CHECK_ERROR(cgroup_folder_write_at("/proc/self", "oom_score_adj", "0", &err), err, EINVAL,
		    "/proc/self/oom_score_adj: not in a cgroup file system");
	CHECK_ERROR(cgroup_folder_open("/no/such", &err), err, ENOENT,
		    "open /no/such: no such file or directory");
}

TEST(files_are_those_of_the_folder)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	autoclose int folder_fd = -1;
	struct error err;

	folder_fd = cgroup_folder_open(live.cgroup.tree->folder, &err);
	CHECK_OK(folder_fd, err);
	CHECK_INT(cgroup_folder_write(folder_fd, "../cgroup.procs", "0", &err), -EXDEV);
	CHECK_INT(cgroup_folder_write(folder_fd, "/proc/self/oom_score_adj", "0", &err), -EXDEV);
	CHECK_ERROR(cgroup_folder_write(folder_fd, "no.such", "0", &err), err, ENOENT,
		    "open no.such: no such file or directory");
	live_end(&live);
}

TEST(read_cuts_the_last_end_of_line)
{
	autofree char *text = NULL;
	struct error err;

	CHECK_OK(cgroup_folder_read_at("/proc/sys/kernel", "ostype", &text, &err), err);
	CHECK_STR(text, "Linux");
}

/* C-15 */
TEST(parents_are_made_and_unmade)
{
	struct live live = live_new(CGROUP_MODE_NONE);
	struct cgroup_tree tree = *live.cgroup.tree;
	autofree char *deep = mem_format("%s/a/b", tree.folder);
	autofree char *top = mem_format("%s/husk-test-%d", tree.mount_point, getpid());
	struct folder_made made = { 0 }, again = { 0 };
	struct error err;

	tree.folder = deep;
	CHECK_OK(cgroup_folder_make(&tree, &made, &err), err);
	CHECK_TRUE(made.is_new);
	CHECK_INT(made.shortest, strlen(top));
	CHECK_OK(cgroup_folder_make(&tree, &again, &err), err);
	CHECK_TRUE(!again.is_new);
	cgroup_folder_unmake(&tree, &again); /* nothing was made */
	CHECK_TRUE(live_exists(deep));
	cgroup_folder_unmake(&tree, &made);
	CHECK_TRUE(!live_exists(top));
	cgroup_clear(&live.cgroup);
}

TEST(folder_that_cannot_be_made_is_named)
{
	struct cgroup_tree tree = { "", "/proc", "/proc/no/such" };
	struct folder_made made = { 0 };
	struct error err;

	/* procfs says ENOENT for ever, as a race would: the tries are counted. */
	CHECK_ERROR(cgroup_folder_make(&tree, &made, &err), err, ENOENT,
		    "mkdir /proc/no/such: no such file or directory");
	CHECK_INT(made.shortest, 0);
}

static int collect(int parent_fd UNUSED, const char *name, void *data, struct error *err)
{
	text_add(data, "%s ", name);
	return strcmp(name, "stop") == 0 ? error_set(err, EINTR, "stopped") : 0;
}

/* A walk needs no cgroup: any folders do. */
TEST(children_are_visited_before_their_parent)
{
	char top[] = "/tmp/husk-walk-XXXXXX";
	autotext struct text names = { 0 };
	autofree char *command = NULL, *remove = NULL;
	struct error err;

	CHECK_TRUE(mkdtemp(top));
	command = mem_format("mkdir -p %s/a/b/c %s/a/file && : > %s/x", top, top, top);
	remove = mem_format("rm -r %s", top);
	CHECK_INT(system(command), 0);
	CHECK_OK(cgroup_folder_walk(top, collect, &names, &err), err);
	CHECK_TRUE(strcmp(names.data, "c b file a ") == 0 || strcmp(names.data, "file c b a ") == 0);
	CHECK_INT(system(remove), 0);
	CHECK_OK(cgroup_folder_walk(top, collect, &names, &err), err);
}

TEST(visitor_can_end_the_walk)
{
	char top[] = "/tmp/husk-walk-XXXXXX";
	autotext struct text names = { 0 };
	autofree char *command = NULL, *remove = NULL, *text = NULL;
	struct error err;

	CHECK_TRUE(mkdtemp(top));
	command = mem_format("mkdir -p %s/a/stop/c", top);
	remove = mem_format("rm -r %s", top);
	text = mem_format("below %s: stopped", top);
	CHECK_INT(system(command), 0);
	CHECK_ERROR(cgroup_folder_walk(top, collect, &names, &err), err, EINTR, text);
	CHECK_STR(names.data, "c stop ");
	CHECK_INT(system(remove), 0);
}
