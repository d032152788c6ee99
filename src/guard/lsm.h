// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lsm - the label that AppArmor or SELinux gives the program at the next exec
 *
 * A label that was asked for and cannot be given is an error, always.
 */
#ifndef HUSK_GUARD_LSM_H
#define HUSK_GUARD_LSM_H

#include "base/error.h"

/**
 * guard_lsm_apply_exec - labels for the next execve(2) of the calling thread
 *
 * @proc_fd:          of procfs_open.
 * @apparmor_profile: NULL, "" and "unconfined" ask for nothing.
 * @selinux_label:    NULL and "" ask for nothing.
 *
 * Returns 0; -EOPNOTSUPP when the kernel runs without the one that is asked for; an errno of the
 * write: -ENOENT for an AppArmor profile that is not loaded, -EINVAL for no SELinux context.
 * Source: proc(5), /proc/PID/attr.
 */
MUST_USE int guard_lsm_apply_exec(int proc_fd, const char *apparmor_profile,
				  const char *selinux_label, struct error *err);

/**
 * guard_lsm_set_key_label - the SELinux label of keyrings made from now on
 *
 * @selinux_label: NULL takes the label away again; so does "".
 */
MUST_USE int guard_lsm_set_key_label(int proc_fd, const char *selinux_label, struct error *err);

#endif
