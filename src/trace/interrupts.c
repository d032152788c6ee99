// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/interrupts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "trace/layer_tell.h"
#include "trace/words.h"

void interrupts_clear(struct interrupts *io_interrupts)
{
	free(io_interrupts->row);
	*io_interrupts = (struct interrupts){ 0 };
}

static struct event_interrupts *row_of(struct interrupts *io_interrupts,
				       const struct event_interrupts *event)
{
	struct event_interrupts *row = io_interrupts->row;

	for (size_t i = 0; i < io_interrupts->count; i++)
		if (row[i].source == event->source && row[i].number == event->number)
			return &row[i];
	row = mem_grow(row, (io_interrupts->count + 1) * sizeof(*row));
	io_interrupts->row = row;
	row += io_interrupts->count++;
	*row = (struct event_interrupts){ .source = event->source, .number = event->number };
	return row;
}

void interrupts_add(struct interrupts *io_interrupts, const struct event_interrupts *event)
{
	struct event_interrupts *row = row_of(io_interrupts, event);

	row->count += event->count;
	row->took_ns += event->took_ns;
	row->on_task_stack += event->on_task_stack;
	if (event->longest_ns > row->longest_ns)
		row->longest_ns = event->longest_ns;
	if (event->depth > row->depth)
		row->depth = event->depth;
}

static int by_time(const void *left, const void *right)
{
	const struct event_interrupts *one = left, *two = right;

	return one->took_ns < two->took_ns ? 1 : one->took_ns > two->took_ns ? -1 : 0;
}

static void add_row(const struct event_interrupts *row, struct text *io_text)
{
	autotext struct text source = { 0 }, took = { 0 }, longest = { 0 };

	layer_tell_source(row->source, row->number, &source);
	words_duration(row->took_ns, &took);
	words_duration(row->longest_ns, &longest);
	text_add(io_text, "  %-18s %9" PRIu64 " %10s %10s %6u %10" PRIu64 " %10" PRIu64 "\n",
		 text_get(&source), (uint64_t)row->count, text_get(&took), text_get(&longest),
		 row->depth, (uint64_t)row->on_task_stack,
		 (uint64_t)(row->count - row->on_task_stack));
}

void interrupts_tell(struct interrupts *io_interrupts, struct text *io_text)
{
	if (!io_interrupts->count)
		return;
	qsort(io_interrupts->row, io_interrupts->count, sizeof(*io_interrupts->row), by_time);
	text_add(io_text, "  %-18s %9s %10s %10s %6s %10s %10s\n", "interrupts", "times", "took",
		 "longest", "depth", "on thread", "on cpu");
	for (size_t i = 0; i < io_interrupts->count; i++)
		add_row(&io_interrupts->row[i], io_text);
}
