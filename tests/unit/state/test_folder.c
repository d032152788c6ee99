// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/scope.h"
#include "test.h"

TEST(random_names_are_16_digits)
{
	static const struct {
		const char *name;
		bool is_random;
	} rows[] = {
		{ "0123456789abcdef", true },  { "0000000000000000", true },
		{ "0123456789abcde", false },  { "0123456789abcdef0", false },
		{ "0123456789ABCDEF", false }, { ".123456789abcdef", false },
		{ ".cache", false },		{ ".", false },
		{ "..", false },		{ "", false },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(state_folder_is_random(rows[i].name), rows[i].is_random);
}

TEST(random_names_differ)
{
	char first[STATE_RANDOM_SIZE], second[STATE_RANDOM_SIZE];

	state_folder_random_name(first);
	state_folder_random_name(second);
	CHECK_TRUE(state_folder_is_random(first));
	CHECK_TRUE(state_folder_is_random(second));
	CHECK_TRUE(strcmp(first, second) != 0);
}

TEST(the_folder_of_half_made_ones_is_made_only_when_asked_for_and_has_to_be_private)
{
	char place[] = "/tmp/husk-folder-XXXXXX";
	autoclose int place_fd = -1, half_fd = -1;
	struct error err;

	CHECK_TRUE(mkdtemp(place) != NULL);
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(state_folder_open_half(place_fd, false, &err), -ENOENT);
	half_fd = state_folder_open_half(place_fd, true, &err);
	CHECK_OK(half_fd, err);
	CHECK_INT(fchmod(half_fd, 0777), 0);
	CHECK_INT(state_folder_open_half(place_fd, true, &err), -EPERM);
	CHECK_INT(unlinkat(place_fd, ".half", AT_REMOVEDIR), 0);
	CHECK_INT(symlinkat("/", place_fd, ".half"), 0);
	CHECK_INT(state_folder_open_half(place_fd, true, &err), -ENOTDIR);
	CHECK_INT(unlinkat(place_fd, ".half", 0), 0);
	CHECK_INT(rmdir(place), 0);
}

TEST(a_folder_is_known_by_its_inode_not_by_its_name)
{
	char place[] = "/tmp/husk-folder-XXXXXX";
	autoclose int place_fd = -1, a_fd = -1;
	struct error err;

	CHECK_TRUE(mkdtemp(place) != NULL);
	place_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_INT(mkdirat(place_fd, "a", 0700), 0);
	a_fd = openat(place_fd, "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_TRUE(state_folder_is_named(a_fd, place_fd, "a"));
	CHECK_INT(renameat(place_fd, "a", place_fd, "b"), 0);
	CHECK_INT(mkdirat(place_fd, "a", 0700), 0);
	CHECK_TRUE(!state_folder_is_named(a_fd, place_fd, "a"));
	CHECK_TRUE(state_folder_is_named(a_fd, place_fd, "b"));
	CHECK_OK(state_folder_remove(a_fd, place_fd, "b", &err), err);
	CHECK_TRUE(!state_folder_is_named(a_fd, place_fd, "b"));
	CHECK_INT(unlinkat(place_fd, "a", AT_REMOVEDIR), 0);
	CHECK_INT(rmdir(place), 0);
}
