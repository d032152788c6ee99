// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "mount/attach.h"
#include "mount/mask.h"
#include "mount/root.h"
#include "test.h"

static int finish(const struct box_config *config, struct box *box, struct error *err)
{
	TRY(box_attach(config, box, err));
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	return mount_finish(&box->plan, &box->run, err);
}

static bool is_null(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

static int masks(struct box *box, struct error *err)
{
	struct box_config config = {
		.linux_part = "'maskedPaths': ['/none','/file','/file/below','/folder','/two',"
			      "'/file2','/link']",
	};

	box_file("rootfs/file", "secret");
	box_file("rootfs/file2", "secret");
	box_file("rootfs/target", "secret");
	box_link("rootfs/link", "/target");
	box_folder("rootfs/folder");
	box_file("rootfs/folder/name", "secret");
	box_folder("rootfs/two");
	box_file("rootfs/two/name", "secret");
	TRY(finish(&config, box, err));
	HOLDS(is_null("/file") && is_null("/file2") && is_null("/target"));
	HOLDS_TEXT(box_read(box, "/folder/name"), "(ENOENT)");
	HOLDS_TEXT(box_read(box, "/two/name"), "(ENOENT)");
	HOLDS(box_flags(box, "/folder") & ST_RDONLY);
	HOLDS(mkdir("/two/x", 0755) < 0 && errno == EROFS);
	HOLDS(access("/none", F_OK) < 0);
	return 0;
}

/* L-05 */
TEST(masked_files_are_null_and_folders_empty)
{
	box_run(BOX_PLAIN, masks);
	box_run(BOX_5_10, masks);
}

static int covered(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dev','type':'tmpfs'},"
			  "{'destination':'/data','type':'bind','source':'volume'}",
		.linux_part = "'maskedPaths': ['/dev/secret']",
	};
	struct stat st;
	int fd;

	box_folder("volume");
	box_link("rootfs/data", "/dev");
	TRY(box_attach(&config, box, err));
	fd = openat(box->run.place_fds[MOUNT_PLACE_DEV], "secret", O_CREAT | O_CLOEXEC, 0600);
	HOLDS(fd >= 0 && close(fd) == 0);
	TRY(mount_finish(&box->plan, &box->run, err));
	fd = openat(box->run.place_fds[MOUNT_PLACE_DEV], "secret", O_PATH | O_CLOEXEC);
	HOLDS(fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode));
	HOLDS(close(fd) == 0 && rmdir("volume") == 0);
	return 0;
}

/* S-11, S-12 */
TEST(masks_lie_on_what_was_mounted_not_on_what_its_name_leads_to)
{
	box_run(BOX_PLAIN, covered);
}

TEST(masks_work_in_a_user_namespace)
{
	box_run(BOX_USER_NS, masks);
}

static int null_link(struct box *box, struct error *err)
{
	struct box_config config = { .linux_part = "'maskedPaths': ['/file']" };

	box_folder("rootfs/dev");
	box_link("rootfs/dev/null", "/etc/shadow");
	box_file("rootfs/file", "secret");
	TRY(finish(&config, box, err));
	HOLDS(is_null("/file"));
	return 0;
}

TEST(null_of_the_image_is_not_asked)
{
	box_run(BOX_PLAIN, null_link);
}

static int loop(struct box *box, struct error *err)
{
	struct box_config config = { .linux_part = "'maskedPaths': ['/loop']" };

	box_link("rootfs/loop", "loop");
	HOLDS_ERROR(finish(&config, box, err), ELOOP,
		    "linux.maskedPaths: open /loop: too many levels of symbolic links");
	return 0;
}

/* L-05 */
TEST(path_that_cannot_be_masked_is_an_error)
{
	box_run(BOX_PLAIN, loop);
}

static int readonly_paths(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dir/sub','type':'tmpfs','options':['nosuid']},"
			  "{'destination':'/flags','type':'tmpfs','options':['nosuid','noexec']}",
		.linux_part = "'readonlyPaths': ['/dir','/file','/none','/flags']",
	};
	unsigned long flags = ST_RDONLY | ST_NOSUID | ST_NOEXEC;

	box_folder("rootfs/dir");
	box_file("rootfs/file", "content");
	TRY(finish(&config, box, err));
	HOLDS(mkdir("/dir/x", 0755) < 0 && errno == EROFS);
	HOLDS(mkdir("/dir/sub/x", 0755) == 0);
	HOLDS(open("/file", O_WRONLY | O_CLOEXEC) < 0 && errno == EROFS);
	HOLDS_TEXT(box_read(box, "/file"), "content");
	HOLDS((box_flags(box, "/flags") & flags) == flags);
	HOLDS(mkdir("/x", 0755) == 0);
	return 0;
}

/* L-06 */
TEST(readonly_paths_keep_their_other_flags_and_what_lies_below)
{
	box_run(BOX_PLAIN, readonly_paths);
	box_run(BOX_5_10, readonly_paths);
}

static int late(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/t','type':'tmpfs','options':['ro','nodev']},"
			  "{'destination':'/t/sub','type':'tmpfs'},"
			  "{'destination':'/w','type':'tmpfs'}",
		.root = "'readonly': true",
	};

	TRY(finish(&config, box, err));
	HOLDS(mkdir("/x", 0755) < 0 && errno == EROFS);
	HOLDS(mkdir("/t/x", 0755) < 0 && errno == EROFS);
	HOLDS(box_flags(box, "/t") & ST_NODEV);
	HOLDS(mkdir("/t/sub/x", 0755) == 0);
	HOLDS(mkdir("/w/x", 0755) == 0);
	return 0;
}

/* T-04, M-16 */
TEST(root_and_late_mounts_become_readonly_alone)
{
	box_run(BOX_PLAIN, late);
	box_run(BOX_5_10, late);
	box_run(BOX_USER_NS, late);
}

static int shared(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/proc','source':'/proc','options':['bind']}",
		.linux_part = "'rootfsPropagation': 'rshared', 'readonlyPaths': ['/dir']",
	};

	box_folder("rootfs/proc");
	box_folder("rootfs/dir");
	TRY(finish(&config, box, err));
	HOLDS(strstr(box_read(box, "/proc/self/mountinfo"), " / rw,relatime shared:"));
	return 0;
}

/* L-04 */
TEST(shared_root_is_shared_after_all_else)
{
	box_run(BOX_PLAIN, shared);
}

static int unbindable(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/proc','source':'/proc','options':['bind']}",
		.linux_part = "'rootfsPropagation': 'unbindable', 'readonlyPaths': ['/dir']",
	};

	box_folder("rootfs/proc");
	box_folder("rootfs/dir");
	TRY(finish(&config, box, err));
	HOLDS(strstr(box_read(box, "/proc/self/mountinfo"), " / rw,relatime unbindable"));
	HOLDS(box_flags(box, "/dir") & ST_RDONLY);
	return 0;
}

TEST(unbindable_root_does_not_hinder_readonly_paths)
{
	box_run(BOX_PLAIN, unbindable);
}
