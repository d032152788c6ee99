// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "mount/device.h"
#include "test.h"

static const char dev[] = "{'destination':'/dev','type':'tmpfs','options':['mode=755']}";

static int make(const struct box_config *config, struct box *box, struct error *err)
{
	TRY(box_attach(config, box, err));
	return mount_devices_make(&box->plan, &box->run, err);
}

static int look(const struct box *box, const char *path, struct stat *ret_st)
{
	return fstatat(box->run.root_fd, path, ret_st, AT_SYMLINK_NOFOLLOW);
}

static int defaults(struct box *box, struct error *err)
{
	static const struct {
		const char *path, *text;
	} links[] = {
		{ "dev/fd", "/proc/self/fd" },	     { "dev/stdin", "/proc/self/fd/0" },
		{ "dev/stdout", "/proc/self/fd/1" }, { "dev/stderr", "/proc/self/fd/2" },
		{ "dev/ptmx", "pts/ptmx" },
	};
	struct box_config config = { .mounts = dev };
	char text[32] = "";
	struct stat st;

	umask(077);
	TRY(make(&config, box, err));
	HOLDS(umask(022) == 077);
	HOLDS(look(box, "dev/null", &st) == 0);
	HOLDS(st.st_mode == (S_IFCHR | 0666) && st.st_rdev == makedev(1, 3));
	HOLDS(look(box, "dev/tty", &st) == 0);
	HOLDS(st.st_mode == (S_IFCHR | 0666) && st.st_rdev == makedev(5, 0));
	for (size_t i = 0; i < countof(links); i++) {
		ssize_t size = readlinkat(box->run.root_fd, links[i].path, text, sizeof(text) - 1);

		HOLDS(size >= 0);
		text[size] = '\0';
		HOLDS_TEXT(text, links[i].text);
	}
	return 0;
}

/* V-07, V-10 */
TEST(default_nodes_and_links_are_made_whatever_the_umask)
{
	box_run(BOX_PLAIN, defaults);
}

static int configured(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = dev,
		.linux_part = "'devices': [{'type':'c','path':'/dev/net/tun','major':10,"
			      "'minor':200,'fileMode':432,'uid':5,'gid':6},"
			      "{'type':'p','path':'/run/pipe'},{'type':'b','path':'/dev/disk',"
			      "'major':7,'minor':99,'fileMode':384}]",
	};
	struct stat st;

	TRY(make(&config, box, err));
	HOLDS(look(box, "dev/net/tun", &st) == 0);
	HOLDS(st.st_mode == (S_IFCHR | 0660) && st.st_rdev == makedev(10, 200));
	HOLDS(st.st_uid == 5 && st.st_gid == 6);
	HOLDS(look(box, "run/pipe", &st) == 0 && st.st_mode == (S_IFIFO | 0666));
	HOLDS(look(box, "dev/disk", &st) == 0 && st.st_mode == (S_IFBLK | 0600));
	return 0;
}

/* V-02..V-05 */
TEST(configured_nodes_have_number_mode_and_owner)
{
	box_run(BOX_ROOT, configured);
}

static int same(struct box *box, struct error *err)
{
	struct box_config config = { 0 };
	struct stat st;

	box_folder("rootfs/dev");
	HOLDS(mknod("rootfs/dev/null", S_IFCHR | 0600, makedev(1, 3)) == 0);
	box_link("rootfs/dev/fd", "mine");
	box_file("rootfs/dev/ptmx", "");
	TRY(make(&config, box, err));
	HOLDS(look(box, "dev/null", &st) == 0 && st.st_mode == (S_IFCHR | 0600));
	HOLDS(look(box, "dev/fd", &st) == 0 && st.st_size == 4);
	HOLDS(look(box, "dev/ptmx", &st) == 0 && S_ISLNK(st.st_mode));
	return 0;
}

/* V-02, V-09 */
TEST(same_node_is_kept_and_ptmx_is_replaced)
{
	box_run(BOX_ROOT, same);
}

static int other(struct box *box, struct error *err)
{
	struct box_config config = { 0 };

	box_folder("rootfs/dev");
	HOLDS(mknod("rootfs/dev/zero", S_IFCHR | 0666, makedev(1, 3)) == 0);
	HOLDS_ERROR(make(&config, box, err), EEXIST,
		    "device /dev/zero: something else is there: file exists");
	return 0;
}

