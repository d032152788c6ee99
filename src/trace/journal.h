// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journal - a recording on disk: the events as they came, to be shown later
 *
 * A head, then the structs of bpf/event.h one after the other, in the byte order of the
 * machine. A file that was cut off in the middle of an event ends with the one before.
 */
#ifndef HUSK_TRACE_JOURNAL_H
#define HUSK_TRACE_JOURNAL_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "bpf/event.h"

struct journal_head {
	char magic[8]; /* "HUSKTRC" and a 0 byte */
	uint32_t version; /* EVENT_VERSION */
	uint32_t head_size;
	int64_t wall_offset_ns; /* CLOCK_REALTIME minus CLOCK_BOOTTIME */
};

/* The largest event; a larger one is no event. */
enum { JOURNAL_EVENT_MAX = 1024 };

/* @path is made anew. */
MUST_USE int journal_create(const char *path, int64_t wall_offset_ns, FILE **ret_file,
			    struct error *err);

MUST_USE int journal_write(FILE *file, const struct event_head *event, struct error *err);

/* -EBADMSG when it is no journal, or one of another version. */
MUST_USE int journal_open(const char *path, FILE **ret_file, struct journal_head *ret_head,
			  struct error *err);

/**
 * journal_read - the next event
 *
 * @ret_event: JOURNAL_EVENT_MAX bytes, aligned for any type.
 * Returns 1; 0 at the end; -EBADMSG for what is no event.
 */
MUST_USE int journal_read(FILE *file, void *ret_event, struct error *err);

#endif
