// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sysctl - which kernel parameters belong to a namespace, and to which kind
 *
 * The rest of /proc/sys is the whole machine's, and no container's to set.
 * Source: namespaces(7), sysctl.d(5).
 */
#ifndef HUSK_SPEC_SYSCTL_H
#define HUSK_SPEC_SYSCTL_H

#include "spec/spec.h"

/**
 * spec_sysctl_path - a name as the path of its file below /proc/sys
 *
 * Names have '.' or '/' between their parts: whichever comes first is the separator, and the
 * other then stands for itself swapped, so that "net.ipv4.conf.eth0/1.rp_filter" and
 * "net/ipv4/conf/eth0.1/rp_filter" are one.
 *
 * Returns a path that the caller frees; NULL when a part of it is empty, "." or "..".
 */
char *spec_sysctl_path(const char *name);

/* The enum spec_namespace_type that @path belongs to, or -1 for the machine's. */
int spec_sysctl_namespace(const char *path);

#endif
