// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "trace/check.h"

struct file {
	FILE *stream; /* behind the head */
	char *path;
	struct journal_head head;
};

struct journal_reader {
	size_t count, at;
	struct file *file; /* the oldest first */
	struct text notes;
};

/* --- files --- */

static int check_head(const struct journal_head *head, struct error *err)
{
	static const char magic[sizeof(head->magic)] = "HUSKTRC";

	if (memcmp(head->magic, magic, sizeof(magic)) != 0)
		return error_set(err, EBADMSG, "this is no journal of husk trace");
	if (head->version != EVENT_VERSION || head->head_size != sizeof(*head))
		return error_set(err, EBADMSG, "a journal of version %u, and this is version %d",
				 head->version, EVENT_VERSION);
	if (head->wall_offset_ns > CHECK_TIME_MAX_NS ||
	    head->wall_offset_ns < -CHECK_TIME_MAX_NS || head->begin_ns > CHECK_TIME_MAX_NS)
		return error_set(err, EBADMSG, "the journal's clock is not a known one");
	return 0;
}

static void close_file(struct file *io_file)
{
	if (io_file->stream)
		fclose(io_file->stream);
	free(io_file->path);
}

static int open_file(const char *path, struct file *ret_file, struct error *err)
{
	struct file file = { .stream = fopen(path, "re") };
	size_t size;
	int r;

	if (!file.stream)
		return error_sys(err, "open %s", path);
	size = fread(&file.head, 1, sizeof(file.head), file.stream);
	/* One that is too short for a head has no version. */
	if (size < sizeof(file.head))
		file.head.head_size = 0;
	r = size ? check_head(&file.head, err)
		 : error_set(err, ENODATA, "this journal is empty");
	if (r < 0) {
		fclose(file.stream);
		return error_wrap(err, "%s", path);
	}
	file.path = mem_text(path);
	*ret_file = file;
	return 0;
}

/* While files are opened one after the other they may be renamed: then one is met twice. */
static bool belongs(const struct journal_reader *reader, const struct file *file)
{
	const struct journal_head *newest = &reader->file[0].head;

	for (size_t i = 0; i < reader->count; i++)
		if (reader->file[i].head.sequence == file->head.sequence)
			return false;
	return file->head.begin_ns == newest->begin_ns &&
	       file->head.wall_offset_ns == newest->wall_offset_ns;
}

static void add_file(struct journal_reader *io_reader, struct file *file)
{
	if (io_reader->count && !belongs(io_reader, file)) {
		close_file(file);
		return;
	}
	io_reader->file = mem_grow(io_reader->file,
				   (io_reader->count + 1) * sizeof(*io_reader->file));
	io_reader->file[io_reader->count++] = *file;
}

static int by_sequence(const void *one, const void *two)
{
	const struct file *a = one, *b = two;

	return a->head.sequence < b->head.sequence ? -1 : a->head.sequence > b->head.sequence;
}

/* Another recording may have left its files there, and so may anybody. */
static int open_all(const char *path, struct journal_reader *io_reader, struct error *err)
{
	int r = 0;

	for (uint32_t number = 0; number <= JOURNAL_KEEP_MAX; number++) {
		autofree char *name = number ? mem_format("%s.%u", path, number) : mem_text(path);
		struct error ignored;
		struct file file;
		int opened = open_file(name, &file, number ? &ignored : err);

		if (opened == 0)
			add_file(io_reader, &file);
		if (number == 0)
			r = opened;
		/* The recorder may have been killed between a rename and the next head. */
		if (number == 0 ? opened == -EBADMSG : opened == -ENOENT)
			break;
	}
	if (!io_reader->count)
		return r;
	qsort(io_reader->file, io_reader->count, sizeof(*io_reader->file), by_sequence);
	return 0;
}

/* --- what is missing --- */

static void note_gaps(struct journal_reader *io_reader)
{
	const struct file *file = io_reader->file;

	if (file->head.sequence)
		text_add(&io_reader->notes,
			 "%s begins with file %" PRIu64 " of its recording; those before are not "
			 "there\n", file->path, file->head.sequence + 1);
	for (size_t i = 1; i < io_reader->count; i++)
		if (file[i].head.sequence != file[i - 1].head.sequence + 1)
			text_add(&io_reader->notes, "between %s and %s files are missing\n",
				 file[i - 1].path, file[i].path);
}

static int note_torn(struct journal_reader *io_reader, const struct file *file, size_t bytes)
{
	if (bytes)
		text_add(&io_reader->notes, "%s is cut off in the middle of an event; its last "
			 "%zu bytes are left out\n", file->path, bytes);
	return 0;
}

/* --- the journal --- */

int journal_read_open(const char *path, struct journal_reader **ret_reader,
		      struct journal_head *ret_head, struct error *err)
{
	struct journal_reader *reader = mem_new(sizeof(*reader));
	int r = open_all(path, reader, err);

	if (r < 0) {
		journal_read_close(&reader);
		return r;
	}
	note_gaps(reader);
	*ret_head = reader->file[0].head;
	*ret_reader = reader;
	return 0;
}

static int read_event(struct journal_reader *io_reader, const struct file *file,
		      void *ret_event, struct error *err)
{
	struct event_head *head = ret_event;
	size_t size = fread(head, 1, sizeof(*head), file->stream), rest;

	if (size < sizeof(*head))
		return note_torn(io_reader, file, size);
	if (head->size < sizeof(*head) || head->size > JOURNAL_EVENT_MAX || head->size % 8)
		return error_set(err, EBADMSG, "%s: at byte %ld there is no event", file->path,
				 ftell(file->stream) - (long)sizeof(*head));
	rest = head->size - sizeof(*head);
	size = fread(head + 1, 1, rest, file->stream);
	return size == rest ? 1 : note_torn(io_reader, file, sizeof(*head) + size);
}

int journal_read_next(struct journal_reader *reader, void *ret_event, struct error *err)
{
	for (; reader->at < reader->count; reader->at++) {
		int r = read_event(reader, &reader->file[reader->at], ret_event, err);

		if (r != 0)
			return r;
	}
	return 0;
}

const char *journal_read_notes(const struct journal_reader *reader)
{
	return text_get(&reader->notes);
}

void journal_read_close(struct journal_reader **io_reader)
{
	struct journal_reader *reader = *io_reader;

	for (size_t i = 0; i < reader->count; i++)
		close_file(&reader->file[i]);
	free(reader->file);
	text_clear(&reader->notes);
	free(reader);
	*io_reader = NULL;
}
