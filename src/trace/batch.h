// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * batch - events put into the order of their time
 *
 * Processors write into one buffer, each when it gets its turn, so neighbours may be swapped:
 * the events of the last moment wait for those that may still come before them.
 */
#ifndef HUSK_TRACE_BATCH_H
#define HUSK_TRACE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

struct batch {
	char *bytes;
	size_t size, room;
	size_t *offset, count, offset_room; /* where each event begins */
};

void batch_clear(struct batch *io_batch);

/* A copy of it is kept. */
void batch_add(struct batch *io_batch, const struct event_head *event);

typedef int batch_take(void *data, const struct event_head *event, struct error *err);

/* Hands on, oldest first, all that is older than @before_ns; the rest stays. */
MUST_USE int batch_flush(struct batch *io_batch, uint64_t before_ns, batch_take *take, void *data,
			 struct error *err);

#endif
