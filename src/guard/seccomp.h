// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp - the system call filter: compiled early by the runtime, loaded late by the child
 *
 * libseccomp makes the filter, and stays in here; we load it. In front of it stands a stub
 * of our own: a system call younger than every name of the profile is answered ENOSYS, not
 * with the profile's denial, so that a C library falls back to the older call.
 *
 * Source: seccomp(2), seccomp_rule_add(3).
 */
#ifndef HUSK_GUARD_SECCOMP_H
#define HUSK_GUARD_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "spec/spec.h"

/* No pointer but the instructions: it can be made before a fork and used after it. */
struct guard_seccomp_program {
	struct sock_filter *filter;
	size_t count;
	unsigned int flags; /* SECCOMP_FILTER_FLAG_* of seccomp(2) */
	bool needs_notify;  /* a rule notifies: loading gives a listener descriptor */
};

/**
 * guard_seccomp_compile - linux.seccomp as a program for the kernel
 *
 * Asks the running kernel which flags and actions it has, and changes nothing.
 * A system call name that libseccomp does not know is passed over with a debug line. A rule
 * that says what the default says is left out. Several conditions of one rule hold together,
 * unless one argument is named twice: then each of them is enough, as other runtimes have it.
 *
 * Returns 0, or a negative errno, the JSON path in the text: -EINVAL for what is not known, not
 * supported here, or not allowed (an errno for an action without one, NOTIFY as default action
 * or on write); -E2BIG over the kernel's 4096 instructions.
 * *@ret_program is released with guard_seccomp_clear.
 */
MUST_USE int guard_seccomp_compile(const struct spec_seccomp *seccomp,
				   struct guard_seccomp_program *ret_program,
				   struct error *err);

/* -EINVAL for the first system call name that libseccomp does not know. */
MUST_USE int guard_seccomp_check_names(const struct spec_seccomp *seccomp, struct error *err);

/**
 * guard_seccomp_take_code - a program that was compiled elsewhere
 *
 * @code: @size bytes, an array of struct sock_filter; copied. The kernel checks what it does.
 *
 * Returns 0, guard_seccomp_set_flags comes next; -EINVAL or -E2BIG for a size that no program has.
 */
MUST_USE int guard_seccomp_take_code(const void *code, size_t size,
				     struct guard_seccomp_program *ret_program,
				     struct error *err);

/**
 * guard_seccomp_set_flags - with which flags it is loaded, by what the running kernel has
 *
 * Done by guard_seccomp_compile. @seccomp: NULL counts as one without "flags".
 * Returns 0; -ENOSYS when the kernel takes no filter; -EINVAL for a flag that it does not have.
 */
MUST_USE int guard_seccomp_set_flags(const struct spec_seccomp *seccomp,
				     struct guard_seccomp_program *io_program,
				     struct error *err);

/**
 * guard_seccomp_load - put the filter on the calling process, for ever
 *
 * @ret_notify_fd: the listener when the program needs one, close-on-exec; else -1.
 *
 * Returns 0; -EACCES without no_new_privs and without CAP_SYS_ADMIN.
 */
MUST_USE int guard_seccomp_load(const struct guard_seccomp_program *program, int *ret_notify_fd,
				struct error *err);

/* Which libseccomp this is, "2.5.4"; the caller frees it. */
char *guard_seccomp_library_version(void);

void guard_seccomp_clear(struct guard_seccomp_program *io_program);

#endif
