// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * missing - why the kernel does not let us record, and what works all the same
 *
 * The kernel says EPERM or EINVAL to many things; which one it is can be read elsewhere.
 */
#ifndef HUSK_TRACE_MISSING_H
#define HUSK_TRACE_MISSING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct missing_facts {
	uint64_t effective;	/* capabilities, as signal/set.h has signals: bit n is n */
	bool has_types;		/* /sys/kernel/btf/vmlinux is there */
	bool is_locked;		/* locked down for confidentiality: no program may read memory */
	bool is_in_namespace;	/* of users: its capabilities count for nothing here */
};

/*
 * What the facts say to @code, a negative errno of the attempt to @what. -EPERM and -ENOTSUP
 * mean that recording is not possible here. Pure.
 */
int missing_judge(const struct missing_facts *facts, int code, const char *what,
		  struct error *err);

/* The same, with the facts of this process and its kernel. */
int missing_explain(int code, const char *what, struct error *err);

#endif
