// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/freeze.h"

#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "test.h"

static const char hybrid[] =
	"20 1 0:20 / / rw - overlay overlay rw\n"
	"30 20 0:30 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
	"31 30 0:31 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
	"32 30 0:32 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	"33 30 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

/* As a container with a private cgroup namespace sees one, and as one without sees it. */
static const char inner[] =
	"20 1 0:20 / / rw - overlay overlay rw\n"
	"31 20 0:31 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n";

static void check_folder(const char *mountinfo, const char *membership, enum freeze_kind kind,
			 const char *expected)
{
	automounts struct mounts mounts = { 0 };
	struct arena arena = { 0 };
	struct error err;
	const char *top;
	char *folder;

	CHECK_OK(mounts_parse(mountinfo, &mounts, &err), err);
	folder = freeze_folder(&mounts, membership, kind, &arena, &top);
	if (expected)
		CHECK_STR(folder ? folder : "none", expected);
	else
		CHECK_TRUE(!folder);
	arena_clear(&arena);
}

TEST(folder_is_the_path_of_the_right_line_below_the_right_mount)
{
	static const struct {
		const char *mountinfo, *membership;
		enum freeze_kind kind;
		const char *folder;
	} rows[] = {
		{ hybrid, "9:name=systemd:/s\n6:freezer:/a/b\n0::/c\n", FREEZE_V1,
		  "/sys/fs/cgroup/freezer/a/b" },
		{ hybrid, "6:freezer:/a/b\n0::/c\n", FREEZE_V2, "/sys/fs/cgroup/unified/c" },
		{ hybrid, "6:net,freezer,x:/a\n", FREEZE_V1, "/sys/fs/cgroup/freezer/a" },
		{ hybrid, "6:name=freezer:/a\n", FREEZE_V1, NULL },
		{ hybrid, "6:freezer:/\n0::/\n", FREEZE_V1, "/sys/fs/cgroup/freezer" },
		{ hybrid, "6:freezer:/with:colon\n", FREEZE_V1, "/sys/fs/cgroup/freezer/with:colon" },
		{ hybrid, "0::/../other\n", FREEZE_V2, NULL },
		{ hybrid, "", FREEZE_V2, NULL },
		{ inner, "0::/docker/abc/x\n", FREEZE_V2, "/sys/fs/cgroup/x" },
		{ inner, "0::/docker/abc\n", FREEZE_V2, "/sys/fs/cgroup" },
		{ inner, "0::/docker/abcd\n", FREEZE_V2, NULL },
		{ inner, "0::/docker\n", FREEZE_V2, NULL },
		{ inner, "6:freezer:/a\n", FREEZE_V1, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++)
		check_folder(rows[i].mountinfo, rows[i].membership, rows[i].kind, rows[i].folder);
}

TEST(whoever_asks_is_not_frozen)
{
	struct arena arena = { 0 };
	struct freeze freeze;
	struct error err;

	CHECK_OK(freeze_read(getpid(), &arena, &freeze, &err), err);
	CHECK_INT(freeze.kind, FREEZE_NONE);
	CHECK_TRUE(!freeze.file);
	arena_clear(&arena);
}
