// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "test.h"

static char path[64];

static void new_path(void)
{
	int fd;

	strcpy(path, "/tmp/husk-test-journal-XXXXXX");
	fd = mkstemp(path);
	CHECK_TRUE(fd >= 0);
	close(fd);
}

static void write_two(void)
{
	struct event_end end = { .head = { .time_ns = 5, .size = sizeof(end), .kind = EVENT_FREE },
				 .tgid = 7 };
	struct error err;
	FILE *file;

	new_path();
	CHECK_OK(journal_create(path, -12, &file, &err), err);
	CHECK_OK(journal_write(file, &end.head, &err), err);
	end.tgid = 8;
	CHECK_OK(journal_write(file, &end.head, &err), err);
	fclose(file);
}

TEST(what_is_written_is_read_back)
{
	uint64_t room[JOURNAL_EVENT_MAX / 8];
	struct event_end *event = (void *)room;
	struct journal_head head;
	struct error err;
	FILE *file;

	write_two();
	CHECK_OK(journal_open(path, &file, &head, &err), err);
	CHECK_INT(head.wall_offset_ns, -12);
	CHECK_INT(journal_read(file, room, &err), 1);
	CHECK_INT(event->tgid, 7);
	CHECK_INT(journal_read(file, room, &err), 1);
	CHECK_INT(event->tgid, 8);
	CHECK_INT(journal_read(file, room, &err), 0);
	fclose(file);
	unlink(path);
}

/* Cut at every byte: whole events are read, half a one is the end, and never an error of another kind. */
TEST(cut_file_ends_with_its_last_whole_event)
{
	struct stat whole;

	write_two();
	CHECK_INT(stat(path, &whole), 0);
	for (off_t size = whole.st_size - 1; size >= (off_t)sizeof(struct journal_head); size--) {
		uint64_t room[JOURNAL_EVENT_MAX / 8];
		struct journal_head head;
		struct error err;
		int count = 0;
		FILE *file;

		CHECK_INT(truncate(path, size), 0);
		CHECK_OK(journal_open(path, &file, &head, &err), err);
		while (journal_read(file, room, &err) == 1)
			count++;
		fclose(file);
		CHECK_INT(count, (size - (off_t)sizeof(head)) / (off_t)sizeof(struct event_end));
	}
	unlink(path);
}

TEST(what_is_no_journal_is_refused)
{
	struct journal_head head = { .magic = "HUSKTRC", .version = 99, .head_size = sizeof(head) };
	struct journal_head read;
	struct error err;
	FILE *file;
	int fd;

	new_path();
	CHECK_INT(journal_open(path, &file, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "this is no journal of husk trace") != NULL);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK_INT(write(fd, &head, sizeof(head)), sizeof(head));
	close(fd);
	CHECK_INT(journal_open(path, &file, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "a journal of version 99, and this is version 1") != NULL);
	unlink(path);
	CHECK_INT(journal_open(path, &file, &read, &err), -ENOENT);
}

TEST(event_of_an_impossible_size_is_refused)
{
	static const uint32_t sizes[] = { 0, 8, 17, JOURNAL_EVENT_MAX + 8, UINT32_MAX };

	for (size_t i = 0; i < countof(sizes); i++) {
		struct event_end end = { .head = { .size = sizeof(end), .kind = EVENT_FREE } };
		uint64_t room[JOURNAL_EVENT_MAX / 8];
		struct journal_head head;
		struct error err;
		FILE *file;

		write_two();
		file = fopen(path, "re+");
		CHECK_INT(fseek(file, sizeof(struct journal_head), SEEK_SET), 0);
		end.head.size = sizes[i];
		CHECK_INT(fwrite(&end, sizeof(end), 1, file), 1);
		fclose(file);
		CHECK_OK(journal_open(path, &file, &head, &err), err);
		CHECK_INT(journal_read(file, room, &err), -EBADMSG);
		fclose(file);
		unlink(path);
	}
}
