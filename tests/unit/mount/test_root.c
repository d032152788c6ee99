// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "mount/attach.h"
#include "mount/root.h"
#include "proc/mounts.h"
#include "test.h"

static int missing(struct box *box, struct error *err)
{
	struct box_config config = { 0 };

	TRY(box_plan(&config, box, err));
	HOLDS(rmdir("rootfs") == 0);
	HOLDS(mount_root_open(&box->plan, &box->run, err) == -ENOENT);
	HOLDS(strncmp(err->text, "root.path: open /", 17) == 0);
	HOLDS(strstr(err->text, "/rootfs: no such file or directory"));
	HOLDS(box->run.root_fd == -1 && box->run.proc_fd == -1 && box->run.null_fd == -1);
	return 0;
}

/* T-03 */
TEST(missing_rootfs_is_named)
{
	box_run(BOX_PLAIN, missing);
}

static int file(struct box *box, struct error *err)
{
	struct box_config config = { 0 };

	TRY(box_plan(&config, box, err));
	HOLDS(rmdir("rootfs") == 0);
	box_file("rootfs", "");
	HOLDS(mount_root_open(&box->plan, &box->run, err) == -ENOTDIR);
	return 0;
}

/* T-03 */
TEST(rootfs_must_be_a_folder)
{
	box_run(BOX_PLAIN, file);
}

static int null_on_demand(struct box *box, struct error *err)
{
	struct box_config config = { .linux_part = "'maskedPaths': ['/x']" };

	TRY(box_attach(&config, box, err));
	HOLDS(box->run.null_fd >= 0);
	return 0;
}

TEST(null_is_opened_where_something_is_masked)
{
	box_run(BOX_PLAIN, null_on_demand);
}

static int fake_null(struct box *box, struct error *err)
{
	struct box_config config = { .linux_part = "'maskedPaths': ['/x']" };

	HOLDS(mount("tmpfs", "/dev", "tmpfs", 0, NULL) == 0);
	box_file("/dev/null", "");
	HOLDS_ERROR(box_attach(&config, box, err), ENODEV,
		    "linux.maskedPaths: /dev/null of the host is not character 1:3");
	return 0;
}

TEST(null_of_the_host_is_verified)
{
	box_run(BOX_PLAIN, fake_null);
}

/* What is mounted on "/" and where; there is only one row after a pivot. */
static int only_root_left(struct error *err)
{
	struct mounts mounts automounts = { 0 };
	size_t others = 0;

	TRY(mounts_read(&mounts, err));
	for (size_t i = 0; i < mounts.count; i++)
		others += strcmp(mounts.row[i].mount_point, "/") != 0 &&
			  strncmp(mounts.row[i].mount_point, "/proc", 5) != 0;
	HOLDS(others == 0);
	HOLDS(mounts.count >= 2);
	return 0;
}

static const char proc_bind[] = "{'destination':'/proc','source':'/proc','options':['rbind']}";

static int pivot(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = proc_bind };
	char cwd[16];

	box_folder("rootfs/proc");
	box_file("rootfs/name", "mine");
	box_file("secret", "host");
	TRY(box_attach(&config, box, err));
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	HOLDS(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/") == 0);
	HOLDS(access("/name", F_OK) == 0 && access("/../name", F_OK) == 0);
	HOLDS(access(box->bundle, F_OK) < 0 && access("../secret", F_OK) < 0);
	HOLDS_TEXT(box_read(box, "/name"), "mine");
	return only_root_left(err);
}

TEST(after_the_pivot_only_the_container_is_there)
{
	box_run(BOX_PLAIN, pivot);
	box_run(BOX_5_10, pivot);
}

TEST(pivot_works_in_a_user_namespace)
{
	box_run(BOX_USER_NS, pivot);
}

static int pivot_overlay(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/','type':'overlay',"
			  "'options':['tmpupper','lowerdir=/']}",
	};

	TRY(box_attach(&config, box, err));
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	HOLDS(access("/etc", F_OK) == 0);
	HOLDS(mkdir("/husk-unit-test", 0755) == 0);
	return 0;
}

TEST(overlay_over_the_machines_own_root_can_be_pivoted_to)
{
	box_run(BOX_ROOT, pivot_overlay);
	CHECK_INT(access("/husk-unit-test", F_OK), -1);
}

/* 1 when a whole proc or sysfs can be seen outside of the container's own /proc. */
static int sees_whole_proc(struct error *err)
{
	struct mounts mounts automounts = { 0 };
	int visible = 0;

	TRY(mounts_read(&mounts, err));
	for (size_t i = 0; i < mounts.count; i++) {
		const struct mounts_row *row = &mounts.row[i];

		if (strcmp(row->mount_point, "/proc") == 0 || strcmp(row->root, "/") != 0)
			continue;
		if (strcmp(row->fs_type, "proc") == 0 || strcmp(row->fs_type, "sysfs") == 0)
			visible += mounts_is_visible(&mounts, row);
	}
	return visible > 0;
}

static int move(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = proc_bind, .no_pivot = true };
	char cwd[16];

	box_folder("rootfs/proc");
	box_file("rootfs/name", "mine");
	TRY(box_attach(&config, box, err));
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	HOLDS(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/") == 0);
	HOLDS(access("/name", F_OK) == 0 && access("/../name", F_OK) == 0);
	HOLDS(access("/proc/self", F_OK) == 0);
	HOLDS(sees_whole_proc(err) == 0);
	return 0;
}

/* CM-06 */
TEST(without_pivot_the_hosts_proc_and_sysfs_are_gone)
{
	box_run(BOX_PLAIN, move);
}

TEST(without_pivot_locked_mounts_of_the_host_are_covered)
{
	box_run(BOX_USER_NS, move);
}

/* The parent's namespace shares a mount with the child's; nothing may come back through it. */
static int slave(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = "{'destination':'/in','type':'tmpfs'}" };
	FILE *list;
	char line[4096];

	HOLDS(mount(NULL, box->bundle, NULL, MS_SHARED, NULL) == 0);
	box_folder("rootfs/in");
	TRY(box_attach(&config, box, err));
	list = fopen("/proc/self/mountinfo", "re");
	while (list && fgets(line, sizeof(line), list))
		HOLDS(!strstr(line, " shared:"));
	HOLDS(list && fclose(list) == 0);
	return 0;
}

TEST(no_mount_is_shared_with_the_host)
{
	box_run(BOX_PLAIN, slave);
}
