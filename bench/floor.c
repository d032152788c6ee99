// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor - the least work that isolates like the default bundle: what a runtime can reach at best
 *
 *   floor [-1] [-n N] [-s FILTER] ROOT PROGRAM [ARG...]
 *   floor [-1] -e PID PROGRAM [ARG...]
 *
 * A yardstick and no runtime: nothing is read and nothing decided, and an error ends it. It is
 * honest as long as bench/same.py finds no difference between what a program sees here and in
 * a container of husk; without a C library, whose start would be measured as well.
 *
 *   -1         a cgroup in each v1 tree, not one in the v2 tree
 *   -n N       so many in this process; one line for each, the nanoseconds of its phases
 *   -s FILTER  a seccomp program, as the kernel has it: struct sock_filter after struct sock_filter
 *   -e PID     PROGRAM as one more process in the container of that process
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "floor.h"
#include "init/bare/start.h"

#define CAPABILITIES (1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE)

enum { SEPARATE = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, DETACH = 2,
       FILTER_MAX = 4096 };

static const struct filesystem {
	const char *type, *path;
	unsigned attributes;
	const char *options[7];
} filesystems[] = {
	{ "proc", "proc", SEPARATE, { NULL } },
	{ "tmpfs", "dev", MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
	  { "mode", "755", "size", "65536k" } },
	{ "devpts", "dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
	  { "ptmxmode", "0666", "mode", "0620", "gid", "5" } },
	{ "tmpfs", "dev/shm", SEPARATE, { "mode", "1777", "size", "65536k" } },
	{ "mqueue", "dev/mqueue", SEPARATE, { NULL } },
	{ "sysfs", "sys", SEPARATE | MOUNT_ATTR_RDONLY, { NULL } },
	{ "cgroup2", "sys/fs/cgroup", SEPARATE | MOUNT_ATTR_RDONLY, { NULL } },
};

