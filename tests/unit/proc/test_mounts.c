// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "base/text.h"
#include "proc/mounts.h"

static struct mounts parse(const char *text)
{
	struct mounts mounts = { 0 };
	struct error err;

	CHECK_OK(mounts_parse(text, &mounts, &err), err);
	return mounts;
}

TEST(every_field_of_a_line_is_kept)
{
	automounts struct mounts m =
		parse("36 35 98:1 /sub /mnt/b rw,noatime master:1 shared:7 - cgroup cgroup rw,cpu,cpuacct\n");
	const struct mounts_row *row = m.row;

	CHECK_INT(m.count, 1);
	CHECK_INT(row->id, 36);
	CHECK_INT(row->parent_id, 35);
	CHECK_INT(row->major, 98);
	CHECK_INT(row->minor, 1);
	CHECK_STR(row->root, "/sub");
	CHECK_STR(row->mount_point, "/mnt/b");
	CHECK_STR(row->options, "rw,noatime");
	CHECK_STR(row->fs_type, "cgroup");
	CHECK_STR(row->source, "cgroup");
	CHECK_STR(row->super_options, "rw,cpu,cpuacct");
}

TEST(octal_escapes_become_bytes)
{
	automounts struct mounts m =
		parse("1 0 0:1 / /a\\040b\\011c\\012d\\134e\\043 rw - ext4 /dev/x\\1 rw\n");

	CHECK_STR(m.row->mount_point, "/a b\tc\nd\\e#");
	CHECK_STR(m.row->source, "/dev/x\\1");
}

TEST(empty_source_is_an_empty_field)
{
	automounts struct mounts m = parse("1 0 0:1 / / rw - tmpfs  rw,mode=755\n");

	CHECK_STR(m.row->source, "");
	CHECK_STR(m.row->super_options, "rw,mode=755");
}

TEST(many_lines_are_kept_in_order)
{
	automounts struct mounts m = parse("1 0 0:1 / / rw - a a rw\n2 1 0:2 / /b rw - b b rw\n"
					   "3 1 0:3 / /c rw - c c rw\n4 1 0:4 / /d rw - d d rw");

	CHECK_INT(m.count, 4);
	CHECK_STR(m.row[0].fs_type, "a");
	CHECK_STR(m.row[3].fs_type, "d");
}

TEST(line_that_is_no_mount_is_named)
{
	static const char *const wrong[] = {
		"x",
		"1 2",
		"1 2 0:1",
		"1 2 0:1 /",
		"1 2 0:1 / /a",
		"1 2 0:1 / /a rw",
		"1 2 0:1 / /a rw shared:1",
		"1 2 0:1 / /a rw -",
		"1 2 0:1 / /a rw - ext4",
		"1 2 0:1 / /a rw - ext4 none",
	};

	for (size_t i = 0; i < countof(wrong); i++) {
		autofree char *text = mem_format("1 0 0:1 / / rw - a a rw\n%s\n", wrong[i]);
		struct mounts m;
		struct error err;

		CHECK_ERROR(mounts_parse(text, &m, &err), err, EBADMSG, "line 2 is no mount");
	}
}

TEST(covered_mounts_are_not_visible)
{
	/* cgroup2 was mounted over a folder of v1 hierarchies. Column one is the expected answer. */
	static const struct {
		bool is_visible;
		const char *line;
	} lines[] = {
		{ true, "23 1 0:1 / / rw - ext4 /dev/a rw" },
		{ false, "31 23 0:2 / /sys/fs/cgroup rw - tmpfs tmpfs rw" },
		{ false, "39 31 0:3 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids" },
		{ true, "50 31 0:4 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw" },
		{ true, "51 23 0:5 / /sys/fs/cgroup2 rw - cgroup2 cgroup2 rw" },
		{ false, "60 23 0:6 / /mnt/deep/down rw - tmpfs tmpfs rw" },
		{ true, "61 23 0:7 / /mnt rw - tmpfs tmpfs rw" },
		{ true, "62 61 0:8 / /mnt/deep rw - tmpfs tmpfs rw" },
		{ false, "63 60 0:8 / /mnt/deep/down/under rw - tmpfs tmpfs rw" },
	};
	struct mounts m = { 0 };
	autotext struct text text = { 0 };

	for (size_t i = 0; i < countof(lines); i++)
		text_add(&text, "%s\n", lines[i].line);
	m = parse(text_get(&text));
	for (size_t i = 0; i < countof(lines); i++)
		CHECK_INT(mounts_is_visible(&m, &m.row[i]), lines[i].is_visible);
	mounts_clear(&m);
}

TEST(circle_of_parents_ends)
{
	automounts struct mounts m = parse("1 2 0:1 / /a rw - a a rw\n2 1 0:2 / /a/b rw - b b rw\n"
					   "3 3 0:1 / / rw - c c rw\n");

	(void)mounts_is_visible(&m, &m.row[0]);
	CHECK_TRUE(mounts_is_visible(&m, &m.row[2]));
}

TEST(options_are_whole_words)
{
	CHECK_TRUE(mounts_has_option("rw,cpu,cpuacct", "cpu"));
	CHECK_TRUE(mounts_has_option("rw,cpu,cpuacct", "cpuacct"));
	CHECK_TRUE(mounts_has_option("rw", "rw"));
	CHECK_TRUE(!mounts_has_option("rw,cpuacct", "cpu"));
	CHECK_TRUE(!mounts_has_option("rw,xcpu", "cpu"));
	CHECK_TRUE(!mounts_has_option("", "cpu"));
}

TEST(own_list_has_the_root)
{
	automounts struct mounts m = { 0 };
	struct error err;
	bool has_root = false;

	CHECK_OK(mounts_read(&m, &err), err);
	for (size_t i = 0; i < m.count; i++)
		if (strcmp(m.row[i].mount_point, "/") == 0 && mounts_is_visible(&m, &m.row[i]))
			has_root = true;
	CHECK_TRUE(has_root);
}
