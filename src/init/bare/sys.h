// SPDX-License-Identifier: 0BSD
/*
 * sys - the system calls of husk-init, made without a C library
 *
 * Each returns what the kernel returns: a value, or a negative errno. The files of bare/ are
 * linked into husk-init, and some of them into the floors of bench/; into nothing else.
 */
#ifndef HUSK_INIT_BARE_SYS_H
#define HUSK_INIT_BARE_SYS_H

#include <asm/unistd.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* One, three or five arguments: what is not needed is not loaded. */
#if defined(__x86_64__)

static inline long sys_call1(long number, long a)
{
	long result = number;

	__asm__ volatile("syscall" : "+a"(result) : "D"(a) : "rcx", "r11", "memory");
	return result;
}

static inline long sys_call3(long number, long a, long b, long c)
{
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long sys_call5(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result = number;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static inline long sys_call1(long number, long a)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8) : "memory");
	return x0;
}

static inline long sys_call3(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}

static inline long sys_call5(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}

#else
#error "husk-init knows the system calls of x86-64 and arm64 only"
#endif

#define SYS_1(name, a) sys_call1(__NR_##name, (long)(a))
#define SYS_2(name, a, b) SYS_3(name, a, b, 0)
#define SYS_3(name, a, b, c) sys_call3(__NR_##name, (long)(a), (long)(b), (long)(c))
#define SYS_4(name, a, b, c, d) SYS_5(name, a, b, c, d, 0)
#define SYS_5(name, a, b, c, d, e) \
	sys_call5(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/* The kernel's set of signals: signal n is bit n-1. */
#define SYS_SIGNALS_ALL (~UINT64_C(0))
#define SYS_SIGNAL_BIT(signal) (UINT64_C(1) << ((signal) - 1))

/* As the kernel has it; all zero is SIG_DFL on both processors. */
struct sys_action {
	unsigned long handler, flags, restorer, mask;
};

static inline int sys_signal_mask(int how, const uint64_t *mask, uint64_t *ret_before)
{
	return (int)SYS_4(rt_sigprocmask, how, mask, ret_before, sizeof(*mask));
}

static inline void sys_signal_default(int signal)
{
	static const struct sys_action standard;

	SYS_4(rt_sigaction, signal, &standard, NULL, sizeof(uint64_t));
}

/* @timeout NULL: for ever. */
static inline int sys_signal_wait(const uint64_t *set, siginfo_t *ret_info,
				  const struct timespec *timeout)
{
	return (int)SYS_4(rt_sigtimedwait, set, ret_info, timeout, sizeof(*set));
}

static inline int sys_kill(pid_t pid, int signal)
{
	return (int)SYS_2(kill, pid, signal);
}

static inline int sys_signal_queue(pid_t pid, int signal, const siginfo_t *info)
{
	return (int)SYS_3(rt_sigqueueinfo, pid, signal, info);
}

static inline int sys_pidfd_open(pid_t pid)
{
	return (int)SYS_2(pidfd_open, pid, 0);
}

static inline int sys_pidfd_send_signal(int fd, int signal, const siginfo_t *info, unsigned flags)
{
	return (int)SYS_4(pidfd_send_signal, fd, signal, info, flags);
}

static inline pid_t sys_wait(pid_t pid, int *ret_status, int options)
{
	return (pid_t)SYS_4(wait4, pid, ret_status, options, NULL);
}

static inline pid_t sys_pid(void)
{
	return (pid_t)SYS_1(getpid, 0);
}

static inline pid_t sys_group_of(pid_t pid)
{
	return (pid_t)SYS_1(getpgid, pid);
}

static inline int sys_set_group(pid_t pid, pid_t group)
{
	return (int)SYS_2(setpgid, pid, group);
}

static inline int sys_new_session(void)
{
	return (int)SYS_1(setsid, 0);
}

static inline int sys_process_option(int option, unsigned long value)
{
	return (int)SYS_5(prctl, option, value, 0, 0, 0);
}

static inline int sys_execute(const char *path, char *const *argv, char *const *env)
{
	return (int)SYS_3(execve, path, argv, env);
}

static inline int sys_open_at(int folder_fd, const char *path, int flags, unsigned mode)
{
	return (int)SYS_4(openat, folder_fd, path, flags, mode);
}

static inline long sys_read(int fd, void *data, size_t size)
{
	return SYS_3(read, fd, data, size);
}

static inline long sys_write(int fd, const void *data, size_t size)
{
	return SYS_3(write, fd, data, size);
}

static inline int sys_close(int fd)
{
	return (int)SYS_1(close, fd);
}

static inline int sys_close_range(unsigned first, unsigned last)
{
	return (int)SYS_3(close_range, first, last, 0);
}

static inline long sys_entries(int fd, void *data, size_t size)
{
	return SYS_3(getdents64, fd, data, size);
}

static inline long sys_link_target(const char *path, char *data, size_t size)
{
	return SYS_4(readlinkat, -100 /* AT_FDCWD */, path, data, size);
}

static inline int sys_remove_at(int folder_fd, const char *path)
{
	return (int)SYS_3(unlinkat, folder_fd, path, 0);
}

static inline int sys_rename_at(int folder_fd, const char *from, const char *to)
{
	return (int)SYS_4(renameat, folder_fd, from, folder_fd, to);
}

static inline int sys_change_folder(const char *path)
{
	return (int)SYS_1(chdir, path);
}

static inline int sys_ioctl(int fd, unsigned long request, void *value)
{
	return (int)SYS_3(ioctl, fd, request, value);
}

static inline void sys_monotonic(struct timespec *ret_now)
{
	SYS_2(clock_gettime, CLOCK_MONOTONIC, ret_now);
}

static inline _Noreturn void sys_exit(int code)
{
	for (;;)
		SYS_1(exit_group, code);
}

/**
 * sys_spawn - as vfork(2): @run in a child that borrows our memory until it has executed
 *
 * It runs below our stack and must not return. Returns the child's pid, or a negative errno.
 */
pid_t sys_spawn(void (*run)(void *), void *argument);

#endif