static const struct node {
	const char *path;
	unsigned major, minor;
} nodes[] = { { "dev/null", 1, 3 },   { "dev/zero", 1, 5 },    { "dev/full", 1, 7 },
	      { "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 } };

static const char *const links[][2] = { { "/proc/self/fd", "dev/fd" },
					{ "/proc/self/fd/0", "dev/stdin" },
					{ "/proc/self/fd/1", "dev/stdout" },
					{ "/proc/self/fd/2", "dev/stderr" },
					{ "pts/ptmx", "dev/ptmx" } };

static const char *const masked[] = { "proc/acpi", "proc/asound", "proc/kcore", "proc/keys",
				      "proc/latency_stats", "proc/timer_list",
				      "proc/timer_stats", "proc/sched_debug", "proc/scsi",
				      "sys/firmware", "sys/devices/virtual/powercap" };
static const char *const fixed[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
				     "proc/sysrq-trigger" };

static const char *const phases[] = { "cgroup", "clone", "prepare", "root", "filesystems",
				      "nodes", "masked", "read-only", "pivot", "rights", "exec",
				      "program", "remove" };

/* What was asked for, and the times: the child has our memory. */
static bool is_v1;
static const char *root;
static char **program;
static struct sock_filter filter[FILTER_MAX];
static struct sock_fprog filter_program = { .filter = filter };
static struct timespec stamps[COUNT(phases) + 1];
static unsigned stamp_count;

static void stamp(void)
{
	if (stamp_count < COUNT(stamps))
		sys_monotonic(&stamps[stamp_count++]);
}

static void mount_new(const struct filesystem *new)
{
	int context_fd = (int)MUST(SYS_2(fsopen, new->type, FSOPEN_CLOEXEC)), mount_fd;

	for (const char *const *option = new->options; *option; option += 2)
		MUST(SYS_5(fsconfig, context_fd, FSCONFIG_SET_STRING, option[0], option[1], 0));
	MUST(SYS_5(fsconfig, context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	mount_fd = (int)MUST(SYS_3(fsmount, context_fd, FSMOUNT_CLOEXEC, new->attributes));
	MUST(SYS_5(move_mount, mount_fd, "", AT_FDCWD, new->path, MOVE_MOUNT_F_EMPTY_PATH));
	sys_close(mount_fd);
	sys_close(context_fd);
}

static void mount_all(void)
{
	for (size_t i = 0; i < COUNT(filesystems) - is_v1; i++) {
		/* Not there, or there: the mount tells. */
		if (filesystems[i].path[3] == '/')
			SYS_2(mkdir, filesystems[i].path, 0755);
		mount_new(&filesystems[i]);
	}
	if (is_v1)
		cgroup_mount_v1();
}

static void make_nodes(void)
{
	SYS_1(umask, 0);
	for (size_t i = 0; i < COUNT(nodes); i++)
		MUST(SYS_3(mknod, nodes[i].path, S_IFCHR | 0666,
			   nodes[i].major << 8 | nodes[i].minor));
	SYS_1(umask, 022);
	for (size_t i = 0; i < COUNT(links); i++)
		MUST(SYS_2(symlink, links[i][0], links[i][1]));
}

/*
 * /dev/null over a file; over folders one and the same empty tmpfs, of which each gets a clone.
 * The kind is asked for first: a bind that fails waits for a grace period of RCU.
 */
static void mask_all(void)
{
	const char *empty = NULL;
	struct stat stat;

	for (size_t i = 0; i < COUNT(masked); i++) {
		if (SYS_2(stat, masked[i], &stat) < 0)
			continue;
		if (!S_ISDIR(stat.st_mode)) {
			MUST(SYS_5(mount, "/dev/null", masked[i], NULL, MS_BIND, NULL));
		} else if (empty) {
			MUST(SYS_5(mount, empty, masked[i], NULL, MS_BIND, NULL));
		} else {
			empty = masked[i];
			MUST(SYS_5(mount, "tmpfs", empty, "tmpfs",
				   MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
				   "size=4k,nr_inodes=1,mode=755"));
		}
	}
}

static void fix_all(void)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	for (size_t i = 0; i < COUNT(fixed); i++) {
		int fd = (int)SYS_3(open_tree, AT_FDCWD, fixed[i],
				    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

		if (fd < 0)
			continue;
		MUST(SYS_5(mount_setattr, fd, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)));
		MUST(SYS_5(move_mount, fd, "", AT_FDCWD, fixed[i], MOVE_MOUNT_F_EMPTY_PATH));
		sys_close(fd);
	}
}

static void change_root(void)
{
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	MUST(SYS_2(pivot_root, ".", "."));
	MUST(SYS_2(umount2, ".", DETACH));
	MUST(SYS_5(mount_setattr, AT_FDCWD, "/", 0, &read_only, sizeof(read_only)));
}

static void raise_lo(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = (int)MUST(SYS_3(socket, 2 /* AF_INET */, 2 | O_CLOEXEC /* SOCK_DGRAM */, 0));

	MUST(sys_ioctl(fd, 0x8914 /* SIOCSIFFLAGS */, &request));
	sys_close(fd);
}

/* With keys of its own, that only who has it finds: the permissions that a runtime gives it. */
static void new_session(void)
{
	long keyring;

	MUST(sys_new_session());
	keyring = MUST(SYS_2(keyctl, KEYCTL_JOIN_SESSION_KEYRING, "floor"));
	MUST(SYS_3(keyctl, KEYCTL_SETPERM, keyring, 0x3f1b0000));
}

/* The last things, and the program. */
static _Noreturn void execute(void)
{
	static char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
		"HOME=/", NULL };
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { { CAPABILITIES, CAPABILITIES, 0 } };
	struct rlimit files = { 1024, 1024 };

	MUST(SYS_4(prlimit64, 0, RLIMIT_NOFILE, &files, NULL));
	for (int i = 0; i <= CAP_LAST_CAP; i++)
		if (i >= 32 || !(CAPABILITIES >> i & 1))
			SYS_2(prctl, PR_CAPBSET_DROP, i);
	MUST(SYS_2(capset, &head, sets));
	MUST(SYS_5(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(SYS_3(close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */));
	if (filter_program.len)
		MUST(SYS_3(seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter_program));
	stamp();
	MUST(sys_execute(program[0], program, env));
	sys_exit(127);
}

static _Noreturn void become_container(void)
{
	int root_fd;

	stamp();
	MUST(SYS_5(mount, NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
	/* With v1 it was moved after the clone, and the namespace begins where it is now. */
	if (is_v1)
		MUST(SYS_1(unshare, CLONE_NEWCGROUP));
	new_session();
	raise_lo();
	stamp();
	root_fd = (int)MUST(SYS_3(open_tree, AT_FDCWD, root,
				  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
	MUST(SYS_5(move_mount, root_fd, "", AT_FDCWD, root, MOVE_MOUNT_F_EMPTY_PATH));
	MUST(SYS_1(fchdir, root_fd));
	stamp();
	mount_all();
	stamp();
	make_nodes();
	stamp();
	mask_all();
	stamp();
	fix_all();
	stamp();
	change_root();
	stamp();
	MUST(SYS_2(sethostname, "husk", 4));
	execute();
}

static int status_of(pid_t pid)
{
	int status;

	MUST(sys_wait(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* No clone goes into a v1 cgroup, so the child waits to be moved and cannot share our memory. */
static int run_v1(int number, struct clone_args *args)
{
	int ends[2];
	char byte = 0;
	long pid;

	MUST(SYS_2(pipe2, ends, O_CLOEXEC));
	pid = MUST(clone_here(args));
	if (!pid) {
		MUST(sys_read(ends[0], &byte, 1));
		become_container();
	}
	cgroup_join_v1(number, (pid_t)pid);
	MUST(sys_write(ends[1], &byte, 1));
	sys_close(ends[0]);
	sys_close(ends[1]);
	return status_of((pid_t)pid);
}

static int run_v2(int number, struct clone_args *args)
{
	int cgroup_fd = cgroup_make(number), status;
	long pid;

	args->flags |= CLONE_INTO_CGROUP | CLONE_NEWCGROUP | CLONE_VM | CLONE_VFORK;
	args->cgroup = (uint64_t)cgroup_fd;
	stamp();
	pid = clone_here(args);
	if (!pid)
		become_container();
	MUST(pid);
	stamp();
	status = status_of((pid_t)pid);
	sys_close(cgroup_fd);
	return status;
}

static int run(int number)
{
	struct clone_args args = { .flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
					    CLONE_NEWUTS | CLONE_NEWPID,
				   .exit_signal = SIGCHLD };
	int status;

	stamp_count = 0;
	stamp();
	status = is_v1 ? run_v1(number, &args) : run_v2(number, &args);
	stamp();
	cgroup_remove(number, is_v1);
	stamp();
	return status;
}

/* One more process in the container of process @target. */
static int run_inside(pid_t target)
{
	struct clone_args args = { .flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD };
	int pid_fd = (int)MUST(sys_pidfd_open(target)), cgroup_fd = -1;
	long pid;

	if (!is_v1) {
		cgroup_fd = cgroup_open_of(target);
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	MUST(SYS_2(setns, pid_fd, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
					  CLONE_NEWUTS | CLONE_NEWCGROUP));
	pid = clone_here(&args);
	if (!pid) {
		new_session();
		execute();
	}
	return status_of((pid_t)MUST(pid));
}

static void read_filter(const char *path)
{
	int fd = (int)MUST(sys_open_at(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0));

	filter_program.len = (unsigned short)((size_t)MUST(sys_read(fd, filter, sizeof(filter))) /
					      sizeof(*filter));
	sys_close(fd);
}

/* Nanoseconds of the phases, one line for each container after a line of their names. */
static int run_many(int count)
{
	char line[512], *end = line;
	int status = 0;

	for (size_t i = 0; i < COUNT(phases); i++)
		end = append(append(end, i ? "\t" : ""), phases[i]);
	for (int number = 0; number < count; number++) {
		append(end, "\n");
		put(1, line);
		status |= run(number);
		end = line;
		for (size_t i = 0; i < COUNT(phases); i++) {
			const struct timespec *from = &stamps[i], *to = &stamps[i + 1];

			end = append_number(append(end, i ? "\t" : ""),
					    (to->tv_sec - from->tv_sec) * 1000000000 +
						    to->tv_nsec - from->tv_nsec);
		}
	}
	append(end, "\n");
	put(1, line);
	return status;
}

static int number_of(const char *text)
{
	int number = 0;

	while (*text)
		number = 10 * number + *text++ - '0';
	return number;
}

_Noreturn void start_main(char **argv, char **env)
{
	int many = 0, target = 0;

	(void)env;
	for (argv++; *argv && (*argv)[0] == '-'; argv++)
		switch ((*argv)[1]) {
		case '1': is_v1 = true; break;
		case 'n': many = number_of(*++argv); break;
		case 'e': target = number_of(*++argv); break;
		case 's': read_filter(*++argv); break;
		default: MUST(-22 /* EINVAL */);
		}
	if (!target && *argv)
		root = *argv++;
	program = argv;
	MUST(*program ? 0 : -22 /* EINVAL */);
	if (target)
		sys_exit(run_inside(target));
	sys_exit(many ? run_many(many) : run(0));
}
