// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sections - the joins in words: the end of the text, the top of the page
 */
#ifndef HUSK_TRACE_SECTIONS_H
#define HUSK_TRACE_SECTIONS_H

#include "base/text.h"
#include "trace/joins.h"

/* "Stops", "Zombies": the heading. */
const char *sections_title(enum joins_kind kind);

/**
 * sections_lines - one line for each row, with an end of line each; nothing when there is none
 *
 * @most: so many of the last rows; the others, and those that the joins had no room for, are
 *        counted in one more line.
 */
void sections_lines(const struct joins *joins, const struct model *model, enum joins_kind kind,
		    size_t most, struct text *io_text);

#endif
