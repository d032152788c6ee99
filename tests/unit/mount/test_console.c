// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "mount/console.h"
#include "mount/root.h"
#include "test.h"

static const char dev[] = "{'destination':'/dev','type':'tmpfs','options':['mode=755']},"
			  "{'destination':'/dev/pts','type':'devpts','options':"
			  "['newinstance','ptmxmode=0666','mode=0620']}";

/* The slave of a new pair below @pts_fd. */
static int open_slave(int pts_fd)
{
	int unlock = 0;
	int master_fd = openat(pts_fd, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master_fd < 0 || ioctl(master_fd, TIOCSPTLCK, &unlock) < 0)
		return -1;
	return ioctl(master_fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static int bind_console(const char *mounts, struct box *box, struct error *err)
{
	struct box_config config = { .mounts = mounts };
	autoclose int pts_fd = -1, slave_fd = -1;

	TRY(box_attach(&config, box, err));
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	pts_fd = mount_open_pts(&box->run, err);
	TRY(pts_fd);
	slave_fd = open_slave(pts_fd);
	HOLDS(slave_fd >= 0);
	return mount_console(&box->plan, &box->run, slave_fd, err);
}

static bool is_console(void)
{
	struct stat st;

	return lstat("/dev/console", &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev >> 8 == 136;
}

static int plain(struct box *box, struct error *err)
{
	TRY(bind_console(dev, box, err));
	HOLDS(is_console());
	return 0;
}

/* V-08 */
TEST(console_is_the_terminal)
{
	box_run(BOX_PLAIN, plain);
	box_run(BOX_USER_NS, plain);
	box_run(BOX_5_10, plain);
}

#define DEVPTS "{'destination':'/dev/pts','type':'devpts','options':['newinstance']}"

static int link_out(struct box *box, struct error *err)
{
	box_folder("rootfs/dev");
	box_file("rootfs/target", "untouched");
	box_link("rootfs/dev/console", "/target");
	TRY(bind_console(DEVPTS, box, err));
	HOLDS(is_console());
	HOLDS_TEXT(box_read(box, "/target"), "untouched");
	return 0;
}

TEST(link_in_the_place_of_the_console_is_not_followed)
{
	box_run(BOX_PLAIN, link_out);
}

static int dangling(struct box *box, struct error *err)
{
	box_folder("rootfs/dev");
	box_link("rootfs/dev/console", "/made");
	TRY(bind_console(DEVPTS, box, err));
	HOLDS(is_console() && access("/made", F_OK) < 0);
	return 0;
}

TEST(dangling_link_makes_no_file_elsewhere)
{
	box_run(BOX_PLAIN, dangling);
}

static int existing(struct box *box, struct error *err)
{
	box_folder("rootfs/dev");
	box_file("rootfs/dev/console", "old");
	TRY(bind_console(DEVPTS, box, err));
	HOLDS(is_console());
	return 0;
}

TEST(file_that_is_there_is_covered)
{
	box_run(BOX_PLAIN, existing);
}

static int no_terminal(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = dev };
	autoclose int fd = -1;

	box_file("file", "");
	fd = open("file", O_RDWR | O_CLOEXEC);
	TRY(box_attach(&config, box, err));
	HOLDS_ERROR(mount_console(&box->plan, &box->run, fd, err), ENODEV,
		    "/dev/console: the terminal is not on a devpts: no such device");
	return 0;
}

TEST(what_is_no_terminal_is_refused)
{
	box_run(BOX_PLAIN, no_terminal);
}

static int fake_pts(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = "{'destination':'/dev/pts','type':'tmpfs'}" };

	TRY(box_attach(&config, box, err));
	HOLDS_ERROR(mount_open_pts(&box->run, err), ENODEV,
		    "/dev/pts is not on a devpts: no such device");
	return 0;
}

TEST(folder_that_is_no_devpts_is_refused)
{
	box_run(BOX_PLAIN, fake_pts);
}

static int host_dev(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dev','source':'src','options':['bind']}",
	};

	box_folder("src");
	TRY(box_attach(&config, box, err));
	TRY(mount_console(&box->plan, &box->run, -1, err));
	HOLDS(rmdir("src") == 0);
	return 0;
}

/* V-11 */
TEST(no_console_is_bound_in_a_dev_that_is_a_bind)
{
	box_run(BOX_PLAIN, host_dev);
}
