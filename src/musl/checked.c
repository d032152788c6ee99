// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * checked - what libjansson.a and libseccomp.a call, as they were built for glibc
 *
 * Debian compiles its libraries with _FORTIFY_SOURCE: these names then stand for the functions
 * without the two underscores, with the size of the buffer as one more argument where there is
 * one. All else that the two ask for musl has, in the same form: of the layouts that differ
 * (FILE, struct lconv) they use pointers and the first member.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Declared by no header. */
__attribute__((format(printf, 5, 6))) int
__snprintf_chk(char *buf, size_t size, int flag, size_t room, const char *format, ...);
__attribute__((format(printf, 5, 0))) int
__vsnprintf_chk(char *buf, size_t size, int flag, size_t room, const char *format, va_list args);
__attribute__((format(printf, 3, 4))) int
__fprintf_chk(FILE *file, int flag, const char *format, ...);
char *__strncpy_chk(char *to, const char *from, size_t size, size_t room);

static void check(size_t size, size_t room)
{
	if (size > room)
		abort();
}

int __vsnprintf_chk(char *buf, size_t size, int flag, size_t room, const char *format, va_list args)
{
	(void)flag; /* would look at %n in formats, which are constants in both libraries */
	check(size, room);
	return vsnprintf(buf, size, format, args);
}

int __snprintf_chk(char *buf, size_t size, int flag, size_t room, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
	r = __vsnprintf_chk(buf, size, flag, room, format, args);
	va_end(args);
	return r;
}

int __fprintf_chk(FILE *file, int flag, const char *format, ...)
{
	va_list args;
	int r;

	(void)flag;
	va_start(args, format);
	r = vfprintf(file, format, args);
	va_end(args);
	return r;
}

char *__strncpy_chk(char *to, const char *from, size_t size, size_t room)
{
	check(size, room);
	return strncpy(to, from, size);
}
