// SPDX-License-Identifier: GPL-2.0-or-later
/* journals - journals in a folder of their own, written and read by the tests */
#ifndef HUSK_TESTS_UNIT_TRACE_JOURNALS_H
#define HUSK_TESTS_UNIT_TRACE_JOURNALS_H

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "events.h"
#include "trace/journal_read.h"

/* A folder, and the journal in it. */
static char folder[64], path[128];

static inline void new_folder(void)
{
	strcpy(folder, "/tmp/husk-test-journal-XXXXXX");
	CHECK_TRUE(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/journal", folder);
}

static inline char *file_name(int number)
{
	return number ? mem_format("%s.%d", path, number) : mem_text(path);
}

static inline void remove_folder(void)
{
	for (int i = 0; i < 20; i++) {
		autofree char *name = file_name(i);

		(void)unlink(name);
	}
	CHECK_INT(rmdir(folder), 0);
}

/* Events that each tell another number, @first and on. */
static inline struct journal_sum write_ends(const struct journal_request *request, uint32_t first,
					    uint32_t count)
{
	struct journal *journal;
	struct journal_sum sum;
	struct error err;

	CHECK_OK(journal_create(request, &journal, &err), err);
	for (uint32_t i = 0; i < count; i++) {
		struct event_end end = { .head = head_of(EVENT_FREE, sizeof(end), i + 1),
					 .tgid = first + i, .tid = first + i };

		CHECK_OK(journal_write(journal, &end.head, &err), err);
	}
	CHECK_OK(journal_close(&journal, &sum, &err), err);
	return sum;
}

/* What was read: how many ends, from which to which; and other events. */
struct seen {
	uint32_t ends, first, last, tasks, lost;
	char notes[512];
};

static inline struct seen read_all(const char *name)
{
	uint64_t room[JOURNAL_EVENT_MAX / 8];
	const struct event_head *event = (const void *)room;
	const struct event_end *end = (const void *)room;
	struct journal_reader *reader;
	struct journal_head head;
	struct seen seen = { 0 };
	struct error err;
	int r;

	CHECK_OK(journal_read_open(name, &reader, &head, &err), err);
	while ((r = journal_read_next(reader, room, &err)) > 0) {
		seen.tasks += event->kind == EVENT_TASK;
		seen.lost += event->kind == EVENT_LOST;
		if (event->kind != EVENT_FREE)
			continue;
		if (!seen.ends++)
			seen.first = end->tgid;
		else
			CHECK_INT(end->tgid, seen.last + 1);
		seen.last = end->tgid;
	}
	CHECK_OK(r, err);
	snprintf(seen.notes, sizeof(seen.notes), "%s", journal_read_notes(reader));
	journal_read_close(&reader);
	return seen;
}

#endif
