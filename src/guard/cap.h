// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cap - the five capability sets of the container's process
 *
 * The order around the change of user:
 *
 *	guard_cap_limit_bounding	needs CAP_SETPCAP
 *	guard_cap_keep
 *	guard_user_apply		drops the effective set, keeps the permitted one
 *	guard_cap_apply
 *
 * Source: capabilities(7).
 */
#ifndef HUSK_GUARD_CAP_H
#define HUSK_GUARD_CAP_H

#include <stdint.h>

#include "base/error.h"
#include "spec/spec.h"

/* Bit N is the capability of number N. */
struct guard_cap_plan {
	uint64_t bounding, effective, permitted, inheritable, ambient;
};

/* "CAP_CHOWN" for 0; NULL for a number that no name is known for. */
const char *guard_cap_name(unsigned int number);

/* All capabilities that the running kernel has. */
uint64_t guard_cap_known(void);

/**
 * guard_cap_own - the capabilities the caller could hand on: its permitted set
 *
 * Right for a container without a user namespace. In a new user namespace the first process
 * has them all: guard_cap_known.
 */
MUST_USE int guard_cap_own(uint64_t *ret_available, struct error *err);

/**
 * guard_cap_plan - names to sets; touches nothing but the log
 *
 * @capabilities: NULL gives five empty sets.
 * @available:    what there is to give. A name outside of it, and an unknown name, is left
 *                out with a warning, as the specification asks.
 *
 * Returns 0, or -EPERM when the effective set is not within the permitted one.
 */
MUST_USE int guard_cap_plan(const struct spec_capabilities *capabilities, uint64_t available,
			    struct guard_cap_plan *ret_plan, struct error *err);

/* Drops all of the bounding set that the plan has not. Before the change of user. */
MUST_USE int guard_cap_limit_bounding(const struct guard_cap_plan *plan, struct error *err);

/* Lets the permitted set survive the change from user 0 to another. */
MUST_USE int guard_cap_keep(struct error *err);

/**
 * guard_cap_apply - effective, permitted, inheritable and ambient set, exactly
 *
 * After the change of user. Ambient capabilities that the kernel does not raise (they
 * must be permitted and inheritable) are one warning.
 */
MUST_USE int guard_cap_apply(const struct guard_cap_plan *plan, struct error *err);

/**
 * guard_cap_keep_only - give up all others, effective and permitted, for good
 *
 * Those of @set that we have become effective. The inheritable and ambient set keep no others
 * either; the bounding set stays.
 */
MUST_USE int guard_cap_keep_only(uint64_t set, struct error *err);

#endif
