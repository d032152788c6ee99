// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/path.h"
#include "base/scope.h"
#include "box.h"
#include "mount/attach.h"
#include "mount/root.h"
#include "proc/mounts.h"
#include "test.h"

/* --- binds --- */

static int bind_flags(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/data','source':'src',"
			  "'options':['bind','ro','nosuid','nodev','noexec','noatime']},"
			  "{'destination':'/plain','source':'src','options':['bind']},"
			  "{'destination':'/strict','source':'src',"
			  "'options':['bind','strictatime']}",
	};
	unsigned long wanted = ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME;
	unsigned long atime = ST_NOATIME | ST_RELATIME;

	box_folder("src");
	box_file("src/name", "content");
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/data/name"), "content");
	HOLDS((box_flags(box, "/data") & (wanted | ST_RELATIME)) == wanted);
	HOLDS((box_flags(box, "/plain") & (wanted | ST_RELATIME)) == ST_RELATIME);
	HOLDS((box_flags(box, "/strict") & atime) == 0);
	HOLDS((box_flags(box, "/") & wanted) == 0);
	return 0;
}

/* M-15, O-07 */
TEST(bind_gets_its_flags_and_no_other_mount_does)
{
	box_run(BOX_PLAIN, bind_flags);
}

/* M-15 */
TEST(bind_works_in_a_user_namespace)
{
	box_run(BOX_USER_NS, bind_flags);
}

TEST(bind_works_without_mount_setattr)
{
	box_run(BOX_5_10, bind_flags);
}

static int bind_recursive_old(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/all','source':'/proc','options':['rbind','rro']}",
	};

	HOLDS_ERROR(box_attach(&config, box, err), ENOSYS,
		    "mounts[0]: mount /proc on /all: recursive mount flags need Linux 5.12 "
		    "(nosymfollow 5.14)");
	return 0;
}

/* O-15 */
TEST(recursive_flags_without_mount_setattr_name_the_kernel)
{
	box_run(BOX_5_10, bind_recursive_old);
}

static int bind_recursive(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/all','source':'src','options':['rbind','rro']},"
			  "{'destination':'/mixed','source':'src','options':['rbind','rro','rw']},"
			  "{'destination':'/top','source':'src','options':['rbind','ro']},"
			  "{'destination':'/one','source':'src','options':['bind','rro']}",
	};

	box_folder("src");
	box_folder("src/sub");
	HOLDS(mount("tmpfs", "src/sub", "tmpfs", 0, NULL) == 0);
	box_file("src/sub/name", "below");
	TRY(box_attach(&config, box, err));
	HOLDS(box_flags(box, "/all") & ST_RDONLY);
	HOLDS(box_flags(box, "/all/sub") & ST_RDONLY);
	HOLDS(!(box_flags(box, "/mixed") & ST_RDONLY));
	HOLDS(box_flags(box, "/mixed/sub") & ST_RDONLY);
	HOLDS(box_flags(box, "/top") & ST_RDONLY);
	HOLDS(!(box_flags(box, "/top/sub") & ST_RDONLY));
	HOLDS_TEXT(box_read(box, "/one/sub/name"), "(ENOENT)");
	return 0;
}

/* O-15, O-16 */
TEST(recursive_flags_reach_the_mounts_below)
{
	box_run(BOX_PLAIN, bind_recursive);
}

static int bind_file(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/etc/deep/hosts','source':'file','options':['bind']},"
			  "{'destination':'relative/../there','source':'file','options':['bind']}",
	};

	box_file("file", "127.0.0.1");
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/etc/deep/hosts"), "127.0.0.1");
	HOLDS_TEXT(box_read(box, "/there"), "127.0.0.1");
	return 0;
}

/* M-02 */
TEST(missing_target_is_made_as_the_source_is)
{
	box_run(BOX_PLAIN, bind_file);
}

static int order(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/a','type':'tmpfs'},"
			  "{'destination':'/a/b','source':'src','options':['bind']},"
			  "{'destination':'/a/b/name','source':'other','options':['bind']}",
	};

	box_folder("src");
	box_file("src/name", "first");
	box_file("other", "second");
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/a/b/name"), "second");
	return 0;
}

/* M-01, M-20 */
TEST(later_mounts_see_earlier_ones)
{
	box_run(BOX_PLAIN, order);
}

/* --- errors --- */

