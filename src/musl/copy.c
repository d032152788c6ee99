// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copy - memcpy(3) for pieces of a few bytes
 *
 * jansson takes a text byte by byte and copies each into its buffer. musl has one instruction for
 * all sizes, which takes its time before the first byte: 7 % of all that `husk exec` costs. The
 * linker puts this in front of it (--wrap=memcpy).
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void *__real_memcpy(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);

/* The two ends of a piece, which meet or overlap in the middle: both are read first. */
#define COPY_ENDS(type, to, from, size)                                               \
	do {                                                                          \
		type first_, last_;                                                   \
		__builtin_memcpy(&first_, from, sizeof(type));                        \
		__builtin_memcpy(&last_, (from) + (size) - sizeof(type), sizeof(type)); \
		__builtin_memcpy(to, &first_, sizeof(type));                          \
		__builtin_memcpy((to) + (size) - sizeof(type), &last_, sizeof(type)); \
	} while (0)

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
	char *begin = to;
	const char *source = from;

	if (size > 2 * sizeof(uint64_t))
		return __real_memcpy(to, from, size);
	if (size >= sizeof(uint64_t))
		COPY_ENDS(uint64_t, begin, source, size);
	else if (size >= sizeof(uint32_t))
		COPY_ENDS(uint32_t, begin, source, size);
	else if (size >= sizeof(uint16_t))
		COPY_ENDS(uint16_t, begin, source, size);
	else if (size)
		*begin = *source;
	return to;
}
