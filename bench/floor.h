// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor.h - what the two files of the floor share: text, the end on an error, its cgroups
 */
#ifndef HUSK_BENCH_FLOOR_H
#define HUSK_BENCH_FLOOR_H

#include <linux/sched.h>
#include <stdbool.h>

#include "init/bare/sys.h"

#ifndef __x86_64__
#error "the floor makes its clone on x86-64 only"
#endif

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
/* What failed, in the words of the source. */
#define MUST(call) must((call), #call)

/* The system call itself: the child goes on in this frame while we are held, as after vfork(2). */
static inline __attribute__((always_inline)) long clone_here(struct clone_args *args)
{
	long result = __NR_clone3;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(args), "S"(sizeof(*args))
			 : "rcx", "r11", "memory");
	return result;
}

/* @text at @end; returns the new end. */
char *append(char *end, const char *text);
char *append_number(char *end, long number);

void put(int fd, const char *text);

/* @result, or the end of the program when it is an error. */
long must(long result, const char *what);

/* A cgroup of this process and @number in the v2 tree. Returns a descriptor of it. */
int cgroup_make(int number);

/* The cgroup of a process, in the v2 tree. */
int cgroup_open_of(pid_t pid);

/* The same in each v1 tree, and @pid moved there; and the trees as a container mounts them. */
void cgroup_join_v1(int number, pid_t pid);
void cgroup_mount_v1(void);

void cgroup_remove(int number, bool is_v1);

#endif
