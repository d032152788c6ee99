// SPDX-License-Identifier: GPL-2.0-or-later
/* string.h - musl's, and what glibc's has besides (see musl/words.c) */
#ifndef HUSK_MUSL_INCLUDE_STRING_H
#define HUSK_MUSL_INCLUDE_STRING_H

#include_next <string.h>

const char *strerrorname_np(int code);

#endif
