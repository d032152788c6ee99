// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal_read.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "journals.h"

enum { LIMIT = JOURNAL_LIMIT_MIN };

TEST(what_is_written_is_read_back)
{
	struct journal_request request = { .path = path, .wall_offset_ns = -12, .begin_ns = 5 };
	struct journal_reader *reader;
	struct journal_head head;
	struct seen seen;
	struct error err;

	new_folder();
	write_ends(&request, 7, 3);
	CHECK_OK(journal_read_open(path, &reader, &head, &err), err);
	journal_read_close(&reader);
	CHECK_INT(head.wall_offset_ns, -12);
	CHECK_INT(head.begin_ns, 5);
	seen = read_all(path);
	CHECK_INT(seen.first, 7);
	CHECK_INT(seen.last, 9);
	CHECK_STR(seen.notes, "");
	remove_folder();
}

TEST(all_files_are_read_as_one)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 12 };
	struct journal_sum sum;
	struct seen seen;

	new_folder();
	sum = write_ends(&request, 1, 20000);
	CHECK_TRUE(sum.files > 5 && sum.files <= 12);
	seen = read_all(path);
	CHECK_INT(seen.ends, 20000);
	CHECK_INT(seen.first, 1);
	CHECK_STR(seen.notes, "");
	remove_folder();
}

TEST(the_newest_are_there_and_it_is_told_that_others_are_not)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 2 };
	autofree char *wanted = NULL;
	struct seen seen;
	struct journal_sum sum;

	new_folder();
	sum = write_ends(&request, 1, 20000);
	seen = read_all(path);
	CHECK_INT(seen.last, 20000);
	CHECK_TRUE(seen.ends < 20000);
	wanted = mem_format("%s.1 begins with file %d of its recording; those before are not there\n",
			    path, (int)sum.files - 1);
	CHECK_STR(seen.notes, wanted);
	remove_folder();
}

TEST(a_missing_file_is_told)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 12 };
	autofree char *one = NULL, *two = NULL;

	new_folder();
	write_ends(&request, 1, 20000);
	one = file_name(1);
	two = file_name(2);
	CHECK_INT(rename(two, one), 0);
	{
		struct journal_reader *reader;
		struct journal_head head;
		struct error err;

		CHECK_OK(journal_read_open(path, &reader, &head, &err), err);
		CHECK_TRUE(strstr(journal_read_notes(reader), "files are missing\n") != NULL);
		journal_read_close(&reader);
	}
	remove_folder();
}

TEST(one_file_can_be_read_alone)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 12 };
	autofree char *name = NULL;
	struct seen seen;

	new_folder();
	write_ends(&request, 1, 20000);
	name = file_name(2);
	seen = read_all(name);
	CHECK_TRUE(seen.ends > 100 && seen.ends < 3000);
	CHECK_TRUE(strstr(seen.notes, " of its recording; those before are not there\n") != NULL);
	remove_folder();
}

TEST(files_of_another_recording_are_left_alone)
{
	struct journal_request first = { .path = path, .begin_ns = 1, .limit_bytes = LIMIT,
					 .keep = 12 };
	struct journal_request second = { .path = path, .begin_ns = 2 };
	struct seen seen;

	new_folder();
	write_ends(&first, 1, 20000);
	write_ends(&second, 50000, 5);
	seen = read_all(path);
	CHECK_INT(seen.ends, 5);
	CHECK_INT(seen.first, 50000);
	CHECK_STR(seen.notes, "");
	remove_folder();
}

TEST(the_newest_file_may_be_missing_or_empty_after_a_crash)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 12 };
	struct seen seen;

	new_folder();
	write_ends(&request, 1, 20000);
	CHECK_INT(truncate(path, 0), 0);
	seen = read_all(path);
	CHECK_INT(seen.first, 1);
	CHECK_TRUE(seen.last < 20000);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(read_all(path).ends, seen.ends);
	remove_folder();
}

/* Cut at every byte: whole events are read, half a one is the end and is told. */
TEST(cut_file_ends_with_its_last_whole_event)
{
	struct journal_request request = { .path = path };
	struct stat whole;

	new_folder();
	write_ends(&request, 1, 2);
	CHECK_INT(stat(path, &whole), 0);
	for (off_t size = whole.st_size - 1; size >= (off_t)sizeof(struct journal_head); size--) {
		off_t events = size - (off_t)sizeof(struct journal_head);
		off_t torn = events % (off_t)sizeof(struct event_end);
		autofree char *note = mem_format("%s is cut off in the middle of an event; its last "
						 "%d bytes are left out\n", path, (int)torn);
		struct seen seen;

		CHECK_INT(truncate(path, size), 0);
		seen = read_all(path);
		CHECK_INT(seen.ends, events / (off_t)sizeof(struct event_end));
		CHECK_STR(seen.notes, torn ? note : "");
	}
	remove_folder();
}

TEST(what_is_no_journal_is_refused)
{
	struct journal_head head = { .magic = "HUSKTRC", .version = 99, .head_size = sizeof(head) };
	struct journal_reader *reader;
	struct journal_head read;
	struct error err;
	int fd;

	new_folder();
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -ENOENT);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -ENODATA);
	CHECK_TRUE(strstr(err.text, "this journal is empty") != NULL);
	CHECK_INT(write(fd, &head, sizeof(head)), sizeof(head));
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "a journal of version 99, and this is version 2") != NULL);
	head.version = EVENT_VERSION;
	head.wall_offset_ns = INT64_MIN;
	CHECK_INT(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "the journal's clock is not a known one") != NULL);
	head.wall_offset_ns = 0;
	head.begin_ns = UINT64_MAX;
	CHECK_INT(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "the journal's clock is not a known one") != NULL);
	CHECK_INT(pwrite(fd, "x", 1, 0), 1);
	CHECK_INT(journal_read_open(path, &reader, &read, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, "this is no journal of husk trace") != NULL);
	close(fd);
	remove_folder();
}

TEST(event_of_an_impossible_size_is_refused)
{
	static const uint32_t sizes[] = { 0, 8, 17, JOURNAL_EVENT_MAX + 8, UINT32_MAX };
	struct journal_request request = { .path = path };

	for (size_t i = 0; i < countof(sizes); i++) {
		struct event_head event = { .size = sizes[i], .kind = EVENT_FREE };
		uint64_t room[JOURNAL_EVENT_MAX / 8];
		struct journal_reader *reader;
		struct journal_head head;
		struct error err;
		FILE *file;

		new_folder();
		write_ends(&request, 1, 1);
		file = fopen(path, "re+");
		CHECK_INT(fseek(file, sizeof(struct journal_head), SEEK_SET), 0);
		CHECK_INT(fwrite(&event, sizeof(event), 1, file), 1);
		fclose(file);
		CHECK_OK(journal_read_open(path, &reader, &head, &err), err);
		CHECK_INT(journal_read_next(reader, room, &err), -EBADMSG);
		CHECK_TRUE(strstr(err.text, "at byte 40 there is no event") != NULL);
		journal_read_close(&reader);
		remove_folder();
	}
}
