// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ns - namespaces: which to make, which to join, and what is set in a new one
 *
 * ns_plan decides; ns_open, ns_join and the setters act. Making namespaces is one
 * clone3(2) of the caller's, with the flags of the plan.
 */
#ifndef HUSK_NS_NS_H
#define HUSK_NS_NS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "spec/spec.h"

struct ns_join {
	enum spec_namespace_type type;
	const char *path; /* borrowed from the spec */
	int fd;		  /* -1 until ns_open */
	bool is_own;	  /* set by ns_open: the caller is in it already */
};

struct ns_plan {
	uint64_t create; /* CLONE_NEW* of the namespaces to make */
	size_t join_count;
	struct ns_join join[SPEC_NAMESPACE_TYPES];
	/*
	 * A process between the runtime and the container is needed: it joins or
	 * unshares, and the container's first process is its child. So for a pid or time
	 * namespace that is joined (they hold for children), a user namespace that is joined
	 * (what is made next must belong to it), and time offsets (the namespace must
	 * still be empty when they are written).
	 */
	bool needs_entering;
	bool has_time_offsets;
};

/* The CLONE_NEW* flag of a type. */
uint64_t ns_flag(enum spec_namespace_type type);

/* The word of config.json: "network". */
const char *ns_word(enum spec_namespace_type type);

/* The name in /proc/PID/ns: "net". */
const char *ns_file(enum spec_namespace_type type);

/**
 * ns_plan - what linux.namespaces asks for; touches nothing
 *
 * A spec without "linux" or without namespaces gives an empty plan. Nothing to release
 * until ns_open.
 *
 * Returns 0, or -EINVAL: a type twice, a new user namespace without mappings, time
 * offsets without a new time namespace.
 */
MUST_USE int ns_plan(const struct spec *spec, struct ns_plan *ret_plan, struct error *err);

/**
 * ns_open - open what is to be joined, and look what it is
 *
 * Done by the runtime, in its own mount namespace. Also after an error: ns_close.
 *
 * Returns 0; -EINVAL when a path is no namespace or one of another type; an errno of open(2).
 * Source: ioctl_ns(2), NS_GET_NSTYPE.
 */
MUST_USE int ns_open(struct ns_plan *io_plan, struct error *err);

void ns_close(struct ns_plan *io_plan);

/**
 * ns_owned - the CLONE_NEW* flags of all namespaces that are not the caller's
 *
 * Made or joined, after ns_open: what the container may be given sysctls of.
 */
uint64_t ns_owned(const struct ns_plan *plan);

/**
 * ns_join - enter every opened namespace of the plan
 *
 * First those that the caller's present rights reach, then the user namespace, then, with
 * the rights inside it, the rest. One that the caller is in already is left out (the kernel
 * refuses to enter the own user namespace again). pid holds for children only.
 *
 * Returns 0, or an errno of setns(2).
 */
MUST_USE int ns_join(const struct ns_plan *plan, struct error *err);

/**
 * ns_write_time_offsets - offsets of the clocks of a namespace that is still empty
 *
 * Between unshare(CLONE_NEWTIME) and the first fork, while /proc is the host's.
 * Source: time_namespaces(7), /proc/PID/timens_offsets, Linux 5.6.
 */
MUST_USE int ns_write_time_offsets(const struct spec_time_offsets *offsets, struct error *err);

/* Sets "lo" of the caller's network namespace up. Source: netdevice(7). */
MUST_USE int ns_raise_loopback(struct error *err);

/* Host name and NIS domain name of the caller's UTS namespace; NULL leaves one as it is. */
MUST_USE int ns_set_names(const char *hostname, const char *domainname, struct error *err);

/* True in the first user namespace of the machine, told by its fixed inode number. */
MUST_USE int ns_is_initial_user(bool *ret_is_initial, struct error *err);

/**
 * ns_is_privileged - may the caller make namespaces without a user namespace?
 *
 * That is CAP_SYS_ADMIN in the effective set, not uid 0: a rootless engine runs us as uid 0
 * of a user namespace of its own, with it; a bare uid 0 can be without.
 */
MUST_USE int ns_is_privileged(bool *ret_is_privileged, struct error *err);

#endif
