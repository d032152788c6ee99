// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tricks - what each trick of a start is worth, alone
 *
 *   tricks -n ROUNDS [SECTION...]
 *
 * Run as root in a mount namespace of its own, with the v2 tree at /sys/fs/cgroup. The ways of a
 * section take turns. Told for each call: SECTION <tab> WAY <tab> us.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST(call) must((call), #call)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
/* The folder that all happens in, a tmpfs of ours. */
#define HERE "/tmp"
#define FOLDER HERE "/folder"
#define PROGRAM HERE "/program"
#define CGROUP "/sys/fs/cgroup/husk-bench-tricks"

enum { WARM_UP = 3, MIB = 1 << 20 };

struct trick {
	const char *section, *way;
	double (*us_of)(long how);
	long how;
};

static volatile double child_us; /* set by a child that has our memory */

static long must(long result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "tricks: %s: %s\n", what, strerror(errno));
		_exit(1);
	}
	return result;
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void reap(long pid)
{
	int status;

	MUST(waitpid((pid_t)pid, &status, 0));
	MUST(status ? -1 : 0);
}

/* As floor.h has it: with CLONE_VM and CLONE_VFORK the child goes on in this frame. */
static inline __attribute__((always_inline)) long clone_here(struct clone_args *args)
{
	long result = SYS_clone3;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(args), "S"(sizeof(*args))
			 : "rcx", "r11", "memory");
	return result;
}

static __attribute__((noinline, noreturn)) void execute(int fd)
{
	char *words[] = { PROGRAM, NULL }, *env[] = { NULL };

	if (fd < 0)
		execve(PROGRAM, words, env);
	else
		syscall(SYS_execveat, fd, "", words, env, AT_EMPTY_PATH);
	_exit(127);
}

static __attribute__((noinline, noreturn)) void tell_time(void)
{
	child_us = now_us();
	_exit(0);
}

/* ---- spawn: from the clone until a program is reaped; how: MiB of the parent, and 1 for vfork */

static void weigh(long mib)
{
	static char *ballast;
	static long held;

	if (held == mib)
		return;
	if (ballast)
		munmap(ballast, (size_t)held * MIB);
	held = mib;
	ballast = mib ? mmap(NULL, (size_t)mib * MIB, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) : NULL;
}

static double spawn(long how)
{
	struct clone_args args = { .exit_signal = SIGCHLD,
				   .flags = how & 1 ? CLONE_VM | CLONE_VFORK : 0 };
	double begin;
	long pid;

	weigh(how >> 1);
	begin = now_us();
	pid = clone_here(&args);
	if (!pid)
		execute(-1);
	reap(MUST(pid));
	return now_us() - begin;
}

/* ---- namespaces: from the clone until the child runs; how: the flags */

static double make_namespaces(long how)
{
	struct clone_args args = { .exit_signal = SIGCHLD,
				   .flags = (uint64_t)how | CLONE_VM | CLONE_VFORK };
	double begin = now_us();
	long pid = clone_here(&args);

	if (!pid)
		tell_time();
	reap(MUST(pid));
	return child_us - begin;
}

/* ---- cgroup: a child there; how: 0 nowhere, 1 cloned into it, 2 moved to it */

enum { NOWHERE, CLONED, MOVED };

static void move(long pid)
{
	char text[24];
	int fd = (int)MUST(open(CGROUP "/cgroup.procs", O_WRONLY | O_CLOEXEC));

	MUST(write(fd, text, (size_t)snprintf(text, sizeof(text), "%ld", pid)));
	close(fd);
}

static double enter_cgroup(long how)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int ends[2], fd = -1;
	double begin;
	char byte;
	long pid;

	weigh(0);
	MUST(pipe2(ends, O_CLOEXEC));
	MUST(mkdir(CGROUP, 0755));
	begin = now_us();
	if (how == CLONED) {
		fd = (int)MUST(open(CGROUP, O_DIRECTORY | O_CLOEXEC));
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)fd;
	}
	pid = MUST(syscall(SYS_clone3, &args, sizeof(args)));
	if (!pid) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 0);
	}
	if (how == MOVED)
		move(pid);
	begin = now_us() - begin;
	close(ends[0]);
	close(ends[1]);
	reap(pid);
	close(fd);
	MUST(rmdir(CGROUP));
	return begin;
}

/* ---- mount */

enum { OLD, NEW };

