// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mem - memory that is there, or the end of the program
 *
 * No function here returns NULL: when memory is gone the process prints one
 * line and ends with status 1. Nobody tests for it.
 *
 * An arena holds the many small pieces of one whole (a configuration, a plan)
 * that live and die together. A zeroed struct arena is an empty arena.
 */
#ifndef HUSK_BASE_MEM_H
#define HUSK_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

/* @size bytes, zeroed. The caller frees them. */
void *mem_new(size_t size);

/* @data (or NULL) with room for @size bytes; what is new in it is not set. */
void *mem_grow(void *data, size_t size);

/*
 * The heap array @items with room for at least one element more than @count. Start with NULL and
 * 0. A long one keeps its pages where it can: growing does not copy it.
 */
void *mem_grow_array(void *items, size_t count, size_t item_size);

/* A copy of @text, or NULL for NULL. The caller frees it. */
char *mem_text(const char *text);

/* printf into new memory. The caller frees it. */
char *mem_format(const char *format, ...) PRINTF(1, 2);

struct arena {
	struct arena_block *block;
};

/* @size bytes, zeroed and aligned for any type, until arena_clear. */
void *arena_new(struct arena *io_arena, size_t size);

/* A copy of @text, or NULL for NULL. */
char *arena_text(struct arena *io_arena, const char *text);

char *arena_format(struct arena *io_arena, const char *format, ...) PRINTF(2, 3);

/* Gives everything back; the arena is empty and usable afterwards. */
void arena_clear(struct arena *io_arena);

/*
 * The array @items with room for at least one element more than @count: moves to a
 * block of twice the size whenever @count is a power of two. Start with NULL and 0.
 */
void *arena_grow(struct arena *io_arena, void *items, size_t count, size_t item_size);

#endif
