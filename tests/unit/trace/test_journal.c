// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/journal.h"

#include <sys/stat.h>

#include "journals.h"

enum { LIMIT = JOURNAL_LIMIT_MIN };

static off_t size_of(int number)
{
	autofree char *name = file_name(number);
	struct stat st;

	return stat(name, &st) == 0 ? st.st_size : -1;
}

TEST(without_a_limit_it_is_one_file)
{
	struct journal_request request = { .path = path };
	struct journal_sum sum;

	new_folder();
	sum = write_ends(&request, 1, 10000);
	CHECK_INT(sum.events, 10000);
	CHECK_INT(sum.files, 1);
	CHECK_INT(size_of(0), sum.bytes);
	CHECK_INT(size_of(1), -1);
	remove_folder();
}

TEST(with_a_limit_no_file_is_larger_and_there_are_no_more_than_asked_for)
{
	for (uint32_t keep = 1; keep <= 4; keep++) {
		struct journal_request request = { .path = path, .limit_bytes = LIMIT,
						   .keep = keep };
		struct journal_sum sum;

		new_folder();
		sum = write_ends(&request, 1, 20000);
		CHECK_TRUE(sum.files > keep);
		for (int i = 0; i < (int)keep; i++)
			CHECK_TRUE(size_of(i) > 0 && size_of(i) <= LIMIT);
		CHECK_INT(size_of((int)keep), -1);
		remove_folder();
	}
}

TEST(each_file_begins_with_who_is_there_and_what_was_lost)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 3 };
	struct event_task there = event_of_task(EVENT_TASK, 100, 0, 1);
	struct event_lost lost = { .head = head_of(EVENT_LOST, sizeof(lost), 2),
				   .kind = EVENT_SIGNAL, .count = 3 };
	struct event_end end = { .head = head_of(EVENT_FREE, sizeof(end), 3) };
	struct journal *journal;
	struct error err;

	new_folder();
	CHECK_OK(journal_create(&request, &journal, &err), err);
	CHECK_OK(journal_write(journal, &there.head, &err), err);
	CHECK_OK(journal_write(journal, &lost.head, &err), err);
	for (uint32_t i = 0; i < 20000; i++) {
		end.tgid = end.tid = 1000 + i;
		CHECK_OK(journal_write(journal, &end.head, &err), err);
	}
	CHECK_OK(journal_close(&journal, NULL, &err), err);
	for (int i = 1; i < 3; i++) {
		autofree char *name = file_name(i);
		struct seen seen = read_all(name);

		CHECK_INT(seen.tasks, 1);
		CHECK_INT(seen.lost, 1);
		CHECK_TRUE(seen.ends > 0);
	}
	remove_folder();
}

/* Else it would be a new file with each event. */
TEST(a_file_holds_as_much_again_as_its_roster)
{
	struct journal_request request = { .path = path, .limit_bytes = LIMIT, .keep = 2 };
	struct journal *journal;
	struct journal_sum sum;
	struct error err;
	off_t roster;

	new_folder();
	CHECK_OK(journal_create(&request, &journal, &err), err);
	for (uint32_t i = 1; i <= 2000; i++) {
		struct event_task task = event_of_task(EVENT_FORK, i, 0, i);

		CHECK_OK(journal_write(journal, &task.head, &err), err);
	}
	CHECK_OK(journal_close(&journal, &sum, &err), err);
	roster = 2000 * (off_t)sizeof(struct event_task);
	CHECK_TRUE(roster > 2 * LIMIT);
	CHECK_TRUE(sum.files < 12);
	CHECK_TRUE(size_of(1) <= 2 * roster);
	remove_folder();
}

TEST(what_is_no_regular_file_is_never_renamed)
{
	struct journal_request request = { .path = "/dev/null", .limit_bytes = LIMIT, .keep = 2 };
	struct journal *journal;
	struct error err;

	CHECK_INT(journal_create(&request, &journal, &err), -EINVAL);
	CHECK_TRUE(strstr(err.text, "/dev/null is no regular file") != NULL);
	request.limit_bytes = 0;
	CHECK_OK(journal_create(&request, &journal, &err), err);
	CHECK_OK(journal_close(&journal, NULL, &err), err);
}

TEST(a_full_disk_is_told)
{
	struct journal_request request = { .path = "/dev/full" };
	struct event_end end = { .head = head_of(EVENT_FREE, sizeof(end), 3) };
	struct journal *journal;
	struct error err;

	CHECK_OK(journal_create(&request, &journal, &err), err);
	CHECK_INT(journal_write(journal, &end.head, &err), -ENOSPC);
	CHECK_STR(err.text, "write /dev/full: no space left on device");
	CHECK_INT(journal_close(&journal, NULL, &err), -ENOSPC);
}
