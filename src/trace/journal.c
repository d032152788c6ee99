// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "trace/roster.h"

enum { BUFFER_BYTES = 1 << 18 };

struct journal {
	struct journal_request request;
	struct journal_sum sum;
	struct roster roster; /* kept with a limit alone */
	FILE *file;
	uint64_t bytes;	      /* of this file */
	uint64_t limit_bytes; /* of this file */
	int failed;	      /* errno of a flush; 0: none */
};

static int write_bytes(struct journal *io_journal, const void *data, size_t size,
		       struct error *err)
{
	if (io_journal->failed)
		return error_set(err, io_journal->failed, "write %s: %s", io_journal->request.path,
				 error_words(io_journal->failed));
	if (fwrite(data, size, 1, io_journal->file) != 1)
		return error_sys(err, "write %s", io_journal->request.path);
	io_journal->bytes += size;
	io_journal->sum.bytes += size;
	return 0;
}

static int write_event(void *data, const struct event_head *event, struct error *err)
{
	return write_bytes(data, event, event->size, err);
}

/* --- files --- */

static int begin_file(struct journal *io_journal, struct error *err)
{
	const struct journal_request *request = &io_journal->request;
	struct journal_head head = {
		.magic = "HUSKTRC",
		.version = EVENT_VERSION,
		.head_size = sizeof(head),
		.wall_offset_ns = request->wall_offset_ns,
		.begin_ns = request->begin_ns,
		.sequence = io_journal->sum.files,
	};
	struct stat st;

	io_journal->file = fopen(request->path, "we");
	if (!io_journal->file)
		return error_sys(err, "open %s", request->path);
	if (fstat(fileno(io_journal->file), &st) < 0)
		return error_sys(err, "stat %s", request->path);
	if (request->limit_bytes && !S_ISREG(st.st_mode))
		return error_set(err, EINVAL, "%s is no regular file, and would be renamed at "
				 "the limit of its size", request->path);
	setvbuf(io_journal->file, NULL, _IOFBF, BUFFER_BYTES);
	io_journal->sum.files++;
	io_journal->bytes = 0;
	io_journal->limit_bytes = request->limit_bytes;
	TRY(write_bytes(io_journal, &head, sizeof(head), err));
	journal_flush(io_journal);
	return 0;
}

static int end_file(struct journal *io_journal, struct error *err)
{
	int r = 0;

	if (!io_journal->file)
		return 0;
	journal_flush(io_journal);
	if (io_journal->failed)
		r = error_set(err, io_journal->failed, "write %s: %s", io_journal->request.path,
			      error_words(io_journal->failed));
	if (fclose(io_journal->file) != 0 && r == 0)
		r = error_sys(err, "close %s", io_journal->request.path);
	io_journal->file = NULL;
	return r;
}

/* FILE.2 becomes FILE.3, FILE.1 FILE.2, FILE FILE.1; what was the last one is gone. */
static int rename_files(const struct journal_request *request, struct error *err)
{
	for (uint32_t number = request->keep - 1; number > 0; number--) {
		autofree char *to = mem_format("%s.%u", request->path, number);
		autofree char *from = number > 1 ? mem_format("%s.%u", request->path, number - 1)
						 : mem_text(request->path);

		if (rename(from, to) < 0 && errno != ENOENT)
			return error_sys(err, "rename %s", from);
	}
	/* Whoever reads it may finish. */
	if (request->keep == 1 && unlink(request->path) < 0)
		return error_sys(err, "remove %s", request->path);
	return 0;
}

/* @now_ns: of the roster; nothing has happened since. */
static int next_file(struct journal *io_journal, uint64_t now_ns, struct error *err)
{
	uint64_t least;

	TRY(end_file(io_journal, err));
	TRY(rename_files(&io_journal->request, err));
	TRY(begin_file(io_journal, err));
	TRY(roster_tell(&io_journal->roster, now_ns, write_event, io_journal, err));
	least = 2 * io_journal->bytes;
	if (io_journal->limit_bytes < least)
		io_journal->limit_bytes = least;
	return 0;
}

/* --- the journal --- */

static void release(struct journal *journal)
{
	if (journal->file)
		fclose(journal->file);
	roster_clear(&journal->roster);
	free(journal);
}

int journal_create(const struct journal_request *request, struct journal **ret_journal,
		   struct error *err)
{
	struct journal *journal = mem_new(sizeof(*journal));
	int r;

	journal->request = *request;
	r = begin_file(journal, err);
	if (r < 0)
		release(journal);
	else
		*ret_journal = journal;
	return r;
}

int journal_write(struct journal *journal, const struct event_head *event, struct error *err)
{
	if (journal->limit_bytes) {
		if (journal->bytes + event->size > journal->limit_bytes)
			TRY(next_file(journal, event->time_ns, err));
		roster_take(&journal->roster, event);
	}
	journal->sum.events++;
	return write_event(journal, event, err);
}

void journal_flush(struct journal *journal)
{
	if (fflush(journal->file) != 0 && !journal->failed)
		journal->failed = errno;
}

int journal_close(struct journal **io_journal, struct journal_sum *ret_sum, struct error *err)
{
	struct journal *journal = *io_journal;
	int r = end_file(journal, err);

	if (ret_sum)
		*ret_sum = journal->sum;
	release(journal);
	*io_journal = NULL;
	return r;
}
