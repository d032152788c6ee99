// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hide - the host's proc and sysfs mounts, taken away where pivot_root cannot do it;
 * for this folder alone
 */
#ifndef HUSK_MOUNT_HIDE_H
#define HUSK_MOUNT_HIDE_H

#include "base/error.h"
#include "mount/plan.h"

/**
 * mount_hide_host - no whole proc or sysfs of the host remains below "/"
 *
 * Who sees a whole one in its mount namespace may mount a fresh one in a new user namespace,
 * without the masks (fs/namespace.c, mount_too_revealing). So each outside of the container's root
 * is unmounted, or covered where it is locked (S-23).
 */
MUST_USE int mount_hide_host(const struct mount_run *run, struct error *err);

#endif
