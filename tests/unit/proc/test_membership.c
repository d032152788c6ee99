// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/membership.h"

#include <string.h>

#include "base/scope.h"
#include "test.h"

static const char hybrid[] = "9:name=systemd:/s\n8:cpu,cpuacct:/c\n6:pids:/p:q\n0::/u/v\n";

TEST(path_is_that_of_the_line_of_the_tree)
{
	static const struct {
		const char *controller, *path;
	} rows[] = {
		{ "pids", "/p:q" }, { "cpuacct", "/c" }, { "cpu", "/c" }, { "", "/u/v" },
		{ "memory", NULL }, { "systemd", NULL }, { "cpua", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		size_t size = 0;
		const char *path = membership_path(hybrid, rows[i].controller, &size);

		CHECK_TRUE(!path == !rows[i].path);
		if (path)
			CHECK_TRUE(size == strlen(rows[i].path) &&
				   strncmp(path, rows[i].path, size) == 0);
	}
}

TEST(broken_lines_are_passed_over)
{
	size_t size;

	CHECK_TRUE(!membership_path("", "", &size));
	CHECK_TRUE(!membership_path("nonsense\n0\n1:\n", "", &size));
	CHECK_TRUE(membership_path("nonsense\n0::/", "", &size));
	CHECK_INT(size, 1);
}

TEST(folder_lies_below_the_mount)
{
	static const struct {
		const char *root, *membership, *folder;
	} rows[] = {
		{ "/", "0::/a/b\n", "/m/a/b" }, { "/", "0::/\n", "/m" },
		{ "/a", "0::/a/b\n", "/m/b" }, { "/a", "0::/a\n", "/m" },
		{ "/a", "0::/ab\n", NULL }, { "/", "0::/../x\n", NULL }, { "/", "1:x:/\n", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct mounts_row mount = { .root = (char *)rows[i].root, .mount_point = "/m" };
		struct arena arena = { 0 };
		char *folder = membership_folder(rows[i].membership, "", &mount, &arena);

		CHECK_TRUE(!folder == !rows[i].folder);
		if (folder)
			CHECK_STR(folder, rows[i].folder);
		arena_clear(&arena);
	}
}
