// SPDX-License-Identifier: GPL-2.0-or-later
/* report_evidence - the blocks of evidence as text */
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "lab/report.h"

enum { INDENT = 2, GAP = 2, BYTES_A_LINE = 16, BAR_WIDTH = 40 };

static size_t cell_width(const struct evidence_block *block, size_t column)
{
	size_t width = strlen(block->head[column]);

	for (size_t i = 0; i < block->count; i++) {
		size_t size = strlen(block->item[i].cell[column]);

		width = size > width ? size : width;
	}
	return width;
}

/* Numbers stand below each other by their last digit. */
static bool is_numeric(const struct evidence_block *block, size_t column)
{
	for (size_t i = 0; i < block->count; i++) {
		const char *cell = block->item[i].cell[column];

		if (cell[strspn(cell, "-0123456789.")] || !*cell)
			return false;
	}
	return block->count > 0;
}

static void add_cells(const struct evidence_block *block, const char *const *cell,
		      struct text *io_text)
{
	int blanks = INDENT;

	/* Blanks come with what stands behind them: no line ends in any. */
	for (size_t i = 0; i < block->columns; i++) {
		int rest = (int)(cell_width(block, i) - strlen(cell[i]));
		int before = is_numeric(block, i) ? rest : 0;

		if (*cell[i])
			text_add(io_text, "%*s%s", blanks + before, "", cell[i]);
		blanks = (*cell[i] ? 0 : blanks) + GAP + (*cell[i] ? rest - before : rest);
	}
	text_add(io_text, "\n");
}

static bool has_head(const struct evidence_block *block)
{
	for (size_t i = 0; i < block->columns; i++)
		if (*block->head[i])
			return true;
	return false;
}

static void add_table(const struct evidence_block *block, struct text *io_text)
{
	if (has_head(block))
		add_cells(block, block->head, io_text);
	for (size_t i = 0; i < block->count; i++)
		add_cells(block, block->item[i].cell, io_text);
}

/* Some bytes that belong together, at most a line of them at a time; the label at the first. */
static void add_bytes(const struct evidence_block *block, size_t from, size_t size,
		      const char *label, struct text *io_text)
{
	for (size_t at = from; at < from + size; at += BYTES_A_LINE) {
		size_t end = at + BYTES_A_LINE < from + size ? at + BYTES_A_LINE : from + size;

		text_add(io_text, "%*s%012llx ", INDENT, "",
			 (unsigned long long)block->address + at);
		for (size_t i = at; i < end; i++)
			text_add(io_text, " %02x", block->bytes[i]);
		if (*label)
			text_add(io_text, "%*s%s", (int)(3 * (at + BYTES_A_LINE - end)) + 3, "",
				 label);
		text_add(io_text, "\n");
		label = "";
	}
}

static void add_dump(const struct evidence_block *block, struct text *io_text)
{
	size_t at = 0;

	for (size_t i = 0; i < block->count; i++) {
		const struct evidence_item *item = &block->item[i];

		add_bytes(block, at, item->offset - at, "", io_text);
		add_bytes(block, item->offset, item->size, item->text, io_text);
		at = item->offset + item->size;
	}
	add_bytes(block, at, block->size - at, "", io_text);
}

static void add_bars(const struct evidence_block *block, struct text *io_text)
{
	static const char bar[] = "########################################";
	uint64_t most = 1;
	size_t width = 0;

	for (size_t i = 0; i < block->count; i++) {
		size_t size = strlen(block->item[i].text);

		most = block->item[i].count > most ? block->item[i].count : most;
		width = size > width ? size : width;
	}
	for (size_t i = 0; i < block->count; i++) {
		uint64_t count = block->item[i].count;
		/* What is there at all is seen. */
		int size = (int)(count * BAR_WIDTH / most) + (count && count * BAR_WIDTH < most);

		text_add(io_text, "%*s%*s  %8llu  %.*s\n", INDENT, "", (int)width,
			 block->item[i].text, (unsigned long long)count, size, bar);
	}
}

static void add_lines(const struct evidence_block *block, struct text *io_text)
{
	for (size_t i = 0; i < block->count; i++)
		text_add(io_text, "%*s%s\n", INDENT, "", block->item[i].text);
}

void report_evidence(const struct evidence *evidence, struct text *io_text)
{
	static void (*const add[])(const struct evidence_block *block, struct text *io_text) = {
		[EVIDENCE_TABLE] = add_table,
		[EVIDENCE_BYTES] = add_dump,
		[EVIDENCE_LINES] = add_lines,
		[EVIDENCE_BARS] = add_bars,
	};

	for (size_t i = 0; i < evidence->count; i++) {
		const struct evidence_block *block = &evidence->block[i];

		if (block->title)
			text_add(io_text, "%*s%s:\n", INDENT, "", block->title);
		add[block->kind](block, io_text);
		text_add(io_text, "\n");
	}
}
