// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * enter - be in the namespaces of a process that runs
 *
 * By its pidfd, all at once: the process is the same one for every namespace, and the kernel
 * takes those that belong to its user namespace with the rights inside it.
 */
#ifndef HUSK_NS_ENTER_H
#define HUSK_NS_ENTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * ns_enter_look - which namespaces of @pid are not the caller's
 *
 * To enter one's own would be refused (user), or need rights that are not needed.
 *
 * @ret_flags: CLONE_NEW* of those that differ. What this kernel has not is left out.
 * Returns 0; -ENOENT or -ESRCH when the process has ended; -EACCES without the right to look
 * at it (ptrace(2), PTRACE_MODE_READ).
 */
MUST_USE int ns_enter_look(pid_t pid, uint64_t *ret_flags, struct error *err);

/**
 * ns_enter - go into the namespaces @flags of the process @pid_fd
 *
 * pid and time hold for children; a mount namespace brings its root as root and working
 * directory. The caller has one thread.
 * Source: setns(2), with a pidfd since Linux 5.8.
 */
MUST_USE int ns_enter(int pid_fd, uint64_t flags, struct error *err);

/* Is setgroups(2) switched off in the user namespace of @pid? Asked from outside. */
MUST_USE int ns_enter_denies_setgroups(pid_t pid, bool *ret_is_denied, struct error *err);

#endif
