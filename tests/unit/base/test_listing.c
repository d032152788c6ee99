// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "scratch.h"

static void make_file(int dir_fd, const char *name)
{
	autoclose int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK_TRUE(fd >= 0);
}

TEST(each_name_comes_once_and_neither_self_nor_parent)
{
	/* Far more than one buffer holds. */
	enum { MANY = 1000 };
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	bool is_seen[MANY] = { false };
	const char *name;
	int count = 0;

	for (int i = 0; i < MANY; i++) {
		char file[32];

		snprintf(file, sizeof(file), "file-%03d", i);
		make_file(scratch.fd, file);
	}
	autolisting struct listing list = listing_open(scratch.fd, ".");

	CHECK_TRUE(list.fd >= 0);
	for (; (name = listing_next(&list)); count++) {
		int i = atoi(name + strlen("file-"));

		CHECK_TRUE(strncmp(name, "file-", 5) == 0 && i >= 0 && i < MANY && !is_seen[i]);
		is_seen[i] = true;
	}
	CHECK_INT(errno, 0);
	CHECK_INT(count, MANY);
	CHECK_TRUE(!listing_next(&list));
}

TEST(names_that_begin_with_a_dot_are_names)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autolisting struct listing list = listing_open(AT_FDCWD, scratch.path);

	make_file(scratch.fd, "...");
	CHECK_STR(listing_next(&list), "...");
	CHECK_TRUE(!listing_next(&list));
}

TEST(kind_of_an_entry_is_told)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autolisting struct listing list = listing_open(scratch.fd, ".");
	const struct dirent64 *entry;

	CHECK_INT(mkdirat(scratch.fd, "folder", 0700), 0);
	entry = listing_next_entry(&list);
	CHECK_TRUE(entry);
	CHECK_STR(entry->d_name, "folder");
	CHECK_TRUE(entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

TEST(offset_of_the_folder_itself_does_not_move)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autoclose int fd = open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_file(scratch.fd, "file");
	for (int turn = 0; turn < 2; turn++) {
		autolisting struct listing list = listing_open(fd, ".");

		CHECK_INT(fcntl(list.fd, F_GETFD), FD_CLOEXEC);
		CHECK_STR(listing_next(&list), "file");
		CHECK_TRUE(!listing_next(&list));
	}
}

TEST(folder_that_is_gone_is_at_its_end)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();

	CHECK_INT(mkdirat(scratch.fd, "folder", 0700), 0);
	autolisting struct listing list = listing_open(scratch.fd, "folder");

	CHECK_INT(unlinkat(scratch.fd, "folder", AT_REMOVEDIR), 0);
	CHECK_TRUE(!listing_next(&list));
	CHECK_INT(errno, 0);
}

TEST(what_cannot_be_listed_has_no_names_and_a_reason)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();

	make_file(scratch.fd, "file");
	autolisting struct listing file = listing_open(scratch.fd, "file");

	CHECK_INT(file.fd, -1);
	CHECK_INT(errno, ENOTDIR);
	CHECK_TRUE(!listing_next(&file));
	autolisting struct listing none = listing_open(scratch.fd, "none");

	CHECK_INT(none.fd, -1);
	CHECK_INT(errno, ENOENT);
	CHECK_TRUE(!listing_next(&none));
}
