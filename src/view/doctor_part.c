// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/doctor_part.h"

#include <string.h>

void doctor_add_gap(struct arena *io_arena, struct doctor_facts *io_facts, const char *text)
{
	/* The first process and the program often have the same. */
	for (size_t i = 0; i < io_facts->gap_count; i++)
		if (strcmp(io_facts->gap[i], text) == 0)
			return;
	io_facts->gap = arena_grow(io_arena, io_facts->gap, io_facts->gap_count,
				   sizeof(*io_facts->gap));
	io_facts->gap[io_facts->gap_count++] = arena_text(io_arena, text);
}
