// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device - which devices a container may open and make; touches nothing
 *
 * linux.resources.devices is an ordered list, and the last rule that matches decides, for
 * each of read, write and mknod alone: opening for both needs both. A rule of type "a" for
 * all devices and all access starts anew. Without any rule nothing is allowed. After the
 * caller's rules come those of the devices that every container has (null, zero, full, random,
 * urandom, tty, ptmx, ptys, tun; mknod of anything, which lets nobody open it).
 *
 * Cgroup v1 takes lines, v2 takes a BPF program.
 * Source: config-linux.md, "Allowed Device list"; admin-guide/cgroup-v1/devices.rst;
 * cgroup-v2.rst, "Device controller".
 */
#ifndef HUSK_CGROUP_DEVICE_H
#define HUSK_CGROUP_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/limit.h"
#include "spec/spec.h"

struct bpf_insn;

enum { DEVICE_ANY = -1 };

struct device_rule {
	bool allow;
	char type; /* 'b', 'c', or 'a' for both */
	int64_t major, minor; /* or DEVICE_ANY */
	unsigned int access;  /* BPF_DEVCG_ACC_MKNOD, _READ, _WRITE */
	const char *property; /* "linux.resources.devices[3]"; NULL: one of our own */
};

/* Rules in their order, after the last one that started anew. */
struct device_policy {
	bool allow; /* what no rule matches */
	size_t count;
	struct device_rule *rule;
	struct arena arena;
};

#define autodevice autoclean(cgroup_device_clear)

/**
 * cgroup_device_parse - the caller's rules (or NULL) and our own
 *
 * -EINVAL names the rule whose type, numbers or access are wrong. @ret_policy is released with
 * cgroup_device_clear.
 */
MUST_USE int cgroup_device_parse(const struct spec_device_rules *rules,
				 struct device_policy *ret_policy, struct error *err);

/**
 * cgroup_device_plan - the policy as lines for devices.allow and devices.deny (v1)
 *
 * The kernel keeps one default and a set of exceptions; it cannot take one device out of
 * a wider exception. -ENOTSUP names the rule that would need that.
 */
MUST_USE int cgroup_device_plan(const struct device_policy *policy, struct limit_plan *io_plan,
				struct error *err);

/**
 * cgroup_device_program - the policy as a program of type BPF_PROG_TYPE_CGROUP_DEVICE (v2)
 *
 * @ret_program: @ret_count instructions in @io_arena.
 */
void cgroup_device_program(const struct device_policy *policy, struct arena *io_arena,
			   struct bpf_insn **ret_program, size_t *ret_count);

void cgroup_device_clear(struct device_policy *io_policy);

#endif
