// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/trees.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "events.h"

/* Any folders will do: what is told of one is its path and its inode number. */
static const char *const folders[] = { "a", "a/b", "a/b/c", "d" };

static int note(void *data, const struct event_head *event)
{
	const struct event_cgroup *cgroup = (const void *)event;

	CHECK_INT(event->kind, EVENT_CGROUP);
	CHECK_INT(event->time_ns, 9);
	CHECK_INT(event->size % 8, 0);
	CHECK_TRUE(offsetof(struct event_cgroup, path) + strlen(cgroup->path) < event->size);
	CHECK_INT(cgroup->tree, EVENT_TREE_PIDS);
	text_add(data, "%s\n", cgroup->path);
	return 0;
}

static char *new_tree(void)
{
	char *top = mem_text("/tmp/husk-test-trees-XXXXXX");

	CHECK_TRUE(mkdtemp(top) != NULL);
	for (size_t i = 0; i < countof(folders); i++) {
		autofree char *path = mem_format("%s/%s", top, folders[i]);

		CHECK_INT(mkdir(path, 0700), 0);
	}
	return top;
}

static void remove_tree(const char *top)
{
	for (size_t i = countof(folders); i-- > 0;) {
		autofree char *path = mem_format("%s/%s", top, folders[i]);

		CHECK_INT(rmdir(path), 0);
	}
	CHECK_INT(rmdir(top), 0);
}

TEST(every_cgroup_is_told_after_the_one_above_it)
{
	autofree char *top = new_tree();
	autotext struct text told = { 0 };
	struct trees_request request = { .time_ns = 9, .take = note, .data = &told };

	CHECK_INT(trees_walk(&request, top, "/", EVENT_TREE_PIDS), 0);
	CHECK_TRUE(strstr(text_get(&told), "/\n") == text_get(&told));
	CHECK_TRUE(strstr(text_get(&told), "/a\n") < strstr(text_get(&told), "/a/b\n"));
	CHECK_TRUE(strstr(text_get(&told), "/a/b\n") < strstr(text_get(&told), "/a/b/c\n"));
	CHECK_TRUE(strstr(text_get(&told), "\n/d\n") != NULL);
	remove_tree(top);
}

TEST(a_part_of_a_tree_has_its_paths_from_the_root)
{
	autofree char *top = new_tree();
	autotext struct text told = { 0 };
	struct trees_request request = { .time_ns = 9, .take = note, .data = &told };

	CHECK_INT(trees_walk(&request, top, "/docker", EVENT_TREE_PIDS), 0);
	CHECK_TRUE(strstr(text_get(&told), "/docker\n") == text_get(&told));
	CHECK_TRUE(strstr(text_get(&told), "/docker/a/b/c\n") != NULL);
	remove_tree(top);
}

static int refuse(void *data, const struct event_head *event)
{
	(void)event;
	++*(int *)data;
	return -EIO;
}

TEST(who_takes_them_may_end_it)
{
	autofree char *top = new_tree();
	int count = 0;
	struct trees_request request = { .take = refuse, .data = &count };

	CHECK_INT(trees_walk(&request, top, "/", EVENT_TREE_V2), -EIO);
	CHECK_INT(count, 1);
	remove_tree(top);
}

TEST(a_folder_that_is_not_there_is_passed_over)
{
	int count = 0;
	struct trees_request request = { .take = refuse, .data = &count };

	CHECK_INT(trees_walk(&request, "/nowhere", "/", EVENT_TREE_V2), 0);
	CHECK_INT(count, 0);
}
