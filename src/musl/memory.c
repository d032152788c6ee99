// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory - a library that gets no memory ends husk, as base/mem does
 *
 * libseccomp 2.5 goes on with a null pointer when it writes a filter. glibc takes small pieces out
 * of a heap that is there already; musl asks the kernel for them, which may refuse. The linker puts
 * these in front of musl's (--wrap).
 */
#include <stddef.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);

static void *there(void *data)
{
	static const char line[] = "husk: out of memory\n";

	ssize_t written;

	if (data)
		return data;
	written = write(STDERR_FILENO, line, sizeof(line) - 1);
	(void)written; /* there is nobody left to tell */
	_exit(1);
}

void *__wrap_malloc(size_t size)
{
	return there(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return there(__real_calloc(count, size));
}

void *__wrap_realloc(void *data, size_t size)
{
	return there(__real_realloc(data, size));
}
