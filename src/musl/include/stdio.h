// SPDX-License-Identifier: GPL-2.0-or-later
/* stdio.h - musl's, and what glibc's has besides (see musl/lacks.c) */
#ifndef HUSK_MUSL_INCLUDE_STDIO_H
#define HUSK_MUSL_INCLUDE_STDIO_H

#include_next <stdio.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1U << 0)
#endif

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned int flags);

#endif
