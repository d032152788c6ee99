// SPDX-License-Identifier: GPL-2.0-or-later
/* sys/resource.h - musl's; a resource is an enum in glibc's, under this name */
#ifndef HUSK_MUSL_INCLUDE_SYS_RESOURCE_H
#define HUSK_MUSL_INCLUDE_SYS_RESOURCE_H

#include_next <sys/resource.h>

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): seen from other rooms */
enum __rlimit_resource { RLIMIT_MUSL_HAS_NO_ENUM };

#endif
