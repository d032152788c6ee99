// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * attribute - what a process has that is neither identity nor namespace
 *
 * One function per attribute, for the calling process unless it takes a pid; the caller
 * knows the order. A NULL object is one that the configuration has not: nothing happens.
 * Errors name the JSON path. What spec_check has checked is not checked again.
 */
#ifndef HUSK_GUARD_ATTRIBUTE_H
#define HUSK_GUARD_ATTRIBUTE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/sys.h"
#include "spec/spec.h"

/**
 * guard_attribute_raise_rlimits - hard limits of @pid that are below the wanted ones
 *
 * By the runtime: to raise one needs CAP_SYS_RESOURCE in the initial user namespace, which
 * nobody inside a container has. Soft limits stay: the process still works under its old ones until
 * it sets the wanted ones itself. -EPERM without that capability. prlimit(2).
 */
MUST_USE int guard_attribute_raise_rlimits(pid_t pid, const struct spec_rlimits *rlimits,
					   struct error *err);

/* Exactly the wanted limits, soft and hard, of the caller; right before its exec. */
MUST_USE int guard_attribute_set_rlimits(const struct spec_rlimits *rlimits, struct error *err);

/**
 * guard_attribute_set_oom_score - how soon the kernel kills it when memory is gone
 *
 * @pid: as the caller's /proc numbers it. To be done by the runtime: lowering it below the value
 * that is there needs CAP_SYS_RESOURCE.
 *
 * -EACCES from the kernel is passed over when the value is there already. proc(5).
 */
MUST_USE int guard_attribute_set_oom_score(pid_t pid, int64_t score, struct error *err);

/* process.scheduler as the kernel wants it. What a policy does not have, spec_check refuses. */
struct sys_sched_attr guard_attribute_plan_scheduler(const struct spec_scheduler *scheduler);

/* Plans and applies. sched_setattr(2). */
MUST_USE int guard_attribute_set_scheduler(const struct spec_scheduler *scheduler,
					   struct error *err);

/* ioprio_set(2). */
MUST_USE int guard_attribute_set_io_priority(const struct spec_io_priority *priority,
					     struct error *err);

/**
 * guard_attribute_set_affinity - the CPUs to run on
 *
 * @cpus: "0-3,7"; NULL for all: what the caller of husk was bound to shall not stay.
 *
 * After the cgroup is entered, since the kernel keeps only what the cpuset allows.
 * -EINVAL for a bad list, and when nothing of it is allowed. sched_setaffinity(2).
 */
MUST_USE int guard_attribute_set_affinity(const char *cpus, struct error *err);

/* Before seccomp, which may deny personality(2). */
MUST_USE int guard_attribute_set_personality(const struct spec_personality *personality,
					     struct error *err);

/**
 * guard_attribute_set_memory_policy - from which NUMA nodes memory comes
 *
 * -EINVAL for a mode, or a node, that this kernel does not have.
 * set_mempolicy(2); inherited over fork and exec.
 */
MUST_USE int guard_attribute_set_memory_policy(const struct spec_memory_policy *policy,
					       struct error *err);

/* No exec gives rights from now on. PR_SET_NO_NEW_PRIVS. */
MUST_USE int guard_attribute_forbid_new_privileges(struct error *err);

/**
 * guard_attribute_join_keyring - a session keyring of the container's own
 *
 * One of this name that the caller may search is joined, else it is made: so exec
 * gets to the container's. Kernels without keys, and policies that deny keyctl(2), are
 * passed over with a debug line.
 */
MUST_USE int guard_attribute_join_keyring(const char *name, struct error *err);

enum guard_attribute_mask {
	GUARD_ATTRIBUTE_BLOCK_NONE, /* what any program expects */
	GUARD_ATTRIBUTE_BLOCK_ALL,  /* an init, which takes them from the queue */
};

/**
 * guard_attribute_reset_signals - signals get their default disposition, and a mask
 *
 * @ignored: those that may be ignored now, signal n in bit n - 1: exec(2) resets all others.
 * What is pending and stays blocked is kept. What becomes unblocked acts at once: for PID 1 of a
 * pid namespace, which has no handler here, that means it is lost.
 */
MUST_USE int guard_attribute_reset_signals(uint64_t ignored, enum guard_attribute_mask mask,
					   struct error *err);

/* For @ignored, where nobody has looked. */
#define GUARD_ATTRIBUTE_ALL_SIGNALS UINT64_MAX

/* Which signals we ignore: one file instead of a call for each. All, when it cannot be read. */
uint64_t guard_attribute_ignored_signals(void);

/* Until the next exec nobody but real root reads us in /proc or traces us. PR_SET_DUMPABLE. */
MUST_USE int guard_attribute_forbid_dump(struct error *err);

#endif