static int missing_source(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/t','type':'tmpfs'},"
			  "{'destination':'/data','source':'/no/such','options':['bind']}",
	};

	HOLDS_ERROR(box_attach(&config, box, err), ENOENT,
		    "mounts[1]: mount /no/such on /data: open /no/such: no such file or directory");
	HOLDS(access("rootfs/data", F_OK) < 0);
	return 0;
}

/* M-03 */
TEST(missing_source_is_named_and_leaves_no_target)
{
	box_run(BOX_PLAIN, missing_source);
}

static int wrong_kind(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/folder','source':'/proc/version','options':['bind']}",
	};

	box_folder("rootfs/folder");
	HOLDS_ERROR(box_attach(&config, box, err), ENOTDIR,
		    "mounts[0]: mount /proc/version on /folder: open /folder: it is a folder, the "
		    "source is not: not a directory");
	return 0;
}

/* M-02 */
TEST(file_over_folder_is_an_error)
{
	box_run(BOX_PLAIN, wrong_kind);
}

static int wrong_kind_too(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = "{'destination':'/file','type':'tmpfs'}" };

	box_file("rootfs/file", "");
	HOLDS_ERROR(box_attach(&config, box, err), ENOTDIR,
		    "mounts[0]: mount tmpfs on /file: open /file: not a directory");
	return 0;
}

/* M-02 */
TEST(folder_over_file_is_an_error)
{
	box_run(BOX_PLAIN, wrong_kind_too);
}

static int kernel_words(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/t','type':'tmpfs','options':['size=1m','foo=1']}",
	};

	HOLDS_ERROR(box_attach(&config, box, err), EINVAL,
		    "mounts[0]: mount tmpfs on /t: option foo=1: invalid argument "
		    "(tmpfs: Unknown parameter 'foo')");
	return 0;
}

TEST(kernels_own_words_are_in_the_error)
{
	box_run(BOX_PLAIN, kernel_words);
}

static int unknown_type(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = "{'destination':'/t','type':'nofs'}" };

	HOLDS_ERROR(box_attach(&config, box, err), ENODEV,
		    "mounts[0]: mount nofs on /t: file system type \"nofs\": no such device");
	return 0;
}

/* M-04 */
TEST(unknown_file_system_is_named)
{
	box_run(BOX_PLAIN, unknown_type);
}

/* --- symbolic links of the image --- */

static int link_out(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/up/data','source':'src','options':['bind']},"
			  "{'destination':'/abs/data','source':'src','options':['bind']}",
	};

	box_folder("src");
	box_file("src/name", "content");
	box_folder("outside");
	box_link("rootfs/up", "../../../../outside");
	box_link("rootfs/abs", "/outside");
	TRY(box_attach(&config, box, err));
	HOLDS(access("outside/data", F_OK) < 0);
	HOLDS(access("/outside", F_OK) < 0);
	HOLDS_TEXT(box_read(box, "/outside/data/name"), "content");
	return 0;
}

/* M-02 */
TEST(links_of_the_image_never_lead_out_of_it)
{
	box_run(BOX_PLAIN, link_out);
}

static int link_to_root(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/x/bin','source':'src','options':['bind']}",
	};

	box_folder("src");
	box_file("src/evil", "");
	box_link("rootfs/x", "/");
	TRY(box_attach(&config, box, err));
	HOLDS(access("/bin/evil", F_OK) < 0);
	HOLDS_TEXT(box_read(box, "/bin/evil"), "");
	return 0;
}

TEST(link_to_the_root_is_the_containers_root)
{
	box_run(BOX_PLAIN, link_to_root);
}

static int proc_link(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/proc','source':'/proc','options':['rbind']}",
	};

	box_folder("rootfs/x");
	box_link("rootfs/proc", "/x");
	HOLDS_ERROR(box_attach(&config, box, err), ELOOP,
		    "mounts[0]: mount /proc on /proc: open /proc: too many levels of symbolic "
		    "links");
	return 0;
}

/* M-07 */
TEST(proc_must_be_a_real_folder)
{
	box_run(BOX_PLAIN, proc_link);
}

static int sys_link(struct box *box, struct error *err)
{
	struct box_config config = { .mounts = "{'destination':'/sys','type':'sysfs'}" };

	box_folder("rootfs/x");
	box_link("rootfs/sys", "x");
	HOLDS_ERROR(box_attach(&config, box, err), ELOOP,
		    "mounts[0]: mount sysfs on /sys: open /sys: too many levels of symbolic links");
	return 0;
}

