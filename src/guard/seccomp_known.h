// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp_known - what libseccomp and the running kernel know of seccomp, for `features`
 */
#ifndef HUSK_GUARD_SECCOMP_KNOWN_H
#define HUSK_GUARD_SECCOMP_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * guard_seccomp_known_arch - the architectures of the specification that a profile may name
 *
 * Number @i of those that this libseccomp knows, "SCMP_ARCH_X86_64"; NULL behind the last.
 */
const char *guard_seccomp_known_arch(size_t i);

/* The name of a system call of this machine by its number; NULL: unknown. The caller frees it. */
char *guard_seccomp_known_call(int number);

/* Whether the kernel takes a filter with this one of the SECCOMP_FILTER_FLAG_* bits. */
bool guard_seccomp_known_flag(unsigned int flag);

/* Whether the kernel takes filters at all. */
bool guard_seccomp_known_filter(void);

/* Whether a filter may leave the verdict to another process (Linux 5.0). */
bool guard_seccomp_known_notify(void);

#endif
