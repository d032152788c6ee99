// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "test.h"

#include "musl/copy.c"

enum { ROOM = 64, OTHER = '#' };

/* Stands for the one of the library. */
void *__real_memcpy(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

static void check(size_t from_at, size_t to_at, size_t size)
{
	char from[2 * ROOM], to[2 * ROOM], expected[2 * ROOM];

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (char)i;
	memset(to, OTHER, sizeof(to));
	memset(expected, OTHER, sizeof(expected));
	memmove(expected + to_at, from + from_at, size);
	CHECK_TRUE(__wrap_memcpy(to + to_at, from + from_at, size) == to + to_at);
	CHECK_INT(memcmp(to, expected, sizeof(to)), 0);
}

TEST(every_size_is_copied_and_nothing_else)
{
	for (size_t size = 0; size < ROOM; size++)
		for (size_t from_at = 0; from_at < sizeof(uint64_t); from_at++)
			for (size_t to_at = 0; to_at < sizeof(uint64_t); to_at++)
				check(from_at, to_at, size);
}