static double mount_tmpfs(long how)
{
	double begin = now_us();

	if (how == OLD) {
		MUST(mount("tmpfs", FOLDER, "tmpfs", MS_NOSUID, NULL));
	} else {
		int context_fd = (int)MUST(fsopen("tmpfs", FSOPEN_CLOEXEC)), fd;

		MUST(fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
		fd = (int)MUST(fsmount(context_fd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID));
		MUST(move_mount(fd, "", AT_FDCWD, FOLDER, MOVE_MOUNT_F_EMPTY_PATH));
		close(fd);
		close(context_fd);
	}
	begin = now_us() - begin;
	MUST(umount2(FOLDER, MNT_DETACH));
	return begin;
}

static double bind_read_only(long how)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	double begin = now_us();

	if (how == OLD) {
		MUST(mount(FOLDER, FOLDER, NULL, MS_BIND, NULL));
		MUST(mount(NULL, FOLDER, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	} else {
		int fd = (int)MUST(open_tree(AT_FDCWD, FOLDER, OPEN_TREE_CLONE | O_CLOEXEC));

		MUST(mount_setattr(fd, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)));
		MUST(move_mount(fd, "", AT_FDCWD, FOLDER, MOVE_MOUNT_F_EMPTY_PATH));
		close(fd);
	}
	begin = now_us() - begin;
	MUST(umount2(FOLDER, MNT_DETACH));
	return begin;
}

enum { TRIED, ASKED, SHARED };

/* A folder is masked: /dev/null tried first, or the kind asked first, or one tmpfs for all. */
static double mask(long how)
{
	struct stat stat_of;
	double begin = now_us();

	if (how == TRIED)
		MUST(mount("/dev/null", FOLDER, NULL, MS_BIND, NULL) < 0 ? 0 : -1);
	else
		MUST(stat(FOLDER, &stat_of));
	if (how == SHARED)
		MUST(mount(HERE "/empty", FOLDER, NULL, MS_BIND, NULL));
	else
		MUST(mount("tmpfs", FOLDER, "tmpfs", MS_RDONLY, "nr_inodes=1"));
	begin = now_us() - begin;
	MUST(umount2(FOLDER, MNT_DETACH));
	return begin;
}

/* ---- devices: six of them; how: 0 made, 1 bound */

static double make_devices(long how)
{
	char path[64];
	double begin;

	MUST(mount("tmpfs", FOLDER, "tmpfs", 0, NULL));
	begin = now_us();
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), FOLDER "/%d", i);
		MUST(mknod(path, how ? S_IFREG | 0600 : S_IFCHR | 0666, how ? 0 : 0x103));
		if (how)
			MUST(mount("/dev/null", path, NULL, MS_BIND, NULL));
	}
	begin = now_us() - begin;
	MUST(umount2(FOLDER, MNT_DETACH));
	return begin;
}

/* ---- inject: a program of ours is executed in the container; how: KiB, and the way */

enum { BY_DESCRIPTOR, SEALED_COPY, DETACHED_CLONE };

static int sealed_copy(int fd)
{
	int copy_fd = (int)MUST(memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING));

	while (MUST(sendfile(copy_fd, fd, NULL, 1 << 30)) > 0)
		;
	MUST(fcntl(copy_fd, F_ADD_SEALS,
		   F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
	return copy_fd;
}

static int detached_clone(int fd)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };
	int clone_fd = (int)MUST(open_tree(fd, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH));

	MUST(mount_setattr(clone_fd, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)));
	return clone_fd;
}

static double inject(long how)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_VM | CLONE_VFORK };
	int fd = (int)MUST(open(PROGRAM, O_RDONLY | O_CLOEXEC)), used_fd = fd;
	double begin;
	long pid;

	MUST(truncate(PROGRAM, (how >> 2) << 10));
	begin = now_us();
	if ((how & 3) == SEALED_COPY)
		used_fd = sealed_copy(fd);
	else if ((how & 3) == DETACHED_CLONE)
		used_fd = detached_clone(fd);
	pid = clone_here(&args);
	if (!pid)
		execute(used_fd);
	reap(MUST(pid));
	begin = now_us() - begin;
	close(fd);
	close(used_fd);
	return begin;
}

/* ---- close: three descriptors; how: 0 the range, 1 what /proc shows, else all below that */

static void close_listed(void)
{
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;

	while ((entry = readdir(folder)))
		if (atoi(entry->d_name) >= 50)
			close(atoi(entry->d_name));
	closedir(folder);
}

static double close_three(long how)
{
	double begin;

	for (int fd = 100; fd < 103; fd++)
		MUST(dup2(2, fd));
	begin = now_us();
	if (how == 0)
		MUST(close_range(50, ~0U, 0));
	else if (how == 1)
		close_listed();
	else
		for (int fd = 50; fd < how; fd++)
			close(fd);
	return now_us() - begin;
}

/* ---- state: a folder with a small file, and away with both; how: 1 with fsync */

