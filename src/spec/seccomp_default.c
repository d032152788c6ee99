// SPDX-License-Identifier: GPL-2.0-or-later
#include "spec/seccomp_default.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include "base/scope.h"

/*
 * What ordinary programs need, and what can do no more than the kernel's own checks let it.
 * Names of several architectures and ages: one that is not known where it is
 * compiled is passed over there. Sorted; a test holds it so.
 */
static const char *const ordinary[] = {
	"_llseek", "_newselect", "accept", "accept4", "access", "adjtimex", "alarm",
	"arch_prctl", "arm_fadvise64_64", "arm_sync_file_range", "bind", "breakpoint", "brk",
	"cacheflush", "cachestat", "capget", "capset", "chdir", "chmod", "chown", "chown32",
	"clock_adjtime", "clock_adjtime64", "clock_getres", "clock_getres_time64",
	"clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
	"close", "close_range", "connect", "copy_file_range", "creat", "dup", "dup2", "dup3",
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_pwait",
	"epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd", "eventfd2", "execve",
	"execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64",
	"fadvise64_64", "fallocate", "fanotify_mark", "fchdir", "fchmod", "fchmodat",
	"fchmodat2", "fchown", "fchown32", "fchownat", "fcntl", "fcntl64", "fdatasync",
	"fgetxattr", "flistxattr", "flock", "fork", "fremovexattr", "fsetxattr", "fstat",
	"fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64",
	"futex", "futex_requeue", "futex_time64", "futex_wait", "futex_waitv", "futex_wake",
	"futimesat", "get_robust_list", "get_thread_area", "getcpu", "getcwd", "getdents",
	"getdents64", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getgroups", "getgroups32", "getitimer", "getpeername", "getpgid", "getpgrp", "getpid",
	"getppid", "getpriority", "getrandom", "getresgid", "getresgid32", "getresuid",
	"getresuid32", "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt",
	"gettid", "gettimeofday", "getuid", "getuid32", "getxattr", "getxattrat",
	"inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel",
	"io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64", "io_setup",
	"io_submit", "ioctl", "ioprio_get", "ioprio_set", "ipc", "kill", "landlock_add_rule",
	"landlock_create_ruleset", "landlock_restrict_self", "lchown", "lchown32", "lgetxattr",
	"link", "linkat", "listen", "listmount", "listxattr", "listxattrat", "llistxattr",
	"lremovexattr", "lseek", "lsetxattr", "lstat", "lstat64", "madvise",
	"map_shadow_stack", "membarrier", "memfd_create", "memfd_secret", "mincore", "mkdir",
	"mkdirat", "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mmap2",
	"modify_ldt", "mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive",
	"mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap",
	"mseal", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall",
	"munmap", "name_to_handle_at", "nanosleep", "newfstatat", "open", "openat", "openat2",
	"pause", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free",
	"pkey_mprotect", "poll", "ppoll", "ppoll_time64", "prctl", "pread64", "preadv",
	"preadv2", "prlimit64", "process_mrelease", "process_vm_readv", "process_vm_writev",
	"pselect6", "pselect6_time64", "ptrace", "pwrite64", "pwritev", "pwritev2", "read",
	"readahead", "readlink", "readlinkat", "readv", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "remap_file_pages", "removexattr", "removexattrat",
	"rename", "renameat", "renameat2", "restart_syscall", "riscv_flush_icache",
	"riscv_hwprobe", "rmdir", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
	"rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "rt_tgsigqueueinfo", "sched_get_priority_max",
	"sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
	"sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64",
	"sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler",
	"sched_yield", "seccomp", "select", "semctl", "semget", "semop", "semtimedop",
	"semtimedop_time64", "send", "sendfile", "sendfile64", "sendmmsg", "sendmsg", "sendto",
	"set_robust_list", "set_thread_area", "set_tid_address", "set_tls", "setfsgid",
	"setfsgid32", "setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups",
	"setgroups32", "setitimer", "setpgid", "setpriority", "setregid", "setregid32",
	"setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid", "setreuid32",
	"setrlimit", "setsid", "setsockopt", "setuid", "setuid32", "setxattr", "setxattrat",
	"shmat", "shmctl", "shmdt", "shmget", "shutdown", "sigaltstack", "signalfd",
	"signalfd4", "sigprocmask", "sigreturn", "socketcall", "socketpair", "splice", "stat",
	"stat64", "statfs", "statfs64", "statmount", "statx", "swapcontext", "symlink",
	"symlinkat", "sync", "sync_file_range", "sync_file_range2", "syncfs", "sysinfo", "tee",
	"tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
	"timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create",
	"timerfd_gettime", "timerfd_gettime64", "timerfd_settime", "timerfd_settime64",
	"times", "tkill", "truncate", "truncate64", "ugetrlimit", "umask", "uname", "unlink",
	"unlinkat", "uretprobe", "utime", "utimensat", "utimensat_time64", "utimes", "vfork",
	"vmsplice", "wait4", "waitid", "waitpid", "write", "writev",
};

