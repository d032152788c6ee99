// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A neighbour exchanges a name of the image for a link that leads out of it, as fast as it can,
 * while one container after the other is put together from that image: all that this room does,
 * each time in a new mount namespace. Nothing may ever be mounted, made or changed outside of the
 * rootfs. HUSK_HOSTILE_TRIES says how many containers for each name.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "base/text.h"
#include "box.h"
#include "mount/attach.h"
#include "mount/console.h"
#include "mount/device.h"
#include "mount/mask.h"
#include "mount/root.h"
#include "test.h"

enum { TRIES = 30 };
enum outcome { MADE, REFUSED, HARMED };

struct race {
	const char *name;  /* what is exchanged, in the rootfs: a folder, or a file where there is one */
	const char *where; /* where the link leads to, from the name's own folder */
	const char *mounts, *linux_part;
	bool has_console;
};

#define TMPFS_DEV "{'destination':'/dev','type':'tmpfs','options':['mode=755']}"
#define DEVPTS "{'destination':'/dev/pts','type':'devpts','options':['newinstance']}"
#define VOLUME "'source':'volume','options':['bind']}"
#define FILE_IN_VOLUME "'source':'volume/marker','options':['bind']}"

/* --- the outside --- */

/* What is wanted from the way out: whatever a careless husk would fill, replace or remove. */
static void make_outside(void)
{
	box_folder("outside");
	box_folder("outside/below");
	box_file("outside/secret", "of the host");
	box_file("outside/null", "of the host");
	box_file("outside/ptmx", "of the host");
	box_link("outside/console", "secret");
}

static void add_folder(struct text *io_text, const char *path)
{
	struct dirent **list = NULL;
	int count = scandir(path, &list, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		autofree char *name = mem_format("%s/%s", path, list[i]->d_name);
		struct stat st = { 0 };

		if (strcmp(list[i]->d_name, "..") != 0 && lstat(name, &st) == 0)
			text_add(io_text, "%s %o %ju %jd %jd.%09ld\n", name, st.st_mode,
				 (uintmax_t)st.st_ino, (intmax_t)st.st_size,
				 (intmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
		free(list[i]);
	}
	free(list);
}

/* Every name there with what it is; a change of any kind moves its ctime. */
static char *look_outside(void)
{
	autotext struct text text = { 0 };

	add_folder(&text, "outside");
	add_folder(&text, "outside/below");
	return mem_text(text_get(&text));
}

/* Mounts of this namespace that do not lie in the rootfs; -1 when they cannot be read. */
static int count_mounts_outside(const char *bundle)
{
	autofree char *rootfs = mem_format("%s/rootfs", bundle), *text = NULL;
	autoclose int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	size_t size = strlen(rootfs);
	struct error err;
	char *rest, *line;
	int count = 0;

	if (fd < 0 || fd_read_all(fd, 1 << 24, &text, NULL, &err) < 0)
		return -1;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		int at = 0;

		sscanf(line, "%*s %*s %*s %*s %n", &at);
		if (at && !(text_begins(line + at, rootfs) && strchr("/ ", line[at + (int)size])))
			count++;
	}
	return count;
}

/* --- one container --- */

/* The slave of a new pair of the container's devpts. The master has to stay open. */
static int open_slave(int pts_fd, struct error *err)
{
	int master_fd = openat(pts_fd, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int unlock = 0, fd;

	if (master_fd < 0 || ioctl(master_fd, TIOCSPTLCK, &unlock) < 0)
		return error_sys(err, "ptmx");
	fd = ioctl(master_fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? error_sys(err, "TIOCGPTPEER") : fd;
}

static int finish(const struct race *race, struct box *box, struct error *err)
{
	TRY(mount_root_pivot(&box->plan, &box->run, err));
	if (race->has_console) {
		autoclose int pts_fd = mount_open_pts(&box->run, err), slave_fd = -1;

		TRY(pts_fd);
		slave_fd = open_slave(pts_fd, err);
		TRY(slave_fd);
		TRY(mount_console(&box->plan, &box->run, slave_fd, err));
	}
	return mount_finish(&box->plan, &box->run, err);
}

static int attach(struct box *box, struct error *err)
{
	TRY(mount_root_open(&box->plan, &box->run, err));
	TRY(mount_attach_all(&box->plan, &box->run, err));
	return mount_devices_make(&box->plan, &box->run, err);
}

static enum outcome make_container(const struct race *race, struct box *box)
{
	struct error err = { 0 };
	int before = count_mounts_outside(box->bundle);
	int r = attach(box, &err);

	if (before < 0 || count_mounts_outside(box->bundle) != before)
		return HARMED;
	if (r >= 0)
		r = finish(race, box, &err);
	return r < 0 ? REFUSED : MADE;
}

/* What a careless runtime does: by name. */
static enum outcome mount_by_name(const struct race *race, struct box *box)
{
	autofree char *target = mem_format("rootfs/%s", race->name);
	int before = count_mounts_outside(box->bundle);
	struct stat st;

	if (stat(target, &st) < 0 ||
	    mount(S_ISDIR(st.st_mode) ? "volume" : "volume/marker", target, NULL, MS_BIND, NULL) < 0)
		return REFUSED;
	return count_mounts_outside(box->bundle) != before ? HARMED : MADE;
}

typedef enum outcome deed(const struct race *race, struct box *box);

/* In a mount namespace that ends with it. Negative when there was no such end. */
static int try_once(deed *carry_out, const struct race *race, struct box *box)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) < 0 ? 99 : (int)carry_out(race, box));
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* --- the neighbour --- */

static void exchange(const char *one, const char *other)
{
	if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) < 0)
		_exit(1);
}

