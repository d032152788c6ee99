// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * interrupts - those of all processes and processors of a recording, added up by what they were
 */
#ifndef HUSK_TRACE_INTERRUPTS_H
#define HUSK_TRACE_INTERRUPTS_H

#include <stddef.h>

#include "base/text.h"
#include "bpf/event.h"

struct interrupts {
	struct event_interrupts *row; /* one for each source and number */
	size_t count;
};

/* A zeroed struct interrupts has none. */
void interrupts_clear(struct interrupts *io_interrupts);

void interrupts_add(struct interrupts *io_interrupts, const struct event_interrupts *event);

/* A table, the one that took longest first; nothing when there are none. */
void interrupts_tell(struct interrupts *io_interrupts, struct text *io_text);

#endif
