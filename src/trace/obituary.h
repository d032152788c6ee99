// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * obituary - a life as a story (state/life.h), so that it is told in the words of `husk why`
 */
#ifndef HUSK_TRACE_OBITUARY_H
#define HUSK_TRACE_OBITUARY_H

#include "state/life.h"
#include "trace/joins.h"

/**
 * obituary_of - when it began, who asked it to end, how it died and of whom; what was seen of that
 *
 * @wall_offset_ns: CLOCK_REALTIME minus CLOCK_BOOTTIME.
 *
 * The id is "200/1 sh". The caller gives it back with life_clear.
 */
struct life obituary_of(const struct joins *joins, const struct model_process *process,
			int64_t wall_offset_ns);

#endif
