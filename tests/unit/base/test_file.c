// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/scratch.h"
#include "test.h"

TEST(replaced_file_is_read_back)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *data = NULL;
	struct error err;
	struct stat st;
	size_t size;

	CHECK_OK(file_replace(scratch.fd, "state", 0600, "one", 3, &err), err);
	CHECK_OK(file_replace(scratch.fd, "state", 0600, "three", 5, &err), err);
	CHECK_OK(file_read(scratch.fd, "state", 100, &data, &size, &err), err);
	CHECK_STR(data, "three");
	CHECK_INT(size, 5);
	CHECK_INT(fstatat(scratch.fd, "state", &st, 0), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(faccessat(scratch.fd, ".state.tmp", F_OK, 0), -1);
}

TEST(draft_lies_beside_the_file_it_replaces)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *data = NULL;
	struct error err;

	CHECK_INT(mkdirat(scratch.fd, "sub", 0700), 0);
	CHECK_OK(file_replace(scratch.fd, "sub/state", 0600, "x", 1, &err), err);
	CHECK_OK(file_read(scratch.fd, "sub/state", 100, &data, NULL, &err), err);
	CHECK_STR(data, "x");
}

/* In a folder for all, as /tmp, the name of the draft may be anybody's. */
TEST(draft_is_always_a_new_file)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *data = NULL, *other = NULL;
	struct error err;

	CHECK_OK(file_replace(scratch.fd, "other", 0600, "untouched", 9, &err), err);
	CHECK_INT(symlinkat("other", scratch.fd, ".state.tmp"), 0);
	CHECK_OK(file_replace(scratch.fd, "state", 0600, "x", 1, &err), err);
	CHECK_OK(file_read(scratch.fd, "state", 100, &data, NULL, &err), err);
	CHECK_STR(data, "x");
	CHECK_OK(file_read(scratch.fd, "other", 100, &other, NULL, &err), err);
	CHECK_STR(other, "untouched");
	CHECK_INT(faccessat(scratch.fd, ".state.tmp", F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

TEST(failed_replacement_leaves_the_old_content)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;

	CHECK_INT(mkdirat(scratch.fd, "state", 0700), 0);
	CHECK_ERROR(file_replace(scratch.fd, "state", 0600, "x", 1, &err), err, EISDIR,
		    "write state: rename .state.tmp: is a directory");
	CHECK_INT(faccessat(scratch.fd, ".state.tmp", F_OK, 0), -1);
}

TEST(missing_file_is_named)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;
	char *data;

	CHECK_ERROR(file_read(scratch.fd, "nothing", 10, &data, NULL, &err), err, ENOENT,
		    "open nothing: no such file or directory");
	CHECK_ERROR(file_write(scratch.fd, "nothing", "x", &err), err, ENOENT,
		    "open nothing: no such file or directory");
	CHECK_INT(faccessat(scratch.fd, "nothing", F_OK, 0), -1);
}

TEST(too_long_a_file_is_named)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	struct error err;
	char *data;

	CHECK_OK(file_replace(scratch.fd, "long", 0600, "12345", 5, &err), err);
	CHECK_ERROR(file_read(scratch.fd, "long", 4, &data, NULL, &err), err, EFBIG,
		    "long: more than 4 bytes");
}

TEST(written_file_is_not_truncated)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *data = NULL;
	struct error err;

	CHECK_OK(file_replace(scratch.fd, "knob", 0600, "12345", 5, &err), err);
	CHECK_OK(file_write(scratch.fd, "knob", "ab", &err), err);
	CHECK_OK(file_read(scratch.fd, "knob", 100, &data, NULL, &err), err);
	CHECK_STR(data, "ab345");
}

TEST(refused_write_is_named)
{
	struct error err;

	CHECK_ERROR(file_write(AT_FDCWD, "/dev/full", "x", &err), err, ENOSPC,
		    "write /dev/full: no space left on device");
}

TEST(fifo_and_folder_are_refused_at_once)
{
	autoclean(scratch_clear) struct scratch scratch = scratch_new();
	autofree char *data = NULL;
	struct error err;

	CHECK_INT(mkfifoat(scratch.fd, "fifo", 0600), 0);
	CHECK_ERROR(file_read(scratch.fd, "fifo", 100, &data, NULL, &err), err, EINVAL,
		    "fifo: not a regular file");
	CHECK_ERROR(file_read(scratch.fd, ".", 100, &data, NULL, &err), err, EISDIR,
		    ".: is a directory");
}
