// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 2048 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static NORETURN void gone(void)
{
	static const char line[] = "husk: out of memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written; /* there is nobody left to tell */
	_exit(1);
}

void *mem_new(size_t size)
{
	void *data = calloc(1, size ? size : 1);

	if (!data)
		gone();
	return data;
}

void *mem_grow(void *data, size_t size)
{
	data = realloc(data, size ? size : 1);
	if (!data)
		gone();
	return data;
}

/* Twice as long at each power of two. */
static size_t room_after(size_t count, size_t item_size)
{
	if (count > SIZE_MAX / 4 / item_size)
		gone();
	return (count ? 2 * count : 1) * item_size;
}

void *mem_grow_array(void *items, size_t count, size_t item_size)
{
	return count & (count - 1) ? items : mem_grow(items, room_after(count, item_size));
}

char *mem_text(const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		gone();
	return copy;
}

char *mem_format(const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		gone();
	va_end(args);
	return text;
}

void *arena_new(struct arena *io_arena, size_t size)
{
	struct arena_block *block = io_arena->block;
	size_t step = alignof(max_align_t);
	void *piece;

	if (size > SIZE_MAX / 2)
		gone();
	size = (size + step - 1) / step * step;
	if (!block || size > block->size - block->used) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		block = mem_new(sizeof(*block) + room);
		block->size = room;
		block->next = io_arena->block;
		io_arena->block = block;
	}
	piece = block->data + block->used;
	block->used += size;
	return piece;
}

char *arena_text(struct arena *io_arena, const char *text)
{
	size_t size;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	return memcpy(arena_new(io_arena, size), text, size);
}

char *arena_format(struct arena *io_arena, const char *format, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		gone();
	text = arena_new(io_arena, (size_t)size + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)size + 1, format, args);
	va_end(args);
	return text;
}

void *arena_grow(struct arena *io_arena, void *items, size_t count, size_t item_size)
{
	void *bigger;

	if (count & (count - 1))
		return items;
	bigger = arena_new(io_arena, room_after(count, item_size));
	if (count)
		memcpy(bigger, items, count * item_size);
	return bigger;
}

void arena_clear(struct arena *io_arena)
{
	while (io_arena->block) {
		struct arena_block *block = io_arena->block;

		io_arena->block = block->next;
		free(block);
	}
}
