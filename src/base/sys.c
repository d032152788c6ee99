// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sys.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t sys_clone3(struct clone_args *args)
{
	return (pid_t)syscall(SYS_clone3, args, sizeof(*args));
}

int sys_openat2(int dir_fd, const char *path, const struct open_how *how)
{
	return (int)syscall(SYS_openat2, dir_fd, path, how, sizeof(*how));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

int sys_pidfd_send_signal(int pid_fd, int signal)
{
	return (int)syscall(SYS_pidfd_send_signal, pid_fd, signal, NULL, 0);
}

/* struct pidfd_info of include/uapi/linux/pidfd.h, version 0, which these headers lack. */
struct pidfd_info_0 {
	uint64_t mask, cgroup_id;
	uint32_t pid, tgid, ppid;
	uint32_t ids[8];
	int32_t exit_code;
};

int sys_pidfd_end(int pid_fd, int *ret_wait_status)
{
	enum { GET_INFO = 11, PIDFS_MAGIC = 0xff, INFO_EXIT = 1 << 3 };
	struct pidfd_info_0 info = { .mask = INFO_EXIT };

	if (ioctl(pid_fd, _IOWR(PIDFS_MAGIC, GET_INFO, struct pidfd_info_0), &info) < 0)
		return -1;
	if (!(info.mask & INFO_EXIT)) {
		errno = ENODATA;
		return -1;
	}
	*ret_wait_status = info.exit_code;
	return 0;
}

long sys_join_session_keyring(const char *name)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
}

int sys_set_key_permissions(long key, uint32_t permissions)
{
	return (int)syscall(SYS_keyctl, KEYCTL_SETPERM, key, permissions);
}

int sys_reset_signal(int signal)
{
	/* Handler, flags, restorer, mask: all zero is SIG_DFL on every architecture. */
	static const unsigned long zeros[8];
	enum { KERNEL_SIGSET_BYTES = 8 };

	return (int)syscall(SYS_rt_sigaction, signal, zeros, NULL, KERNEL_SIGSET_BYTES);
}

bool sys_is_signal_wait(long call)
{
#ifdef SYS_rt_sigtimedwait_time64
	if (call == SYS_rt_sigtimedwait_time64)
		return true;
#endif
	return call == SYS_rt_sigtimedwait;
}

int sys_ioprio_set(int value)
{
	enum { WHO_PROCESS = 1 };

	return (int)syscall(SYS_ioprio_set, WHO_PROCESS, 0, value);
}

int sys_sched_setattr(const struct sys_sched_attr *attr)
{
	return (int)syscall(SYS_sched_setattr, 0, attr, 0);
}

int sys_seccomp(unsigned int operation, unsigned int flags, void *args)
{
	return (int)syscall(SYS_seccomp, operation, flags, args);
}

int sys_bpf(int command, union bpf_attr *attr, unsigned int size)
{
	return (int)syscall(SYS_bpf, command, attr, size);
}

int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max_node)
{
	return (int)syscall(SYS_set_mempolicy, mode, nodes, max_node);
}

int sys_getcwd(char *buf, size_t size)
{
	return syscall(SYS_getcwd, buf, size) < 0 ? -1 : 0;
}

static uint32_t low(uint64_t set)
{
	return (uint32_t)set;
}

static uint32_t high(uint64_t set)
{
	return (uint32_t)(set >> 32);
}

int sys_capset(const struct sys_capabilities *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ low(sets->effective), low(sets->permitted), low(sets->inheritable) },
		{ high(sets->effective), high(sets->permitted), high(sets->inheritable) },
	};

	return (int)syscall(SYS_capset, &header, data);
}

int sys_capget(struct sys_capabilities *ret_sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return -1;
	ret_sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret_sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret_sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}
