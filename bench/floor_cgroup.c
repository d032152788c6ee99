// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor_cgroup - the cgroups of the floor: one in the v2 tree, or one in each v1 tree
 */
#include <fcntl.h>
#include <linux/mount.h>

#include "floor.h"

#define V2_TREE "/sys/fs/cgroup"

enum { PATH_SIZE = 512 };

static const char *const v1_trees[] = { "cpu", "cpuacct", "cpuset", "memory", "devices",
					"freezer", "blkio", "pids", "systemd" };

char *append(char *end, const char *text)
{
	while ((*end = *text++))
		end++;
	return end;
}

char *append_number(char *end, long number)
{
	char digits[24], *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	return append(end, first);
}

void put(int fd, const char *text)
{
	long size = 0;

	while (text[size])
		size++;
	sys_write(fd, text, (size_t)size);
}

long must(long result, const char *what)
{
	char number[24];

	if (result >= 0)
		return result;
	append_number(number, -result);
	put(2, "floor: ");
	put(2, what);
	put(2, ": error ");
	put(2, number);
	put(2, "\n");
	sys_exit(125);
}

static void path_of(char *ret_path, const char *tree, int number)
{
	char *end = append(ret_path, V2_TREE "/");

	if (tree)
		end = append(append(end, tree), "/");
	end = append_number(append(end, "floor-"), sys_pid());
	append_number(append(end, "-"), number);
}

/* @value as the whole of the file @name in the folder @path. */
static void write_file(const char *path, const char *name, const char *value)
{
	char whole[PATH_SIZE];
	int fd;

	append(append(append(whole, path), "/"), name);
	fd = (int)MUST(sys_open_at(AT_FDCWD, whole, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	put(fd, value);
	sys_close(fd);
}

/* A new cpuset is empty until it gets what its parent has. */
static void copy_cpuset(const char *path, const char *name)
{
	char value[256], from[PATH_SIZE];
	int fd;

	append(append(from, V2_TREE "/cpuset/"), name);
	fd = (int)MUST(sys_open_at(AT_FDCWD, from, O_RDONLY | O_CLOEXEC, 0));
	value[MUST(sys_read(fd, value, sizeof(value) - 1))] = '\0';
	sys_close(fd);
	write_file(path, name, value);
}

void cgroup_join_v1(int number, pid_t pid)
{
	char path[PATH_SIZE], text[24];

	append_number(text, pid);
	for (size_t i = 0; i < COUNT(v1_trees); i++) {
		path_of(path, v1_trees[i], number);
		MUST(SYS_2(mkdir, path, 0755));
		if (v1_trees[i][0] == 'c' && v1_trees[i][3] == 's') {
			copy_cpuset(path, "cpuset.cpus");
			copy_cpuset(path, "cpuset.mems");
		}
		write_file(path, "cgroup.procs", text);
	}
}

void cgroup_remove(int number, bool is_v1)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < (is_v1 ? COUNT(v1_trees) : 1); i++) {
		path_of(path, is_v1 ? v1_trees[i] : NULL, number);
		MUST(SYS_1(rmdir, path));
	}
}

int cgroup_make(int number)
{
	char path[PATH_SIZE];

	path_of(path, NULL, number);
	MUST(SYS_2(mkdir, path, 0755));
	return (int)MUST(sys_open_at(AT_FDCWD, path, O_DIRECTORY | O_CLOEXEC, 0));
}

int cgroup_open_of(pid_t pid)
{
	char path[PATH_SIZE], text[4096], *line = text, *end;
	int fd;

	append(append_number(append(path, "/proc/"), pid), "/cgroup");
	fd = (int)MUST(sys_open_at(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0));
	end = text + MUST(sys_read(fd, text, sizeof(text) - 1));
	sys_close(fd);
	/* The line of the v2 tree begins with "0::" and is the last. */
	*--end = '\0';
	for (char *at = text; at < end; at++)
		if (*at == '\n')
			line = at + 1;
	append(append(path, V2_TREE), line + 3);
	return (int)MUST(sys_open_at(AT_FDCWD, path, O_DIRECTORY | O_CLOEXEC, 0));
}

void cgroup_mount_v1(void)
{
	char path[PATH_SIZE], data[64];

	MUST(SYS_5(mount, "tmpfs", "sys/fs/cgroup", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		   "mode=755"));
	for (size_t i = 0; i < COUNT(v1_trees); i++) {
		append(append(path, "sys/fs/cgroup/"), v1_trees[i]);
		append(append(data, i + 1 == COUNT(v1_trees) ? "none,name=" : ""), v1_trees[i]);
		MUST(SYS_2(mkdir, path, 0755));
		MUST(SYS_5(mount, "cgroup", path, "cgroup",
			   MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, data));
	}
	MUST(SYS_5(mount, NULL, "sys/fs/cgroup", NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
}