TEST(sys_must_be_a_real_folder)
{
	box_run(BOX_PLAIN, sys_link);
}

static int into_proc(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/proc','source':'/proc','options':['rbind']},"
			  "{'destination':'/data','source':'src','options':['bind']}",
	};

	box_folder("src");
	box_folder("rootfs/proc");
	box_link("rootfs/data", "proc/sys/kernel");
	HOLDS(box_attach(&config, box, err) == -EPERM);
	HOLDS(strstr(err->text, "/data lies on a procfs, where nothing may be mounted"));
	return 0;
}

/* M-14 */
TEST(target_that_leads_into_proc_is_refused)
{
	box_run(BOX_PLAIN, into_proc);
}

static int fake_proc(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/proc','source':'src','options':['bind']}",
	};

	box_folder("src");
	HOLDS(box_attach(&config, box, err) == -EPERM);
	HOLDS(strstr(err->text, "is no procfs: only one may be mounted on /proc"));
	return 0;
}

TEST(folder_in_the_place_of_proc_is_refused)
{
	box_run(BOX_PLAIN, fake_proc);
}

static int nofollow(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/link','source':'file',"
			  "'options':['bind','dest-nofollow']},"
			  "{'destination':'/copy','source':'slink',"
			  "'options':['bind','copy-symlink']},"
			  "{'destination':'/plain','source':'file',"
			  "'options':['bind','copy-symlink']},"
			  "{'destination':'/itself','source':'slink',"
			  "'options':['bind','src-nofollow']}",
	};
	char text[16] = "";

	box_file("file", "content");
	box_link("slink", "some where");
	box_file("rootfs/target", "untouched");
	box_link("rootfs/link", "target");
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/target"), "untouched");
	HOLDS(readlinkat(box->run.root_fd, "copy", text, sizeof(text)) == 10);
	HOLDS(memcmp(text, "some where", 10) == 0);
	HOLDS_TEXT(box_read(box, "/plain"), "content");
	return 0;
}

/* O-22, O-23 */
TEST(links_are_not_followed_where_the_options_say_so)
{
	box_run(BOX_PLAIN, nofollow);
}

/* --- new file systems --- */

static int tmpfs_mode(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/old','type':'tmpfs','options':['size=1m']},"
			  "{'destination':'/old2','type':'tmpfs','options':['mode=700']},"
			  "{'destination':'/new','type':'tmpfs','options':['noexec','ro']}",
	};
	struct stat st;

	box_folder("rootfs/old");
	box_folder("rootfs/old2");
	HOLDS(chmod("rootfs/old", 02751) == 0 && chmod("rootfs/old2", 02751) == 0);
	TRY(box_attach(&config, box, err));
	HOLDS(fstatat(box->run.root_fd, "old", &st, 0) == 0 && (st.st_mode & 07777) == 02751);
	HOLDS(fstatat(box->run.root_fd, "old2", &st, 0) == 0 && (st.st_mode & 07777) == 0700);
	HOLDS(fstatat(box->run.root_fd, "new", &st, 0) == 0 && (st.st_mode & 07777) == 01777);
	HOLDS((box_flags(box, "/new") & (ST_RDONLY | ST_NOEXEC)) == ST_NOEXEC);
	HOLDS(box->run.late_count == 1);
	return 0;
}

/* M-10 */
TEST(tmpfs_has_the_mode_of_what_it_covers)
{
	box_run(BOX_PLAIN, tmpfs_mode);
}

static int copy_up(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/var','type':'tmpfs','options':['tmpcopyup']}",
	};
	struct stat st;
	char text[8];

	box_folder("rootfs/var");
	box_folder("rootfs/var/lib");
	box_file("rootfs/var/lib/name", "content");
	box_file("rootfs/var/set", "");
	box_link("rootfs/var/link", "/etc");
	HOLDS(mkfifo("rootfs/var/fifo", 0640) == 0);
	HOLDS(chown("rootfs/var/set", 3, 4) == 0 && chmod("rootfs/var/set", 04751) == 0);
	HOLDS(chmod("rootfs/var/lib", 0500) == 0);
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/var/lib/name"), "content");
	HOLDS(fstatat(box->run.root_fd, "var/set", &st, 0) == 0);
	HOLDS(st.st_mode == (S_IFREG | 04751) && st.st_uid == 3 && st.st_gid == 4);
	HOLDS(fstatat(box->run.root_fd, "var/lib", &st, 0) == 0);
	HOLDS(st.st_mode == (S_IFDIR | 0500));
	HOLDS(fstatat(box->run.root_fd, "var/fifo", &st, 0) == 0);
	HOLDS(st.st_mode == (S_IFIFO | 0640));
	HOLDS(readlinkat(box->run.root_fd, "var/link", text, sizeof(text)) == 4);
	return 0;
}

