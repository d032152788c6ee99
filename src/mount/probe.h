// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe - what this kernel lets the caller mount, found out without a trace
 */
#ifndef HUSK_MOUNT_PROBE_H
#define HUSK_MOUNT_PROBE_H

#include <stdbool.h>

/**
 * mount_probe_overlay - can an overlay be stacked on the folder @lower?
 *
 * Makes the superblock of such an overlay, read-only and attached nowhere, and drops it. False
 * where the file system cannot be a lower layer, where the stack would get too deep, and for a
 * caller without CAP_SYS_ADMIN in the initial user namespace: in any other one the mounts below
 * "/" are locked to it, and the kernel clones no such tree for an overlay.
 */
bool mount_probe_overlay(const char *lower);

/* @path as a value of lowerdir=, where ':' separates and '\' escapes. The caller frees it. */
char *mount_probe_quote_lower(const char *path);

#endif
