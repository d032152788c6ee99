// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journal_read - a journal from its oldest event to its newest, in one file or in several
 *
 * FILE, FILE.1 and so on are read as one, as far as they are of one recording; also while they are
 * still written to. A file that was cut off in the middle of an event ends with the one before.
 */
#ifndef HUSK_TRACE_JOURNAL_READ_H
#define HUSK_TRACE_JOURNAL_READ_H

#include "trace/journal.h"

struct journal_reader;

/**
 * journal_read_open - the journal whose newest file is @path, or one of its older files alone
 *
 * @ret_head: of the oldest file. @ret_reader: released with journal_read_close.
 * -EBADMSG when it is no journal, or one of another version; -ENODATA when it is empty.
 */
MUST_USE int journal_read_open(const char *path, struct journal_reader **ret_reader,
			       struct journal_head *ret_head, struct error *err);

/**
 * journal_read_next - the next event
 *
 * @ret_event: JOURNAL_EVENT_MAX bytes, aligned for any type.
 * Returns 1; 0 at the end; -EBADMSG for what is no event.
 */
MUST_USE int journal_read_next(struct journal_reader *reader, void *ret_event,
			       struct error *err);

/*
 * What of the recording is not there, one line each: older files, an event that was cut off. ""
 * when there is nothing to say. Complete at the end; borrowed.
 */
const char *journal_read_notes(const struct journal_reader *reader);

void journal_read_close(struct journal_reader **io_reader);

#endif
