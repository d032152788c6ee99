// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scope.h"
#include "box.h"
#include "mount/attach.h"
#include "mount/device.h"
#include "mount/root.h"
#include "mount/source.h"
#include "test.h"

static int idmap(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/mapped','source':'src','options':['bind'],"
			  "'uidMappings':[{'containerID':0,'hostID':1000,'size':10}],"
			  "'gidMappings':[{'containerID':0,'hostID':2000,'size':10}]},"
			  "{'destination':'/plain','source':'src','options':['bind']}",
	};
	struct stat st;

	box_folder("src");
	box_file("src/name", "");
	HOLDS(chown("src/name", 3, 4) == 0);
	TRY(box_plan(&config, box, err));
	HOLDS(box->plan.needs_sources);
	TRY(mount_open_sources(&box->plan, err));
	HOLDS(box->plan.steps[0].tree_fd >= 0 && box->plan.steps[1].tree_fd < 0);
	TRY(mount_root_open(&box->plan, &box->run, err));
	TRY(mount_attach_all(&box->plan, &box->run, err));
	HOLDS(fstatat(box->run.root_fd, "mapped/name", &st, 0) == 0);
	HOLDS(st.st_uid == 1003 && st.st_gid == 2004);
	HOLDS(fstatat(box->run.root_fd, "plain/name", &st, 0) == 0);
	HOLDS(st.st_uid == 3 && st.st_gid == 4);
	HOLDS(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static bool is_kernel_before(int major, int minor)
{
	struct utsname name;
	int has_major, has_minor;

	if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &has_major, &has_minor) != 2)
		return true;
	return has_major < major || (has_major == major && has_minor < minor);
}

/* M-06, O-20 */
TEST(id_mapped_bind_shows_other_owners)
{
	if (is_kernel_before(6, 3))
		SKIP("tmpfs has id-mapped mounts since Linux 6.3");
	box_run(BOX_ROOT, idmap);
}

static int idmap_refused(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/x','source':'/proc/self','options':['bind'],"
			  "'uidMappings':[{'containerID':0,'hostID':1000,'size':10}],"
			  "'gidMappings':[{'containerID':0,'hostID':2000,'size':10}]}",
	};

	TRY(box_plan(&config, box, err));
	HOLDS_ERROR(mount_open_sources(&box->plan, err), EINVAL,
		    "mounts[0]: mount /proc/self on /x: mount_setattr: id maps: invalid argument");
	return 0;
}

/* M-06 */
TEST(file_system_without_id_maps_is_an_error)
{
	box_run(BOX_ROOT, idmap_refused);
}

static int idmap_forgotten(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/x','source':'/','options':['bind',"
			  "'idmap=uids=0-1-1;gids=0-1-1']}",
	};

	HOLDS_ERROR(box_attach(&config, box, err), EINVAL,
		    "mounts[0]: mount / on /x: an id-mapped source has to be opened by the parent");
	return 0;
}

TEST(id_mapped_bind_is_never_mounted_unmapped)
{
	box_run(BOX_PLAIN, idmap_forgotten);
}

static int map(const char *name, const char *text, struct error *err)
{
	autofree char *path = mem_format("/proc/self/%s", name);

	return file_write(AT_FDCWD, path, text, err);
}

/* As the stage: another user namespace, from which the source cannot be walked to. */
static int as_stage(struct box *box, struct error *err)
{
	struct stat st;

	HOLDS(setresgid(1, 1, 1) == 0 && setresuid(1, 1, 1) == 0);
	HOLDS(prctl(PR_SET_DUMPABLE, 1) == 0); /* else /proc/self/uid_map is root's */
	HOLDS(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	TRY(map("uid_map", "0 1 1", err));
	TRY(map("setgroups", "deny", err));
	TRY(map("gid_map", "0 1 1", err));
	HOLDS(access("closed/src", F_OK) < 0);
	TRY(mount_root_open(&box->plan, &box->run, err));
	TRY(mount_attach_all(&box->plan, &box->run, err));
	TRY(mount_devices_make(&box->plan, &box->run, err));
	HOLDS_TEXT(box_read(box, "/data/name"), "content");
	HOLDS(fstatat(box->run.root_fd, "dev/null", &st, 0) == 0 && S_ISCHR(st.st_mode));
	return 0;
}

static int stage(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/data','source':'closed/src','options':['rbind']},"
			  "{'destination':'/dev','type':'tmpfs','options':['mode=755']}",
		.has_user_ns = true,
	};

	box_folder("closed");
	box_folder("closed/src");
	box_file("closed/src/name", "content");
	HOLDS(chmod("closed", 0700) == 0 && chmod("rootfs", 0777) == 0);
	HOLDS(mount(NULL, box->bundle, NULL, MS_SHARED, NULL) == 0);
	TRY(box_plan(&config, box, err));
	TRY(mount_open_sources(&box->plan, err));
	HOLDS(box->plan.steps[0].tree_fd >= 0);
	HOLDS(fcntl(box->plan.steps[0].tree_fd, F_GETFD) & FD_CLOEXEC);
	return as_stage(box, err);
}

TEST(stage_mounts_what_the_parent_opened)
{
	box_run(BOX_ROOT, stage);
}

static int missing(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/data','source':'/no/such','options':['bind']}",
		.has_user_ns = true,
	};

	TRY(box_plan(&config, box, err));
	HOLDS_ERROR(mount_open_sources(&box->plan, err), ENOENT,
		    "mounts[0]: mount /no/such on /data: open /no/such: no such file or directory");
	return 0;
}

TEST(missing_source_is_named_by_the_parent_too)
{
	box_run(BOX_PLAIN, missing);
}

static int old_kernel(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/data','source':'src','options':['bind']}",
		.has_user_ns = true,
	};

	box_folder("src");
	TRY(box_plan(&config, box, err));
	TRY(mount_open_sources(&box->plan, err));
	HOLDS(box->plan.steps[0].tree_fd == -1 && box->plan.devices[0].tree_fd == -1);
	return 0;
}

TEST(source_is_left_to_the_stage_where_it_cannot_be_made_a_slave)
{
	box_run(BOX_5_10, old_kernel);
}
