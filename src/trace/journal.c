// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal.h"

#include <errno.h>
#include <string.h>

static const char magic[8] = "HUSKTRC";

int journal_create(const char *path, int64_t wall_offset_ns, FILE **ret_file, struct error *err)
{
	struct journal_head head = { .version = EVENT_VERSION, .head_size = sizeof(head),
				     .wall_offset_ns = wall_offset_ns };
	FILE *file = fopen(path, "we");

	if (!file)
		return error_sys(err, "open %s", path);
	memcpy(head.magic, magic, sizeof(magic));
	if (fwrite(&head, sizeof(head), 1, file) != 1) {
		(void)error_sys(err, "write %s", path);
		fclose(file);
		return -err->code;
	}
	*ret_file = file;
	return 0;
}

int journal_write(FILE *file, const struct event_head *event, struct error *err)
{
	return fwrite(event, event->size, 1, file) == 1 ? 0 : error_sys(err, "write the journal");
}

static int check_head(const struct journal_head *head, struct error *err)
{
	if (memcmp(head->magic, magic, sizeof(magic)) != 0)
		return error_set(err, EBADMSG, "this is no journal of husk trace");
	if (head->version != EVENT_VERSION || head->head_size != sizeof(*head))
		return error_set(err, EBADMSG, "a journal of version %u, and this is version %d",
				 head->version, EVENT_VERSION);
	return 0;
}

int journal_open(const char *path, FILE **ret_file, struct journal_head *ret_head,
		 struct error *err)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return error_sys(err, "open %s", path);
	memset(ret_head, 0, sizeof(*ret_head));
	/* One that is too short fails the check: it stays zeroed. */
	if (fread(ret_head, sizeof(*ret_head), 1, file) != 1)
		memset(ret_head, 0, sizeof(*ret_head));
	if (check_head(ret_head, err) < 0) {
		fclose(file);
		return error_wrap(err, "%s", path);
	}
	*ret_file = file;
	return 0;
}

int journal_read(FILE *file, void *ret_event, struct error *err)
{
	struct event_head *head = ret_event;
	size_t rest;

	if (fread(head, sizeof(*head), 1, file) != 1)
		return 0;
	if (head->size < sizeof(*head) || head->size > JOURNAL_EVENT_MAX || head->size % 8)
		return error_set(err, EBADMSG, "at byte %ld there is no event",
				 ftell(file) - (long)sizeof(*head));
	rest = head->size - sizeof(*head);
	return rest == 0 || fread(head + 1, rest, 1, file) == 1;
}
