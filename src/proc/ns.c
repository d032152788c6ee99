// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc/ns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "proc/status.h"

/* Fixed in every kernel since 3.8: PROC_..._INIT_INO of include/linux/proc_ns.h. */
static const uint64_t FIRST_PID_NS = 0xEFFFFFFC, FIRST_USER_NS = 0xEFFFFFFD;

#ifndef NS_GET_TGID_FROM_PIDNS
#define NS_GET_TGID_FROM_PIDNS _IOR(NSIO, 0x7, int)
#endif

int proc_ns_open(pid_t pid, const char *name, struct error *err)
{
	autofree char *path = mem_format("/proc/%d/ns/%s", (int)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? error_sys(err, "open %s", path) : fd;
}

uint64_t proc_ns_inode(int ns_fd)
{
	struct stat st;

	return fstat(ns_fd, &st) < 0 ? 0 : st.st_ino;
}

bool proc_ns_is_same(int one_fd, int other_fd)
{
	uint64_t inode = proc_ns_inode(one_fd);

	return inode && inode == proc_ns_inode(other_fd);
}

bool proc_ns_is_first(int ns_fd)
{
	uint64_t inode = proc_ns_inode(ns_fd);

	return inode == FIRST_PID_NS || inode == FIRST_USER_NS;
}

/* -1 at the outermost one, and where the caller may not see further. */
static int open_parent(int ns_fd)
{
	return ioctl(ns_fd, NS_GET_PARENT);
}

bool proc_ns_holds(int outer_fd, int inner_fd)
{
	autoclose int at_fd = fcntl(inner_fd, F_DUPFD_CLOEXEC, 3);

	while (at_fd >= 0) {
		int parent_fd;

		if (proc_ns_is_same(at_fd, outer_fd))
			return true;
		parent_fd = open_parent(at_fd);
		close(at_fd);
		at_fd = parent_fd;
	}
	return false;
}

static bool is_owner(int user_ns_fd, uid_t uid)
{
	uid_t owner;

	return ioctl(user_ns_fd, NS_GET_OWNER_UID, &owner) == 0 && owner == uid;
}

bool proc_ns_has_capability(int own_fd, int over_fd, bool has, uid_t uid)
{
	autoclose int at_fd = fcntl(over_fd, F_DUPFD_CLOEXEC, 3);

	while (at_fd >= 0) {
		int parent_fd;

		if (proc_ns_is_same(at_fd, own_fd))
			return has;
		parent_fd = open_parent(at_fd);
		/* Who made a namespace has all capabilities in it, seen from the one above. */
		if (parent_fd >= 0 && proc_ns_is_same(parent_fd, own_fd) && is_owner(at_fd, uid)) {
			close(parent_fd);
			return true;
		}
		close(at_fd);
		at_fd = parent_fd;
	}
	return false;
}

static bool is_in(pid_t pid, int pid_ns_fd)
{
	struct error err;
	autoclose int fd = proc_ns_open(pid, "pid", &err);

	return fd >= 0 && proc_ns_is_same(fd, pid_ns_fd);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* What is looked for among the processes: a number within, or a name. */
struct wanted {
	pid_t number; /* 0: any */
	const char *name; /* NULL: any */
	struct text found;
	int count;
	pid_t last;
};

static void look_at(pid_t pid, int pid_ns_fd, struct wanted *io_wanted)
{
	struct status status;
	struct error err;

	/* Ended since it was listed. */
	if (status_read(pid, pid, &status, &err) < 0 || status.level_count == 0)
		return;
	if (io_wanted->number && status.level[status.level_count - 1] != io_wanted->number)
		return;
	if (io_wanted->name && strcmp(status.name, io_wanted->name) != 0)
		return;
	if (!is_in(pid, pid_ns_fd))
		return;
	text_add(&io_wanted->found, "%s%d", io_wanted->count ? ", " : "",
		 (int)status.level[status.level_count - 1]);
	io_wanted->count++;
	io_wanted->last = pid;
}

static int look_at_all(int pid_ns_fd, struct wanted *io_wanted, struct error *err)
{
	autoclean(close_folder) DIR *folder = opendir("/proc");
	const struct dirent *entry;
	long long pid;

	if (!folder)
		return error_sys(err, "open /proc");
	while ((entry = readdir(folder)))
		if (text_number(entry->d_name, 1, INT32_MAX, &pid) == 0)
			look_at((pid_t)pid, pid_ns_fd, io_wanted);
	return 0;
}

int proc_ns_find_pid(int pid_ns_fd, pid_t number, struct error *err)
{
	struct wanted wanted = { .number = number };
	int pid = ioctl(pid_ns_fd, NS_GET_TGID_FROM_PIDNS, number);
	int r = 0;

	if (pid > 0)
		return pid;
	if (errno != ESRCH)
		r = look_at_all(pid_ns_fd, &wanted, err);
	text_clear(&wanted.found);
	TRY(r);
	if (!wanted.count)
		return error_set(err, ESRCH, "no process has the number %d in that namespace",
				 (int)number);
	return wanted.last;
}

int proc_ns_find_name(int pid_ns_fd, const char *name, struct error *err)
{
	struct wanted wanted = { .name = name };
	int r = look_at_all(pid_ns_fd, &wanted, err);

	if (r == 0 && wanted.count == 0)
		r = error_set(err, ESRCH, "no process has the name \"%s\" in that namespace", name);
	else if (r == 0 && wanted.count > 1)
		r = error_set(err, EEXIST, "%d processes have the name \"%s\": %s", wanted.count,
			      name, text_get(&wanted.found));
	text_clear(&wanted.found);
	return r < 0 ? r : wanted.last;
}