/* Calls that do something only with a capability: allowed when the container can have it. */
static const struct granted {
	const char *capability;
	const char *calls[24]; /* NULL behind the last */
} granted[] = {
	{ "CAP_BPF", { "bpf" } },
	{ "CAP_DAC_READ_SEARCH", { "open_by_handle_at" } },
	{ "CAP_PERFMON", { "perf_event_open" } },
	{ "CAP_SYSLOG", { "syslog" } },
	{ "CAP_SYS_ADMIN",
	  { "bpf", "clone", "clone3", "fanotify_init", "fsconfig", "fsmount", "fsopen", "fspick",
	    "mount", "mount_setattr", "move_mount", "open_tree", "perf_event_open", "quotactl",
	    "quotactl_fd", "setdomainname", "sethostname", "setns", "syslog", "umount", "umount2",
	    "unshare" } },
	{ "CAP_SYS_BOOT", { "reboot" } },
	{ "CAP_SYS_CHROOT", { "chroot" } },
	{ "CAP_SYS_MODULE", { "delete_module", "finit_module", "init_module" } },
	{ "CAP_SYS_NICE",
	  { "get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node" } },
	{ "CAP_SYS_PACCT", { "acct" } },
	{ "CAP_SYS_PTRACE", { "kcmp", "pidfd_getfd", "process_madvise" } },
	{ "CAP_SYS_RAWIO", { "ioperm", "iopl" } },
	{ "CAP_SYS_TIME", { "clock_settime", "clock_settime64", "settimeofday", "stime" } },
	{ "CAP_SYS_TTY_CONFIG", { "vhangup" } },
};

/* The kinds of address below AF_ALG (38), then the ones beside it and AF_VSOCK (40). */
enum { FIRST_REFUSED_FAMILY = AF_ALG };
static const uint64_t further_families[] = { AF_NFC, AF_KCM, AF_QIPCRTR, AF_SMC, AF_XDP, AF_MCTP };

/* PER_LINUX and PER_LINUX32, each with and without the old uname, and "tell me". */
static const uint64_t personalities[] = {
	PER_LINUX, PER_LINUX32, UNAME26, UNAME26 | PER_LINUX32, 0xffffffff,
};

/* Those that clone(2) can make; CLONE_NEWTIME is of clone3(2) only. */
enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
		     CLONE_NEWPID | CLONE_NEWNET,
};

static bool has_capability(const struct spec *spec, const char *name)
{
	const struct spec_capabilities *sets = spec->process ? spec->process->capabilities : NULL;
	const struct json_strings *bounding = sets ? sets->bounding : NULL;

	for (size_t i = 0; bounding && i < bounding->count; i++)
		if (strcmp(bounding->item[i], name) == 0)
			return true;
	return false;
}

/* A rule for calls to come; borrowed until the next one. */
static struct spec_seccomp_rule *add_rule(struct spec *io_spec, enum spec_seccomp_action action)
{
	struct spec_seccomp_rules *rules = io_spec->linux_part->seccomp->syscalls;
	struct spec_seccomp_rule *rule;

	rules->item = arena_grow(&io_spec->arena, rules->item, rules->count, sizeof(*rules->item));
	rule = &rules->item[rules->count++];
	*rule = (struct spec_seccomp_rule){ .action = { true, action } };
	return rule;
}

/* The texts are constants and stay where they are; nobody writes into a spec's texts. */
static struct json_strings *list_of(struct spec *io_spec, const char *const *names, size_t count)
{
	struct json_strings *list = arena_new(&io_spec->arena, sizeof(*list));

	list->count = count;
	list->item = arena_new(&io_spec->arena, (count + 1) * sizeof(*list->item));
	memcpy(list->item, names, count * sizeof(*list->item));
	return list;
}

