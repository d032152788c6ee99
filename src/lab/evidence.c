// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/evidence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct evidence_block *add_block(struct evidence *io_evidence, enum evidence_kind kind,
					const char *title)
{
	struct evidence_block *block;

	io_evidence->block = arena_grow(&io_evidence->arena, io_evidence->block,
					io_evidence->count, sizeof(*block));
	block = &io_evidence->block[io_evidence->count++];
	*block = (struct evidence_block){ .kind = kind,
					  .title = arena_text(&io_evidence->arena, title) };
	return block;
}

static struct evidence_item *add_item(struct evidence *io_evidence)
{
	struct evidence_block *block = &io_evidence->block[io_evidence->count - 1];
	struct evidence_item *item;

	block->item = arena_grow(&io_evidence->arena, block->item, block->count, sizeof(*item));
	item = &block->item[block->count++];
	*item = (struct evidence_item){ 0 };
	return item;
}

static char *fill_in(struct evidence *io_evidence, const char *format, va_list values)
	__attribute__((format(printf, 2, 0), nonnull(2)));

static char *fill_in(struct evidence *io_evidence, const char *format, va_list values)
{
	va_list again;
	char *text;
	int size;

	va_copy(again, values);
	size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = arena_new(&io_evidence->arena, (size_t)size + 1);
	vsnprintf(text, (size_t)size + 1, format, values);
	return text;
}

/* Cuts @io_text at its '|'; what is too much stays in the last cell. */
static const char **cut(struct evidence *io_evidence, char *io_text, size_t columns)
{
	const char **cell = arena_new(&io_evidence->arena, columns * sizeof(*cell));

	for (size_t i = 0; i < columns; i++) {
		cell[i] = io_text ? io_text : "";
		io_text = i + 1 < columns && io_text ? strchr(io_text, '|') : NULL;
		if (io_text)
			*io_text++ = '\0';
	}
	return cell;
}

void evidence_table(struct evidence *io_evidence, const char *title, const char *heads)
{
	struct evidence_block *block = add_block(io_evidence, EVIDENCE_TABLE, title);

	block->columns = 1;
	for (const char *at = heads; *at; at++)
		block->columns += *at == '|';
	block->head = cut(io_evidence, arena_text(&io_evidence->arena, heads), block->columns);
}

void evidence_row(struct evidence *io_evidence, const char *format, ...)
{
	struct evidence_item *item = add_item(io_evidence);
	va_list values;

	va_start(values, format);
	item->cell = cut(io_evidence, fill_in(io_evidence, format, values),
			 io_evidence->block[io_evidence->count - 1].columns);
	va_end(values);
}

void evidence_bytes(struct evidence *io_evidence, const char *title, uint64_t address,
		    const void *bytes, size_t size)
{
	struct evidence_block *block = add_block(io_evidence, EVIDENCE_BYTES, title);

	block->address = address;
	block->size = size;
	block->bytes = memcpy(arena_new(&io_evidence->arena, size), bytes, size);
}

void evidence_label(struct evidence *io_evidence, size_t offset, size_t size, const char *format,
		    ...)
{
	struct evidence_item *item = add_item(io_evidence);
	va_list values;

	item->offset = offset;
	item->size = size;
	va_start(values, format);
	item->text = fill_in(io_evidence, format, values);
	va_end(values);
}

void evidence_lines(struct evidence *io_evidence, const char *title)
{
	add_block(io_evidence, EVIDENCE_LINES, title);
}

void evidence_line(struct evidence *io_evidence, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	add_item(io_evidence)->text = fill_in(io_evidence, format, values);
	va_end(values);
}

void evidence_bars(struct evidence *io_evidence, const char *title)
{
	add_block(io_evidence, EVIDENCE_BARS, title);
}

void evidence_bar(struct evidence *io_evidence, uint64_t count, const char *format, ...)
{
	struct evidence_item *item = add_item(io_evidence);
	va_list values;

	item->count = count;
	va_start(values, format);
	item->text = fill_in(io_evidence, format, values);
	va_end(values);
}

void evidence_clear(struct evidence *io_evidence)
{
	arena_clear(&io_evidence->arena);
	*io_evidence = (struct evidence){ 0 };
}
