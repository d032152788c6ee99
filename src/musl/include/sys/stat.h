// SPDX-License-Identifier: GPL-2.0-or-later
/* sys/stat.h - musl's, and what glibc's has besides (see musl/lacks.c) */
#ifndef HUSK_MUSL_INCLUDE_SYS_STAT_H
#define HUSK_MUSL_INCLUDE_SYS_STAT_H

#include_next <sys/stat.h>

#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif

int statx(int dir_fd, const char *path, int flags, unsigned int mask, struct statx *ret_status);

#endif
