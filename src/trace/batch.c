// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void batch_clear(struct batch *io_batch)
{
	free(io_batch->bytes);
	free(io_batch->offset);
	*io_batch = (struct batch){ 0 };
}

void batch_add(struct batch *io_batch, const struct event_head *event)
{
	if (io_batch->size + event->size > io_batch->room) {
		io_batch->room = 2 * io_batch->room + event->size + 4096;
		io_batch->bytes = mem_grow(io_batch->bytes, io_batch->room);
	}
	if (io_batch->count == io_batch->offset_room) {
		io_batch->offset_room = 2 * io_batch->offset_room + 64;
		io_batch->offset = mem_grow(io_batch->offset,
					    io_batch->offset_room * sizeof(*io_batch->offset));
	}
	memcpy(io_batch->bytes + io_batch->size, event, event->size);
	io_batch->offset[io_batch->count++] = io_batch->size;
	io_batch->size += event->size;
}

static const struct event_head *at(const struct batch *batch, size_t i)
{
	return (const void *)(batch->bytes + batch->offset[i]);
}

/* Nearly sorted already: each event moves past few others. Equal times keep their order. */
static void sort(struct batch *io_batch)
{
	for (size_t i = 1; i < io_batch->count; i++) {
		size_t moved = io_batch->offset[i], to = i;
		uint64_t time_ns = at(io_batch, i)->time_ns;

		while (to > 0 && at(io_batch, to - 1)->time_ns > time_ns) {
			io_batch->offset[to] = io_batch->offset[to - 1];
			to--;
		}
		io_batch->offset[to] = moved;
	}
}

static void keep_from(struct batch *io_batch, size_t first)
{
	struct batch rest = { 0 };

	for (size_t i = first; i < io_batch->count; i++)
		batch_add(&rest, at(io_batch, i));
	batch_clear(io_batch);
	*io_batch = rest;
}

int batch_flush(struct batch *io_batch, uint64_t before_ns, batch_take *take, void *data,
		struct error *err)
{
	size_t i;

	sort(io_batch);
	for (i = 0; i < io_batch->count && at(io_batch, i)->time_ns < before_ns; i++)
		TRY(take(data, at(io_batch, i), err));
	keep_from(io_batch, i);
	return 0;
}