/* M-10, O-19 */
TEST(tmpcopyup_copies_content_mode_and_owner)
{
	box_run(BOX_ROOT, copy_up);
}

static int copy_up_full(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/var','type':'tmpfs','options':['tmpcopyup','size=4k']}",
	};
	char page[9000];

	memset(page, 'x', sizeof(page) - 1);
	page[sizeof(page) - 1] = '\0';
	box_folder("rootfs/var");
	box_file("rootfs/var/big", page);
	HOLDS_ERROR(box_attach(&config, box, err), ENOSPC,
		    "mounts[0]: mount tmpfs on /var: copy up: big: write: no space left on device");
	return 0;
}

TEST(tmpcopyup_over_the_size_names_the_file)
{
	box_run(BOX_PLAIN, copy_up_full);
}

static int user_mounts(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/dev','type':'tmpfs','options':['mode=755']},"
			  "{'destination':'/dev/pts','type':'devpts','options':['newinstance',"
			  "'ptmxmode=0666','mode=0620','gid=5']},"
			  "{'destination':'/sys','type':'sysfs','options':['nosuid']},"
			  "{'destination':'/proc','type':'proc'}",
		.has_user_ns = true,
	};

	TRY(box_attach(&config, box, err));
	HOLDS(fstatat(box->run.root_fd, "dev/pts/ptmx", &(struct stat){ 0 }, 0) == 0);
	HOLDS(fstatat(box->run.root_fd, "sys/kernel", &(struct stat){ 0 }, 0) == 0);
	HOLDS(box_flags(box, "/sys") & ST_RDONLY);
	HOLDS(box_flags(box, "/sys/fs/cgroup") & ST_RDONLY);
	HOLDS(fstatat(box->run.root_fd, "proc/self", &(struct stat){ 0 }, 0) == 0);
	return 0;
}

/* M-07, M-08 */
TEST(user_namespace_falls_back_to_the_hosts_proc_and_sys)
{
	box_run(BOX_USER_NS, user_mounts);
}

static int remount(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/a','type':'tmpfs','options':['size=1m']},"
			  "{'destination':'/b','type':'tmpfs','options':['size=1m']},"
			  "{'destination':'/a','options':['remount','bind','ro','nodev']},"
			  "{'destination':'/b','options':['remount','size=2m','noexec']},"
			  "{'destination':'/none','options':['remount','ro']}",
	};
	struct statvfs status;

	HOLDS_ERROR(box_attach(&config, box, err), ENOENT,
		    "mounts[4]: mount /none on /none: open /none: no such file or directory");
	HOLDS((box_flags(box, "/a") & (ST_RDONLY | ST_NODEV)) == (ST_RDONLY | ST_NODEV));
	HOLDS(box_flags(box, "/b") & ST_NOEXEC);
	HOLDS(statvfs("rootfs/b", &status) == 0);
	HOLDS(status.f_blocks * status.f_frsize == 2 << 20);
	return 0;
}

/* O-06 */
TEST(remount_changes_what_is_there)
{
	box_run(BOX_PLAIN, remount);
}

/* --- the root, overlays, long data --- */

static int over_root(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/','source':'src','options':['bind']},"
			  "{'destination':'/data','type':'tmpfs'}",
	};

	box_folder("src");
	box_file("src/name", "new root");
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/name"), "new root");
	HOLDS(access("src/data", F_OK) == 0);
	HOLDS(access("rootfs/data", F_OK) == 0); /* the path leads to the new root as well */
	return 0;
}

TEST(mount_on_the_root_is_the_root_for_later_ones)
{
	box_run(BOX_PLAIN, over_root);
}

static int tmp_upper(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/','type':'overlay','source':'overlay','options':"
			  "['tmpupper','lowerdir=lower','size=1m','nr_inodes=100','nosuid']}",
	};
	autoclose int fd = -1;
	struct stat st;

	box_folder("lower");
	box_file("lower/name", "lower");
	HOLDS(chmod("lower", 0751) == 0);
	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, "/name"), "lower");
	HOLDS(fstat(box->run.root_fd, &st) == 0 && (st.st_mode & 07777) == 0751);
	HOLDS(box_flags(box, "/") & ST_NOSUID);
	fd = openat(box->run.root_fd, "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	HOLDS(fd >= 0 && write(fd, "upper", 5) == 5);
	HOLDS_TEXT(box_read(box, "/new"), "upper");
	HOLDS(access("lower/new", F_OK) < 0);
	return 0;
}

