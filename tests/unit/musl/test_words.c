// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that husk has with musl, held against those of the C library that this runs with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

#define strerror	musl_strerror
#define strerrorname_np musl_strerrorname_np
char *strerror(int code);
const char *strerrorname_np(int code);
#include "musl/words.c"
#undef strerror
#undef strerrorname_np

enum { PAST_LAST = 4200 }; /* MAX_ERRNO of the kernel is 4095 */

TEST(words_are_those_of_glibc)
{
	for (int code = -1; code < PAST_LAST; code++)
		CHECK_STR(musl_strerror(code), strerror(code));
}

TEST(names_are_those_of_glibc)
{
	for (int code = -1; code < PAST_LAST; code++) {
		const char *name = strerrorname_np(code);

		if (name)
			CHECK_STR(musl_strerrorname_np(code), name);
		else
			CHECK_TRUE(!musl_strerrorname_np(code));
	}
}
