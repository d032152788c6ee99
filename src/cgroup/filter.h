// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * filter - the device program of a cgroup2 folder in the kernel
 */
#ifndef HUSK_CGROUP_FILTER_H
#define HUSK_CGROUP_FILTER_H

#include <stddef.h>

#include "base/error.h"

struct bpf_insn;

/**
 * cgroup_filter_attach - load a program and make it the one of @folder
 *
 * Programs that the folder already has are replaced, one at once, several after ours is in
 * place. Those of folders above stay: a device must be allowed by all.
 *
 * Returns 0; -EPERM without CAP_BPF and CAP_NET_ADMIN (CAP_SYS_ADMIN); -EINVAL on a kernel
 * without CONFIG_CGROUP_BPF. Source: bpf(2); the kernel's uapi/linux/bpf.h.
 */
MUST_USE int cgroup_filter_attach(const char *folder, const struct bpf_insn *program, size_t count,
				  struct error *err);

#endif
