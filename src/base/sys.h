// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sys - system calls that the C library has no function for
 *
 * The only room that calls syscall(2). Each function has the errno semantics of
 * its man page: -1 and errno. On a kernel without the call errno is ENOSYS.
 */
#ifndef HUSK_BASE_SYS_H
#define HUSK_BASE_SYS_H

#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

union bpf_attr;

/* clone3(2), Linux 5.3. Without CLONE_VM: the child returns 0 on a copy of the stack. */
pid_t sys_clone3(struct clone_args *args);

/* openat2(2), Linux 5.6. */
int sys_openat2(int dir_fd, const char *path, const struct open_how *how);

/* pivot_root(2). */
int sys_pivot_root(const char *new_root, const char *put_old);

/* pidfd_open(2), Linux 5.3. */
int sys_pidfd_open(pid_t pid, unsigned int flags);

/* pidfd_send_signal(2), Linux 5.1, without siginfo. */
int sys_pidfd_send_signal(int pid_fd, int signal);

/**
 * sys_pidfd_end - the wait status of a process that has been reaped
 *
 * ioctl(PIDFD_GET_INFO) with PIDFD_INFO_EXIT, Linux 6.15. ENODATA: it has not been reaped yet;
 * ENOTTY or EINVAL: an older kernel.
 */
int sys_pidfd_end(int pid_fd, int *ret_wait_status);

/* keyctl(2): KEYCTL_JOIN_SESSION_KEYRING. Returns the key's serial number. */
long sys_join_session_keyring(const char *name);

/* keyctl(2): KEYCTL_SETPERM. @permissions is a mask of keyrings(7) rights. */
int sys_set_key_permissions(long key, uint32_t permissions);

/*
 * rt_sigaction(2): the default disposition. The C library's sigaction(2) refuses the
 * two signals that it uses itself, though a caller may have left them ignored.
 */
int sys_reset_signal(int signal);

/* True for the number of rt_sigtimedwait(2), which sigwait(3) is as well. */
bool sys_is_signal_wait(long call);

/* ioprio_set(2) for the calling process. @value is IOPRIO_PRIO_VALUE(class, level). */
int sys_ioprio_set(int value);

/* struct sched_attr of sched_setattr(2); older C libraries and uapi headers clash over it. */
struct sys_sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

/* sched_setattr(2) for the calling thread, Linux 3.14. */
int sys_sched_setattr(const struct sys_sched_attr *attr);

/* seccomp(2), Linux 3.17. */
int sys_seccomp(unsigned int operation, unsigned int flags, void *args);

/* bpf(2). */
int sys_bpf(int command, union bpf_attr *attr, unsigned int size);

/* set_mempolicy(2). @max_node counts bits. */
int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max_node);

/* getcwd(2) as the kernel answers: "(unreachable)..." when the root does not hold it. */
int sys_getcwd(char *buf, size_t size);

/* capset(2) and capget(2) for the calling thread, version 3: two 32-bit halves of each set. */
struct sys_capabilities {
	uint64_t effective, permitted, inheritable;
};
int sys_capset(const struct sys_capabilities *sets);
int sys_capget(struct sys_capabilities *ret_sets);

#endif
