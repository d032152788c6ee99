// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysctl - kernel parameters of the container's own namespaces
 */
#ifndef HUSK_NS_SYSCTL_H
#define HUSK_NS_SYSCTL_H

#include <stdint.h>

#include "base/error.h"
#include "json/bind.h"

/**
 * ns_sysctl_check - is each name one that belongs to a namespace of the container? Pure.
 *
 * @sysctls:    NULL for none.
 * @namespaces: CLONE_NEW* flags of the namespaces that are not the host's, as ns_owned gives.
 *
 * Names and the namespaces that they belong to: spec/sysctl.h.
 *
 * Returns 0, or -EINVAL (a malformed name) or -EPERM (not the container's), the name in the text.
 */
MUST_USE int ns_sysctl_check(const struct json_pairs *sysctls, uint64_t namespaces,
			     struct error *err);

/**
 * ns_sysctl_apply - write each value
 *
 * By a process inside the container's namespaces: the files below /proc/sys act on the
 * namespaces of who writes.
 *
 * @proc_fd: of procfs_open.
 */
MUST_USE int ns_sysctl_apply(const struct json_pairs *sysctls, int proc_fd, struct error *err);

#endif
