// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/facts_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "signal/set.h"

/* As a person reads it: the tabs of /proc are blanks, and a field has one behind it. */
static char *one_line(struct arena *io_arena, const char *text)
{
	char *line = arena_text(io_arena, text);

	for (char *at = line; (at = strpbrk(at, "\t\n")); )
		*at = ' ';
	return line;
}

void facts_add_line(struct facts *io_facts, const struct facts_line *line)
{
	struct arena *arena = &io_facts->arena;

	io_facts->line = arena_grow(arena, io_facts->line, io_facts->line_count, sizeof(*line));
	io_facts->line[io_facts->line_count++] = (struct facts_line){
		.fact = line->fact,
		.tid = line->tid,
		.file = arena_text(arena, line->file),
		.text = one_line(arena, line->text),
		.meaning = arena_text(arena, line->meaning),
	};
}

void facts_add_status(struct facts *io_facts, const char *status, const struct facts_line *line)
{
	autofree char *text = status_find_line(status, line->text);
	autofree char *file = mem_format(line->tid ? "/proc/%d/task/%d/status" : "/proc/%d/status",
					 (int)io_facts->task.pid, (int)line->tid);

	if (text)
		facts_add_line(io_facts, &(struct facts_line){ line->fact, line->tid, file, text,
							       line->meaning });
}

void facts_add_gap(struct facts *io_facts, const char *format, ...)
{
	struct arena *arena = &io_facts->arena;
	char text[ERROR_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	io_facts->gap = arena_grow(arena, io_facts->gap, io_facts->gap_count,
				   sizeof(*io_facts->gap));
	io_facts->gap[io_facts->gap_count++].text = arena_text(arena, text);
}

const char *facts_signals(struct facts *io_facts, uint64_t set)
{
	autotext struct text text = { 0 };

	signal_set_format(set, &text);
	return arena_text(&io_facts->arena, text_get(&text));
}
