// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ns - the namespaces that a process lives in, and how they lie in each other
 *
 * A namespace is held as a descriptor on a file of /proc/PID/ns; to open one takes the right
 * to look at the process (ptrace(2), PTRACE_MODE_READ). What lies outside of the caller's own
 * namespace cannot be seen and counts as not there. Source: namespaces(7), ioctl_ns(2).
 */
#ifndef HUSK_PROC_NS_H
#define HUSK_PROC_NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * proc_ns_open - a descriptor on the namespace @name ("pid", "user") of @pid
 *
 * Returns it, close-on-exec; -ENOENT when the process is gone, a zombie or has none; -EACCES
 * or -EPERM without the right.
 */
MUST_USE int proc_ns_open(pid_t pid, const char *name, struct error *err);

/* The number in "pid:[4026531836]"; 0 when it cannot be told. */
uint64_t proc_ns_inode(int ns_fd);

bool proc_ns_is_same(int one_fd, int other_fd);

/* The pid or user namespace that the machine was started with. */
bool proc_ns_is_first(int ns_fd);

/* True when @inner_fd is @outer_fd or a namespace made in it, at any depth. */
bool proc_ns_holds(int outer_fd, int inner_fd);

/**
 * proc_ns_has_capability - whether a capability counts in a user namespace
 *
 * @own_fd:  the user namespace of the process that has it.
 * @over_fd: the one it shall count in.
 * @has:     the process has the capability in its effective set.
 * @uid:     its effective user id: it owns the namespaces it made.
 *
 * Source: user_namespaces(7); security/commoncap.c, cap_capable.
 */
bool proc_ns_has_capability(int own_fd, int over_fd, bool has, uid_t uid);

/**
 * proc_ns_find_pid - the process that has @number within a pid namespace
 *
 * Returns its number in the caller's namespace; -ESRCH when there is none.
 * Source: NS_GET_TGID_FROM_PIDNS, Linux 6.11; before that all processes are looked at.
 */
MUST_USE int proc_ns_find_pid(int pid_ns_fd, pid_t number, struct error *err);

/**
 * proc_ns_find_name - the process with the name @name within a pid namespace
 *
 * Returns its number in the caller's namespace; -ESRCH when there is none; -EEXIST when there
 * are several: the text has their numbers.
 */
MUST_USE int proc_ns_find_name(int pid_ns_fd, const char *name, struct error *err);

#endif