static void allow(struct spec *io_spec, const char *const *calls, size_t count)
{
	add_rule(io_spec, SPEC_ACT_ALLOW)->names = list_of(io_spec, calls, count);
}

static void allow_if(struct spec *io_spec, const char *call, struct spec_seccomp_arg condition)
{
	struct spec_seccomp_rule *rule = add_rule(io_spec, SPEC_ACT_ALLOW);

	rule->names = list_of(io_spec, &call, 1);
	rule->args = arena_new(&io_spec->arena, sizeof(*rule->args));
	rule->args->count = 1;
	rule->args->item = arena_new(&io_spec->arena, sizeof(condition));
	*rule->args->item = condition;
}

static struct spec_seccomp_arg first_is(enum spec_seccomp_operator op, uint64_t value)
{
	return (struct spec_seccomp_arg){
		.index = { true, 0 },
		.value = { true, value },
		.op = { true, op },
	};
}

static size_t count_of(const char *const *calls)
{
	size_t count = 0;

	while (calls[count])
		count++;
	return count;
}

static void add_granted(struct spec *io_spec)
{
	for (size_t i = 0; i < countof(granted); i++)
		if (has_capability(io_spec, granted[i].capability))
			allow(io_spec, granted[i].calls, count_of(granted[i].calls));
}

/*
 * Whoever may not make namespaces gets processes and threads all the same. On s390 the
 * flags are the second argument of clone(2).
 */
static void add_clone(struct spec *io_spec)
{
	static const char *const clone3 = "clone3";
	struct spec_seccomp_arg no_namespace = first_is(SPEC_CMP_MASKED_EQ, NAMESPACES);
	struct spec_seccomp_rule *rule;

	if (has_capability(io_spec, "CAP_SYS_ADMIN"))
		return;
#if defined(__s390__)
	no_namespace.index.value = 1;
#endif
	no_namespace.value_two = (struct maybe_uint){ true, 0 };
	allow_if(io_spec, "clone", no_namespace);
	rule = add_rule(io_spec, SPEC_ACT_ERRNO);
	rule->errno_ret = (struct maybe_uint){ true, ENOSYS };
	rule->names = list_of(io_spec, &clone3, 1);
}

/*
 * Sockets to the machine's own hypervisor (AF_VSOCK) know no network namespace, and AF_ALG is a
 * large piece of kernel for nobody. What is allowed is listed, not what is refused: the
 * filter sees 64 bits of the argument and the kernel takes 32, so "not 40" could be passed by.
 */
static void add_sockets(struct spec *io_spec)
{
	allow_if(io_spec, "socket", first_is(SPEC_CMP_LT, FIRST_REFUSED_FAMILY));
	for (size_t i = 0; i < countof(further_families); i++)
		allow_if(io_spec, "socket", first_is(SPEC_CMP_EQ, further_families[i]));
}

/* The machine's own architecture is always in; these are the others that it can run. */
static void add_arches(struct spec *io_spec)
{
#if defined(__x86_64__)
	static const char *const arches[] = {
		"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32",
	};
#elif defined(__aarch64__)
	static const char *const arches[] = { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" };
#elif defined(__s390x__)
	static const char *const arches[] = { "SCMP_ARCH_S390X", "SCMP_ARCH_S390" };
#else
	static const char *const arches[] = { NULL };
#endif

	if (arches[0])
		io_spec->linux_part->seccomp->architectures =
			list_of(io_spec, arches, countof(arches));
}

void spec_default_seccomp(struct spec *io_spec)
{
	struct spec_seccomp *seccomp = arena_new(&io_spec->arena, sizeof(*seccomp));

	if (!io_spec->linux_part)
		io_spec->linux_part = arena_new(&io_spec->arena, sizeof(*io_spec->linux_part));
	io_spec->linux_part->seccomp = seccomp;
	seccomp->default_action = (struct maybe_enum){ true, SPEC_ACT_ERRNO };
	seccomp->default_errno_ret = (struct maybe_uint){ true, EPERM };
	seccomp->syscalls = arena_new(&io_spec->arena, sizeof(*seccomp->syscalls));
	add_arches(io_spec);
	allow(io_spec, ordinary, countof(ordinary));
	add_granted(io_spec);
	add_clone(io_spec);
	add_sockets(io_spec);
	for (size_t i = 0; i < countof(personalities); i++)
		allow_if(io_spec, "personality", first_is(SPEC_CMP_EQ, personalities[i]));
}
