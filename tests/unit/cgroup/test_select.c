// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "base/text.h"
#include "cgroup/select.h"

/* --- cgroupsPath --- */

/* C-01 */
TEST(path_is_cleaned)
{
	static const struct {
		const char *path, *clean, *error;
	} rows[] = {
		{ "/a/b", "a/b", NULL },
		{ "a/b", "a/b", NULL },
		{ "//a///b/", "a/b", NULL },
		{ "./a/./b/.", "a/b", NULL },
		{ "/a/../b", "b", NULL },
		{ "a/b/../../c", "c", NULL },
		{ "...", "...", NULL },
		{ "/..a/b..", "..a/b..", NULL },
		{ "system.slice:husk:web", "system.slice:husk:web", NULL },
		{ "..", NULL, "\"..\" leads out of the cgroup tree" },
		{ "/a/../../b", NULL, "\"/a/../../b\" leads out of the cgroup tree" },
		{ "/", NULL, "\"/\" is the root of the tree" },
		{ "a/..", NULL, "\"a/..\" is the root of the tree" },
		{ "", NULL, "\"\" is the root of the tree" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct arena arena = { 0 };
		struct error err;
		char *clean;

		if (rows[i].error) {
			autofree char *error = mem_format("linux.cgroupsPath: %s", rows[i].error);

			CHECK_ERROR(cgroup_select_clean(rows[i].path, &arena, &clean, &err), err,
				    EINVAL, error);
		} else {
			CHECK_OK(cgroup_select_clean(rows[i].path, &arena, &clean, &err), err);
			CHECK_STR(clean, rows[i].clean);
		}
		arena_clear(&arena);
	}
}

/* --- trees --- */

#define ROOT "1 0 8:1 / / rw - ext4 /dev/a rw\n"
#define TMPFS "31 1 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
#define V1_PIDS "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,seclabel,pids\n"
#define V1_CPU "40 31 0:37 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
#define V1_SYSTEMD                                                                  \
	"41 31 0:38 / /sys/fs/cgroup/systemd rw - cgroup cgroup "                   \
	"rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd\n"
#define UNIFIED "42 31 0:39 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n"

/* "MODE CONTROLLERS=MOUNT_POINT ..." */
static void check_trees(const char *mountinfo, const char *expected)
{
	automounts struct mounts mounts = { 0 };
	autocgroup struct cgroup cgroup = { 0 };
	autotext struct text text = { 0 };
	struct error err;

	CHECK_OK(mounts_parse(mountinfo, &mounts, &err), err);
	cgroup_select_trees(&mounts, &cgroup);
	text_add(&text, "%d", cgroup.mode);
	for (size_t i = 0; i < cgroup.count; i++)
		text_add(&text, " %s=%s", cgroup.tree[i].controllers, cgroup.tree[i].mount_point);
	CHECK_STR(text_get(&text), expected);
}

/* C-16 */
TEST(mounts_decide_the_mode)
{
	static const struct {
		const char *mountinfo, *expected;
	} rows[] = {
		{ ROOT, "0" },
		{ ROOT TMPFS, "0" },
		{ ROOT "31 1 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "2 =/sys/fs/cgroup" },
		{ ROOT "31 1 0:28 / /mnt/cg rw - cgroup2 cgroup2 rw\n", "2 =/mnt/cg" },
		{ ROOT TMPFS V1_PIDS, "1 pids=/sys/fs/cgroup/pids" },
		{ ROOT TMPFS V1_PIDS V1_CPU V1_SYSTEMD UNIFIED,
		  "1 pids=/sys/fs/cgroup/pids cpu,cpuacct=/sys/fs/cgroup/cpu,cpuacct "
		  "name=systemd=/sys/fs/cgroup/systemd =/sys/fs/cgroup/unified" },

		/* A private remount: v2 over the v1 folders, which the list still has. */
		{ ROOT TMPFS V1_PIDS UNIFIED "50 31 0:39 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		  "2 =/sys/fs/cgroup" },
		{ ROOT TMPFS V1_PIDS "50 31 0:50 / /sys/fs/cgroup rw - tmpfs none rw\n", "0" },

		/* v1 controllers somewhere beside a machine that is a v2 one. */
		{ ROOT "31 1 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
		  "32 1 0:29 / /mnt/net_cls rw - cgroup cgroup rw,net_cls\n", "2 =/sys/fs/cgroup" },

		/* One file system in two places, and in a part: the whole one counts. */
		{ ROOT TMPFS "38 31 0:36 /a /sys/fs/cgroup/part rw - cgroup cgroup rw,pids\n" V1_PIDS
		  "60 1 0:36 / /mnt/pids rw - cgroup cgroup rw,pids\n",
		  "1 pids=/sys/fs/cgroup/pids" },
		{ ROOT "30 1 0:28 /x /mnt/part rw - cgroup2 cgroup2 rw\n"
		  "31 1 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "2 =/sys/fs/cgroup" },

		/* A container without a cgroup namespace sees its own folder. */
		{ ROOT TMPFS "39 31 0:36 /docker/a1 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n",
		  "1 pids=/sys/fs/cgroup/pids" },

		/* A hierarchy without controllers and name is nothing to join. */
		{ ROOT TMPFS "39 31 0:36 / /sys/fs/cgroup/x rw - cgroup cgroup rw,xattr\n", "0" },
	};

	for (size_t i = 0; i < countof(rows); i++)
		check_trees(rows[i].mountinfo, rows[i].expected);
}

/* --- the caller's own folder --- */

TEST(own_folder_is_counted_from_the_mount_root)
{
	static const struct {
		const char *root, *membership, *own; /* NULL: no path leads there */
	} rows[] = {
		{ "/", "0::/user.slice/s.scope\n", "/cg/user.slice/s.scope" },
		{ "/", "9:pids:/x\n8:cpu,cpuacct:/y\n0::/a\n", "/cg/a" },
		{ "/", "0::/", "/cg" },
		{ "/", "9:pids:/x\n", NULL },
		{ "/", "", NULL },
		{ "/", "0::/../b\n", NULL },
		{ "/..", "0::/b\n", NULL },
		{ "/docker/a1", "0::/docker/a1/b\n", "/cg/b" },
		{ "/docker/a1", "0::/docker/a1\n", "/cg" },
		{ "/docker/a1", "0::/docker/a12\n", NULL },
		{ "/docker/a1", "0::/docker\n", NULL },
		{ "/", "0::/with blank\n", "/cg/with blank" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *info = mem_format(ROOT "2 1 0:9 %s /cg rw - cgroup2 none rw\n",
						 rows[i].root);
		automounts struct mounts mounts = { 0 };
		struct arena arena = { 0 };
		struct error err;
		const char *own;

		CHECK_OK(mounts_parse(info, &mounts, &err), err);
		own = cgroup_select_own(&mounts, "/cg", rows[i].membership, &arena);
		CHECK_STR(own ? own : "nowhere", rows[i].own ? rows[i].own : "nowhere");
		arena_clear(&arena);
	}
}

/* --- this machine --- */

static int select_as(enum cgroup_manager manager, const char *path, struct cgroup *ret,
		     struct error *err)
{
	struct cgroup_request request = { .id = "x1", .path = path, .manager = manager,
					  .is_privileged = true };

	return cgroup_select(&request, ret, err);
}

TEST(managers_that_make_no_folder)
{
	autocgroup struct cgroup cgroup = { 0 };
	struct error err;

	CHECK_ERROR(select_as(CGROUP_MANAGER_SYSTEMD, NULL, &cgroup, &err), err, ENOTSUP,
		    "systemd cgroup manager: husk-systemd is not installed");
	CHECK_OK(select_as(CGROUP_MANAGER_DISABLED, NULL, &cgroup, &err), err);
	CHECK_INT(cgroup.mode, CGROUP_MODE_NONE);
	CHECK_INT(cgroup.count, 0);
}

/* C-01, C-02 */
TEST(folders_lie_below_each_mount_point)
{
	autocgroup struct cgroup named = { 0 }, unnamed = { 0 };
	struct error err;

	CHECK_OK(select_as(CGROUP_MANAGER_FILES, NULL, &unnamed, &err), err);
	CHECK_OK(select_as(CGROUP_MANAGER_FILES, "/a/../b/c", &named, &err), err);
	if (named.mode == CGROUP_MODE_NONE)
		SKIP("no cgroup is mounted");
	for (size_t i = 0; i < named.count; i++) {
		autofree char *folder = mem_format("%s/b/c", named.tree[i].mount_point);
		autofree char *default_folder = mem_format("%s/husk/x1", named.tree[i].mount_point);
		struct statfs info;

		CHECK_STR(named.tree[i].folder, folder);
		CHECK_STR(unnamed.tree[i].folder, default_folder);
		CHECK_INT(statfs(named.tree[i].mount_point, &info), 0);
		CHECK_INT(info.f_type, *named.tree[i].controllers ? CGROUP_SUPER_MAGIC
								  : CGROUP2_SUPER_MAGIC);
	}
}
