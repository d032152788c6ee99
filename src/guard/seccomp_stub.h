// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seccomp_stub - instructions in front of a filter: ENOSYS for what is younger than it
 *
 * A profile was written at some time. A call that the kernel has got since is denied by it,
 * mostly with EPERM, and a C library that knows the call takes that for an answer, where ENOSYS
 * would have made it use the older one. So for each architecture of the filter every
 * number above the highest that the profile names is answered ENOSYS.
 *
 * Pure.
 */
#ifndef HUSK_GUARD_SECCOMP_STUB_H
#define HUSK_GUARD_SECCOMP_STUB_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GUARD_SECCOMP_ARCHES = 24,
	GUARD_SECCOMP_STUB_MAX = 1 + 6 * GUARD_SECCOMP_ARCHES,
};

/* A zeroed one is empty. */
struct guard_seccomp_stub {
	size_t count;
	struct guard_seccomp_stub_arch {
		uint32_t token; /* libseccomp's SCMP_ARCH_* */
		int64_t newest; /* the highest number that is named, -1 for none */
	} arch[GUARD_SECCOMP_ARCHES];
};

/* Once more for one that is there already changes nothing. All of them before the calls. */
void guard_seccomp_stub_add_arch(struct guard_seccomp_stub *io_stub, uint32_t token);

/* A call that the profile names, whatever it says about it. */
void guard_seccomp_stub_add_call(struct guard_seccomp_stub *io_stub, const char *name);

/* Returns how many instructions were written; what follows them is gone to for all else. */
size_t guard_seccomp_stub_write(const struct guard_seccomp_stub *stub,
				struct sock_filter ret_code[GUARD_SECCOMP_STUB_MAX]);

#endif
