// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journal - a recording on disk: the events as they came, to be shown later
 *
 * A head, then the structs of bpf/event.h one after the other, in the byte order of the
 * machine. With a limit it is several files: FILE is written to, FILE.1 is the one before, and so
 * on. Each begins with the roster of who was there, so that it can be read without the others.
 */
#ifndef HUSK_TRACE_JOURNAL_H
#define HUSK_TRACE_JOURNAL_H

#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

struct journal_head {
	char magic[8]; /* "HUSKTRC" and a 0 byte */
	uint32_t version; /* EVENT_VERSION */
	uint32_t head_size;
	int64_t wall_offset_ns; /* CLOCK_REALTIME minus CLOCK_BOOTTIME */
	uint64_t begin_ns;	/* CLOCK_BOOTTIME: all files of one recording have the same */
	uint64_t sequence;	/* of the file among them, from 0 */
};

/* The largest event; a larger one is no event. */
enum { JOURNAL_EVENT_MAX = 1024, JOURNAL_LIMIT_MIN = 1 << 16, JOURNAL_KEEP_MAX = 500 };

struct journal_request {
	const char *path; /* borrowed for as long as the journal is open */
	int64_t wall_offset_ns;
	uint64_t begin_ns;
	uint64_t limit_bytes; /* of one file; 0: there is one file, without a limit */
	uint32_t keep;	      /* with a limit: how many files there are at most */
};

struct journal;

/**
 * journal_create - FILE is made anew
 *
 * -EINVAL when there is a limit and FILE is no regular file: it will be renamed.
 * @ret_journal: released with journal_close.
 */
MUST_USE int journal_create(const struct journal_request *request, struct journal **ret_journal,
			    struct error *err);

/*
 * The event goes to the file, or to the next one when this one has reached the limit. A file whose
 * roster alone is near the limit holds as much again.
 */
MUST_USE int journal_write(struct journal *journal, const struct event_head *event,
			   struct error *err);

/* What is written so far gets to whoever reads the file. A failure is told by the next write. */
void journal_flush(struct journal *journal);

struct journal_sum {
	uint64_t events, bytes; /* of the files that there are no longer too */
	uint64_t files;
};

/* Ends the file. @ret_sum may be NULL. Released in any case. */
MUST_USE int journal_close(struct journal **io_journal, struct journal_sum *ret_sum,
			   struct error *err);

#endif
