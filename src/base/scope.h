// SPDX-License-Identifier: 0BSD
/*
 * scope - owners that release themselves, and how ownership moves on
 *
 *	autoclose int fd = -1;          closed at the end of the block
 *	autofree char *name = NULL;     freed at the end of the block
 *	return fd_take(&fd);            moved out; fd is -1 afterwards
 *	*ret_name = ptr_take(&name);    moved out; name is NULL afterwards
 *
 * An owner is always declared with a value.
 */
#ifndef HUSK_BASE_SCOPE_H
#define HUSK_BASE_SCOPE_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* Keeps errno: it runs between a failed call and the caller's look at it. */
static inline void scope_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void scope_free(void *owner)
{
	int saved = errno;

	free(*(void **)owner);
	errno = saved;
}

#define autoclose __attribute__((cleanup(scope_close)))
#define autofree __attribute__((cleanup(scope_free)))
#define autoclean(function) __attribute__((cleanup(function)))

static inline int fd_take(int *io_fd)
{
	int fd = *io_fd;

	*io_fd = -1;
	return fd;
}

#define ptr_take(io_pointer)                           \
	({                                             \
		__typeof__(*(io_pointer)) taken_ = *(io_pointer); \
		*(io_pointer) = NULL;                  \
		taken_;                                \
	})

#endif
