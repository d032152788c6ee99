// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static int refuse(struct error *err)
{
	return error_set(err, EINVAL, "no");
}

static int hand_on(struct error *err)
{
	TRY(refuse(err));
	return 7;
}

/* ER-11 */
TEST(system_call_gives_its_errno_and_text)
{
	struct error err;

	errno = ENOENT;
	CHECK_ERROR(error_sys(&err, "open %s", "/x"), err, ENOENT,
		    "open /x: no such file or directory");
	CHECK_INT(err.code, ENOENT);
}

/* ER-03, ER-04: Docker's client looks for these, spelled so, to make 126 and 127 of them. */
TEST(words_of_an_errno_begin_small)
{
	CHECK_STR(error_words(EACCES), "permission denied");
	CHECK_STR(error_words(ENOENT), "no such file or directory");
	CHECK_STR(error_words(EDOTDOT), "RFS specific error");
}

TEST(anything_else_gives_the_code_it_is_told)
{
	struct error err;

	CHECK_ERROR(error_set(&err, ERANGE, "%d is too much", 7), err, ERANGE, "7 is too much");
}

TEST(context_stands_in_front_and_the_code_stays)
{
	struct error err;

	error_set(&err, EACCES, "inner");
	CHECK_ERROR(error_wrap(&err, "mount %s", "/data"), err, EACCES, "mount /data: inner");
	CHECK_ERROR(error_wrap(&err, "create"), err, EACCES, "create: mount /data: inner");
}

TEST(text_that_does_not_fit_is_cut_from_the_end)
{
	static char context[ERROR_TEXT_SIZE - 10], name[2 * ERROR_TEXT_SIZE];
	struct error err;

	memset(context, 'c', sizeof(context) - 1);
	memset(name, 'n', sizeof(name) - 1);
	error_set(&err, EIO, "%s", name);
	CHECK_INT(strlen(err.text), ERROR_TEXT_SIZE - 1);
	error_wrap(&err, "%s", context);
	CHECK_INT(strlen(err.text), ERROR_TEXT_SIZE - 1);
	CHECK_TRUE(strncmp(err.text, "ccc", 3) == 0);
	CHECK_STR(err.text + sizeof(context) - 1, ": nnnnnnnn");
	error_wrap(&err, "%s", name);
	CHECK_TRUE(strncmp(err.text, "nnn", 3) == 0);
	CHECK_INT(err.code, EIO);
}

TEST(negative_result_is_handed_on)
{
	struct error err;

	CHECK_ERROR(hand_on(&err), err, EINVAL, "no");
}

TEST(a_failure_without_a_number_is_still_a_failure)
{
	struct error err;

	errno = 0;
	CHECK_INT(error_sys(&err, "read"), -EIO);
	CHECK_INT(err.code, EIO);
	CHECK_ERROR(error_set(&err, 0, "no"), err, EIO, "no");
	err.code = 0;
	CHECK_ERROR(error_wrap(&err, "yes"), err, EIO, "yes: no");
	CHECK_INT(err.code, EIO);
}