TEST(tmpupper_makes_a_writable_overlay_over_nothing_lasting)
{
	box_run(BOX_PLAIN, tmp_upper);
}

/* Four layers whose names together are longer than fsconfig(2) takes. */
static char *long_overlay(const struct box *box, const char *target, const char *more)
{
	autotext struct text text = { 0 };
	char name[120];

	memset(name, 'n', 100);
	name[100] = '\0';
	text_add(&text, "{'destination':'%s','type':'overlay','options':['noexec',%s'lowerdir=",
		 target, more);
	for (int i = 0; i < 4; i++) {
		*name = (char)('a' + i);
		box_folder(name);
		text_add(&text, "%s%s/%s", i ? ":" : "", box->bundle, name);
	}
	box_file(strcat(name, "/name"), "lowest");
	text_add(&text, "']}");
	return text_take(&text);
}

static int long_data(struct box *box, const char *target, const char *more, struct error *err)
{
	autofree char *mounts = long_overlay(box, target, more);
	autofree char *path = mem_format("%s/name", target);
	struct box_config config = { .mounts = mounts };

	TRY(box_attach(&config, box, err));
	HOLDS_TEXT(box_read(box, path), "lowest");
	HOLDS(box_flags(box, target) & ST_NOEXEC);
	return 0;
}

static int long_data_below(struct box *box, struct error *err)
{
	return long_data(box, "/data", "", err);
}

static int long_data_root(struct box *box, struct error *err)
{
	return long_data(box, "/", "", err);
}

static int long_data_upper(struct box *box, struct error *err)
{
	TRY(long_data(box, "/", "'tmpupper','rprivate',", err));
	HOLDS(mkdirat(box->run.root_fd, "writable", 0755) == 0);
	return 0;
}

TEST(data_longer_than_fsconfig_takes_is_mounted_too)
{
	box_run(BOX_PLAIN, long_data_below);
	box_run(BOX_PLAIN, long_data_root);
	box_run(BOX_PLAIN, long_data_upper);
}

/* --- propagation --- */

/* The propagation of the mount whose mount point ends with @name, as mountinfo has it. */
static int propagation_of(const char *name, char *ret_text, size_t size, struct error *err)
{
	FILE *list = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[1024], fields[256];

	snprintf(ret_text, size, "none");
	while (list && fgets(line, sizeof(line), list)) {
		char *end = strstr(line, " - ");

		if (!end || sscanf(line, "%*d %*d %*s %*s %1023s %*s%255[^\n]", point, fields) != 2)
			continue;
		if (strlen(point) < strlen(name) ||
		    strcmp(point + strlen(point) - strlen(name), name) != 0)
			continue;
		snprintf(ret_text, size, "%s%s", strstr(fields, "shared:") ? "shared" : "",
			 strstr(fields, "unbindable") ? "unbindable" : "");
	}
	return list && fclose(list) == 0 ? 0 : error_sys(err, "mountinfo");
}

static int propagation(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = "{'destination':'/shared','type':'tmpfs','options':['shared']},"
			  "{'destination':'/shared/plain','type':'tmpfs'},"
			  "{'destination':'/shared/private','type':'tmpfs','options':['private']},"
			  "{'destination':'/both','type':'tmpfs',"
			  "'options':['shared','unbindable']}",
	};
	char text[32];

	TRY(box_attach(&config, box, err));
	TRY(propagation_of("/rootfs/shared", text, sizeof(text), err));
	HOLDS_TEXT(text, "shared");
	TRY(propagation_of("/shared/plain", text, sizeof(text), err));
	HOLDS_TEXT(text, "shared");
	TRY(propagation_of("/shared/private", text, sizeof(text), err));
	HOLDS_TEXT(text, "");
	TRY(propagation_of("/both", text, sizeof(text), err));
	HOLDS_TEXT(text, "unbindable");
	return 0;
}

/* M-17, O-13, O-14 */
TEST(propagation_words_are_applied_in_order_after_the_mount)
{
	box_run(BOX_PLAIN, propagation);
	box_run(BOX_5_10, propagation);
}