static pid_t begin_exchanging(const char *one, const char *other)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		exchange(one, other);
}

/* So that the next container has to make it again. @folder_fd: the true one, whatever its name. */
static void clear(int folder_fd)
{
	autoclose int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!list)
		return;
	(void)fd_take(&fd);
	while ((entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(folder_fd, entry->d_name, 0) < 0 && errno == EISDIR) {
			autoclose int inner_fd = openat(folder_fd, entry->d_name,
							O_RDONLY | O_DIRECTORY | O_CLOEXEC);

			clear(inner_fd);
			(void)unlinkat(folder_fd, entry->d_name, AT_REMOVEDIR);
		}
	}
	closedir(list);
}

/* --- a race --- */

static int count_tries(void)
{
	const char *text = getenv("HUSK_HOSTILE_TRIES");

	return text ? atoi(text) : TRIES;
}

static int race_against(const char *real, const char *link, int real_fd, const struct race *race,
			struct box *box, struct error *err)
{
	autofree char *before = look_outside(), *after = NULL;
	pid_t neighbour = begin_exchanging(real, link);
	int counts[HARMED + 1] = { 0 }, worst = 0;

	for (int i = count_tries(); i > 0 && worst >= 0 && worst < HARMED; i--) {
		worst = try_once(make_container, race, box);
		if (worst >= 0 && worst <= HARMED)
			counts[worst]++;
		if (real_fd >= 0)
			clear(real_fd);
	}
	kill(neighbour, SIGKILL);
	waitpid(neighbour, NULL, 0);
	if (getenv("HUSK_HOSTILE_TRIES")) {
		NOTE("%s exchanged: %d containers made, %d refused", race->name, counts[MADE],
		     counts[REFUSED]);
		fflush(stdout); /* nothing else does in this process */
	}
	HOLDS(worst == MADE || worst == REFUSED);
	after = look_outside();
	HOLDS(strcmp(after, before) == 0);
	return 0;
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static int run(const struct race *race, struct box *box, struct error *err)
{
	struct box_config config = { .mounts = race->mounts, .linux_part = race->linux_part };
	autofree char *real = mem_format("rootfs/%s", race->name);
	autofree char *link = mem_format("%s-link", real);
	autoclose int real_fd = -1;

	make_outside();
	box_folder("volume");
	box_file("volume/marker", "of the volume");
	box_link(link, race->where);
	TRY(box_plan(&config, box, err));
	real_fd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Were it by name it would get out, and be seen. */
	HOLDS(try_once(make_container, race, box) == MADE);
	exchange(real, link);
	HOLDS(try_once(mount_by_name, race, box) == HARMED);
	TRY(race_against(real, link, real_fd, race, box, err));
	if (is_link(real))
		exchange(real, link);
	HOLDS(try_once(make_container, race, box) == MADE);
	return 0;
}

/* --- the names --- */

static int destination(struct box *box, struct error *err)
{
	struct race race = {
		.name = "real", .where = "../outside",
		.mounts = "{'destination':'/real'," VOLUME,
	};

	box_folder("rootfs/real");
	return run(&race, box, err);
}

/* S-06, CVE-2021-30465 */
TEST(destination_is_exchanged)
{
	box_run(BOX_ROOT, destination);
}

static int parent(struct box *box, struct error *err)
{
	struct race race = {
		.name = "real", .where = "../outside",
		.mounts = "{'destination':'/real/below'," VOLUME
			  ",{'destination':'/real/made/deep'," VOLUME
			  ",{'destination':'/real/secret'," FILE_IN_VOLUME
			  ",{'destination':'/real/file/deep'," FILE_IN_VOLUME,
	};

	box_folder("rootfs/real");
	return run(&race, box, err);
}

/* S-06, CVE-2024-45310 */
TEST(parent_of_destinations_is_exchanged)
{
	box_run(BOX_ROOT, parent);
}

static int etc(struct box *box, struct error *err)
{
	struct race race = {
		.name = "etc", .where = "../outside",
		.mounts = "{'destination':'/etc/hosts'," FILE_IN_VOLUME
			  ",{'destination':'/etc/hostname'," FILE_IN_VOLUME
			  ",{'destination':'/etc/resolv.conf'," FILE_IN_VOLUME,
	};

	box_folder("rootfs/etc");
	return run(&race, box, err);
}

TEST(folder_of_the_files_that_engines_bind_is_exchanged)
{
	box_run(BOX_ROOT, etc);
}

static int file(struct box *box, struct error *err)
{
	struct race race = {
		.name = "etc/hosts", .where = "../../outside/secret",
		.mounts = "{'destination':'/etc/hosts'," FILE_IN_VOLUME,
	};

	box_folder("rootfs/etc");
	box_file("rootfs/etc/hosts", "");
	return run(&race, box, err);
}

TEST(file_that_an_engine_binds_is_exchanged)
{
	box_run(BOX_ROOT, file);
}

static int proc(struct box *box, struct error *err)
{
	struct race race = {
		.name = "proc", .where = "../outside",
		.mounts = "{'destination':'/proc','source':'/proc','options':['rbind']}",
		.linux_part = "'maskedPaths':['/proc/kcore','/proc/below'],"
			      "'readonlyPaths':['/proc/sys','/proc/secret']",
	};

	box_folder("rootfs/proc");
	return run(&race, box, err);
}

/* S-07, S-11, CVE-2019-19921, CVE-2023-27561 */
TEST(proc_is_exchanged)
{
	box_run(BOX_ROOT, proc);
}

static int sys(struct box *box, struct error *err)
{
	struct race race = {
		.name = "sys", .where = "../outside",
		.mounts = "{'destination':'/sys','type':'sysfs','options':['ro']},"
			  "{'destination':'/sys/fs/cgroup','type':'tmpfs'}",
		.linux_part = "'maskedPaths':['/sys/firmware','/sys/below']",
	};

	box_folder("rootfs/sys");
	return run(&race, box, err);
}

TEST(sys_is_exchanged)
{
	box_run(BOX_ROOT, sys);
}

static int image_dev(struct box *box, struct error *err)
{
	struct race race = {
		.name = "dev", .where = "../outside", .mounts = DEVPTS, .has_console = true,
		.linux_part = "'devices':[{'path':'/dev/below/fuse','type':'c','major':10,"
			      "'minor':229,'fileMode':438}]",
	};

	box_folder("rootfs/dev");
	return run(&race, box, err);
}

/* S-16, S-17, CVE-2026-41579 */
TEST(dev_of_the_image_is_exchanged)
{
	box_run(BOX_ROOT, image_dev);
}

static int mounted_dev(struct box *box, struct error *err)
{
	struct race race = {
		.name = "dev", .where = "../outside", .mounts = TMPFS_DEV "," DEVPTS,
		.has_console = true,
	};

	box_folder("rootfs/dev");
	return run(&race, box, err);
}

TEST(dev_below_a_mount_is_exchanged)
{
	box_run(BOX_ROOT, mounted_dev);
}

static int console(struct box *box, struct error *err)
{
	struct race race = {
		.name = "dev/console", .where = "../../outside/secret", .mounts = DEVPTS,
		.has_console = true,
	};

	box_folder("rootfs/dev");
	box_file("rootfs/dev/console", "");
	return run(&race, box, err);
}

/* S-17, CVE-2025-52565 */
TEST(console_is_exchanged)
{
	box_run(BOX_ROOT, console);
}

static int masked(struct box *box, struct error *err)
{
	struct race race = {
		.name = "real", .where = "../outside",
		.linux_part = "'maskedPaths':['/real/below','/real'],"
			      "'readonlyPaths':['/real/below','/real']",
	};

	box_folder("rootfs/real");
	return run(&race, box, err);
}

/* S-12, CVE-2025-31133 */
TEST(masked_and_read_only_folder_is_exchanged)
{
	box_run(BOX_ROOT, masked);
}
