// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { FIRST_ROOM = 64 };

static void reserve(struct text *io_text, size_t more)
{
	size_t need = io_text->size + more + 1;
	size_t room = io_text->room ? io_text->room : FIRST_ROOM;

	if (need <= io_text->room)
		return;
	while (room < need)
		room *= 2;
	io_text->data = mem_grow(io_text->data, room);
	io_text->room = room;
}

void text_add(struct text *io_text, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size <= 0)
		return;
	reserve(io_text, (size_t)size);
	va_start(args, format);
	vsnprintf(io_text->data + io_text->size, (size_t)size + 1, format, args);
	va_end(args);
	io_text->size += (size_t)size;
}

void text_add_bytes(struct text *io_text, const void *bytes, size_t size)
{
	reserve(io_text, size);
	memcpy(io_text->data + io_text->size, bytes, size);
	io_text->size += size;
	io_text->data[io_text->size] = '\0';
}

void text_add_plain(struct text *io_text, const void *bytes, size_t size)
{
	text_add_bytes(io_text, bytes, size);
	utf8_make_plain(io_text->data + io_text->size - size, size);
}

const char *text_get(const struct text *text)
{
	return text->data ? text->data : "";
}

char *text_take(struct text *io_text)
{
	char *data = io_text->data ? io_text->data : mem_text("");

	*io_text = (struct text){ 0 };
	return data;
}

void text_clear(struct text *io_text)
{
	free(io_text->data);
	*io_text = (struct text){ 0 };
}

int text_begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}