/* V-02 */
TEST(other_node_of_that_name_is_an_error)
{
	box_run(BOX_ROOT, other);
}

static int node_link(struct box *box, struct error *err)
{
	struct box_config config = { 0 };

	box_folder("rootfs/dev");
	box_link("rootfs/dev/null", "/etc/passwd");
	HOLDS(make(&config, box, err) == -EEXIST);
	return 0;
}

TEST(link_in_the_place_of_a_node_is_an_error)
{
	box_run(BOX_PLAIN, node_link);
}

static int dev_link(struct box *box, struct error *err)
{
	struct box_config config = { 0 };

	box_folder("etc");
	box_folder("rootfs/etc");
	box_link("rootfs/dev", "../../etc");
	HOLDS_ERROR(make(&config, box, err), ELOOP,
		    "open /dev: too many levels of symbolic links");
	HOLDS(rmdir("etc") == 0 && rmdir("rootfs/etc") == 0);
	return 0;
}

TEST(dev_must_be_a_real_folder)
{
	box_run(BOX_PLAIN, dev_link);
}

static int confined(struct box *box, struct error *err)
{
	struct box_config config = {
		.linux_part = "'devices': [{'type':'c','path':'/dev/net/tun','major':10,"
			      "'minor':200}]",
	};
	struct stat st;

	box_folder("rootfs/dev");
	box_folder("rootfs/etc");
	box_link("rootfs/dev/net", "/../etc");
	TRY(make(&config, box, err));
	HOLDS(look(box, "etc/tun", &st) < 0);
	HOLDS(look(box, "dev/etc/tun", &st) == 0);
	return 0;
}

TEST(links_below_dev_stay_below_dev)
{
	box_run(BOX_PLAIN, confined);
}

static int covered(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dev','type':'tmpfs','options':['mode=755']},"
			  "{'destination':'/data','type':'bind','source':'volume'}",
	};
	struct stat st;

	box_folder("volume");
	box_link("rootfs/data", "/dev");
	TRY(make(&config, box, err));
	HOLDS(look(box, "dev/ptmx", &st) < 0 && errno == ENOENT);
	HOLDS(fstatat(box->run.place_fds[MOUNT_PLACE_DEV], "ptmx", &st, AT_SYMLINK_NOFOLLOW) == 0);
	HOLDS(rmdir("volume") == 0);
	return 0;
}

/* S-16 */
TEST(volume_that_a_link_lays_on_dev_gets_nothing)
{
	box_run(BOX_PLAIN, covered);
}

static int late(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/data','type':'bind','source':'volume'}",
	};

	box_folder("volume");
	box_link("rootfs/data", "/dev");
	HOLDS_ERROR(make(&config, box, err), EEXIST, "mkdir /dev: file exists");
	HOLDS(rmdir("volume") == 0);
	return 0;
}

TEST(dev_that_a_mount_has_made_is_refused)
{
	box_run(BOX_PLAIN, late);
}

static int bound(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = dev, .has_user_ns = true };
	autoclose int fd = -1;
	struct stat st;

	TRY(make(&config, box, err));
	HOLDS(look(box, "dev/null", &st) == 0);
	HOLDS(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
	fd = openat(box->run.root_fd, "dev/zero", O_RDONLY | O_CLOEXEC);
	HOLDS(fd >= 0 && read(fd, &st, 8) == 8);
	return 0;
}

/* V-06 */
TEST(user_namespace_gets_the_hosts_nodes)
{
	box_run(BOX_USER_NS, bound);
}

static int bound_other(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = dev,
		.has_user_ns = true,
		.linux_part = "'devices': [{'type':'c','path':'/dev/null','major':10,'minor':200}]",
	};

	HOLDS_ERROR(make(&config, box, err), ENODEV,
		    "device /dev/null: the host's node of that name is another device");
	return 0;
}

TEST(hosts_node_must_have_the_configured_number)
{
	box_run(BOX_USER_NS, bound_other);
}

static int host_dev(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dev','source':'src','options':['bind']}",
	};

	box_folder("src");
	TRY(make(&config, box, err));
	HOLDS(rmdir("src") == 0);
	return 0;
}

/* V-11 */
TEST(nothing_is_made_in_a_dev_that_is_a_bind)
{
	box_run(BOX_PLAIN, host_dev);
}