static double keep_state(long how)
{
	double begin = now_us();
	int fd;

	MUST(mkdir("state", 0700));
	fd = (int)MUST(open("state/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	MUST(write(fd, "{\"status\":\"created\"}", 20));
	if (how)
		MUST(fsync(fd));
	close(fd);
	MUST(rename("state/new", "state/state.json"));
	MUST(unlink("state/state.json"));
	MUST(rmdir("state"));
	return now_us() - begin;
}

static double keep_state_in_memory(long how)
{
	int back_fd = (int)MUST(open(".", O_DIRECTORY | O_CLOEXEC));
	double us;

	MUST(chdir(HERE));
	us = keep_state(how);
	MUST(fchdir(back_fd));
	close(back_fd);
	return us;
}

#define ALL_NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID | \
			CLONE_NEWCGROUP)

static const struct trick tricks[] = {
	{ "spawn", "fork", spawn, 0 },
	{ "spawn", "vfork", spawn, 1 },
	{ "spawn", "fork, 8 MiB more", spawn, 8 << 1 },
	{ "spawn", "vfork, 8 MiB more", spawn, 8 << 1 | 1 },
	{ "spawn", "fork, 64 MiB more", spawn, 64 << 1 },
	{ "spawn", "vfork, 64 MiB more", spawn, 64 << 1 | 1 },
	{ "namespaces", "none", make_namespaces, 0 },
	{ "namespaces", "mount", make_namespaces, CLONE_NEWNS },
	{ "namespaces", "net", make_namespaces, CLONE_NEWNET },
	{ "namespaces", "ipc", make_namespaces, CLONE_NEWIPC },
	{ "namespaces", "pid", make_namespaces, CLONE_NEWPID },
	{ "namespaces", "uts", make_namespaces, CLONE_NEWUTS },
	{ "namespaces", "all six", make_namespaces, ALL_NAMESPACES },
	{ "cgroup", "none", enter_cgroup, NOWHERE },
	{ "cgroup", "clone into it", enter_cgroup, CLONED },
	{ "cgroup", "move to it", enter_cgroup, MOVED },
	{ "tmpfs", "mount", mount_tmpfs, OLD },
	{ "tmpfs", "fsopen and move_mount", mount_tmpfs, NEW },
	{ "read-only", "bind and remount", bind_read_only, OLD },
	{ "read-only", "open_tree and set attributes", bind_read_only, NEW },
	{ "mask a folder", "by trial", mask, TRIED },
	{ "mask a folder", "asked first", mask, ASKED },
	{ "mask a folder", "one tmpfs for all", mask, SHARED },
	{ "devices", "six made", make_devices, 0 },
	{ "devices", "six bound", make_devices, 1 },
	{ "inject 16 KiB", "by descriptor", inject, 16 << 2 | BY_DESCRIPTOR },
	{ "inject 16 KiB", "by sealed copy", inject, 16 << 2 | SEALED_COPY },
	{ "inject 16 KiB", "by detached clone", inject, 16 << 2 | DETACHED_CLONE },
	{ "inject 4 MiB", "by descriptor", inject, 4096 << 2 | BY_DESCRIPTOR },
	{ "inject 4 MiB", "by sealed copy", inject, 4096 << 2 | SEALED_COPY },
	{ "inject 4 MiB", "by detached clone", inject, 4096 << 2 | DETACHED_CLONE },
	{ "close", "close_range", close_three, 0 },
	{ "close", "what /proc/self/fd shows", close_three, 1 },
	{ "close", "all up to 65536", close_three, 65536 },
	{ "state", "in memory", keep_state_in_memory, 0 },
	{ "state", "in the working folder", keep_state, 0 },
	{ "state", "there, with fsync", keep_state, 1 },
};

/* xor edi, edi; mov eax, 60; syscall: as bundles.py makes it, given on stdin. */
static void prepare(void)
{
	char program[4096];
	ssize_t size = read(0, program, sizeof(program));
	int fd;

	MUST(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	MUST(mkdir(FOLDER, 0755));
	MUST(mkdir(HERE "/empty", 0755));
	MUST(mount("tmpfs", HERE "/empty", "tmpfs", MS_RDONLY, "nr_inodes=1"));
	fd = (int)MUST(open(PROGRAM, O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
	MUST(write(fd, program, (size_t)MUST(size)));
	close(fd);
}

static bool is_asked(const char *section, char **sections)
{
	bool is_none = !*sections;

	for (; *sections; sections++)
		if (strcmp(section, *sections) == 0)
			return true;
	return is_none;
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 && strcmp(argv[1], "-n") == 0 ? atoi(argv[2]) : 0;

	if (rounds < 1)
		return 2;
	prepare();
	for (int round = -WARM_UP; round < rounds; round++)
		for (size_t i = 0; i < COUNT(tricks); i++) {
			const struct trick *trick = &tricks[i];
			double us;

			if (!is_asked(trick->section, argv + 3))
				continue;
			us = trick->us_of(trick->how);
			if (round >= 0)
				printf("%s\t%s\t%.2f\n", trick->section, trick->way, us);
		}
	return 0;
}
