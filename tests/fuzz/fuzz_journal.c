// SPDX-License-Identifier: GPL-2.0-or-later
/* A journal of husk trace, as --read shows it in every format, and as a later file begins */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "fuzz.h"
#include "trace/check.h"
#include "trace/journal_read.h"
#include "trace/roster.h"
#include "trace/show.h"
#include "view/why.h"

enum { FILES_MAX = 4 };

static const char magic[] = "HUSKTRC";

/* Where in @data the next file begins; the end when there is none. */
static size_t next_file(const char *data, size_t size)
{
	const char *found = size > 1 ? memmem(data + 1, size - 1, magic, sizeof(magic)) : NULL;

	return found ? (size_t)(found - data) : size;
}

/* FILE, FILE.1 and so on, one after the other. */
static void write_files(const char *folder, const char *data, size_t size)
{
	int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < FILES_MAX; i++) {
		size_t own = i == FILES_MAX - 1 ? size : next_file(data, size);
		autofree char *name = i ? mem_format("journal.%d", i) : mem_text("journal");

		unlinkat(folder_fd, name, 0);
		if (i == 0 || size)
			fuzz_write(folder_fd, name, data, own);
		data += own;
		size -= own;
	}
	close(folder_fd);
}

/* What a format has written: text for a terminal, a JSON value a line, or one in all. */
static void look_at(const char *format, char *data, size_t size)
{
	char *rest = data, *line;

	if (strcmp(format, "text") == 0)
		fuzz_must_be_plain(data);
	else if (strcmp(format, "chrome") == 0)
		fuzz_must_be_json(data, size);
	else if (strcmp(format, "json") == 0)
		while ((line = strsep(&rest, "\n")) && rest)
			fuzz_must_be_json(line, strlen(line));
}

/* What was good in it has been shown when an error comes, as husk trace does. */
static void show_all(struct journal_reader *reader, struct show *io_show)
{
	uint64_t event[JOURNAL_EVENT_MAX / sizeof(uint64_t)];
	struct error err;

	while (journal_read_next(reader, event, &err) > 0 &&
	       show_take(io_show, (const void *)event, &err) >= 0)
		;
	FUZZ_MUST(journal_read_notes(reader));
	show_end(io_show);
}

static void show(const char *path, const char *format)
{
	struct show_filter filter = { 0 };
	struct journal_reader *reader;
	struct journal_head head;
	char *data = NULL;
	struct error err;
	struct show show;
	size_t size;
	FILE *out;

	if (journal_read_open(path, &reader, &head, &err) < 0)
		return;
	FUZZ_MUST(out = open_memstream(&data, &size));
	show_begin(&show, render_find(format), &filter,
		   (struct render_request){ .out = out, .tell_life = why_text,
					    .wall_offset_ns = head.wall_offset_ns });
	show_all(reader, &show);
	fclose(out);
	look_at(format, data, size);
	free(data);
	journal_read_close(&reader);
}

static int count(void *data, const struct event_head *event, struct error *err)
{
	size_t *io_count = data;

	++*io_count;
	return check_event(event, err);
}

/* How the next file would begin, had these been the events so far. */
static void keep_roster(const char *path)
{
	uint64_t event[JOURNAL_EVENT_MAX / sizeof(uint64_t)];
	autoroster struct roster roster = { 0 };
	struct journal_reader *reader;
	struct journal_head head;
	struct error err;
	size_t told = 0;

	if (journal_read_open(path, &reader, &head, &err) < 0)
		return;
	while (journal_read_next(reader, event, &err) > 0 &&
	       check_event((const void *)event, &err) >= 0)
		roster_take(&roster, (const void *)event);
	FUZZ_MUST(roster_tell(&roster, head.begin_ns, count, &told, &err) >= 0);
	journal_read_close(&reader);
}

void fuzz_one(const char *text, size_t size)
{
	static const char *const formats[] = { "text", "json", "chrome" };
	autofree char *path = mem_format("%s/journal", fuzz_folder());

	write_files(fuzz_folder(), text, size);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		show(path, formats[i]);
	/* The page is the events as JSON below 180 KiB that are always the same. */
	if (size && text[size / 2] % 16 == 0 && text[size / 3] % 4 == 0)
		show(path, "html");
	keep_roster(path);
}
