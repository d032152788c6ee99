// SPDX-License-Identifier: GPL-2.0-or-later
#include "systemd/request.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

TEST(request_is_four_words_and_the_rest)
{
	char text[] = "set\nuser\n250\na.scope\nTasksMax\nt\n\n";
	autorequest struct request request = { 0 };
	struct error err;

	CHECK_OK(request_parse(text, &request, &err), err);
	CHECK_STR(request.verb, "set");
	CHECK_TRUE(request.is_user);
	CHECK_INT(request.limit_ms, 250);
	CHECK_STR(request.unit, "a.scope");
	CHECK_INT(request.count, 3);
	CHECK_STR(request.word[0], "TasksMax");
	CHECK_STR(request.word[2], "");
}

TEST(escapes_become_what_they_stand_for)
{
	char text[] = "stop\nsystem\n1\na\\\\x2d.scope\ntwo\\nlines\n";
	autorequest struct request request = { 0 };
	struct error err;

	CHECK_OK(request_parse(text, &request, &err), err);
	CHECK_TRUE(!request.is_user);
	CHECK_STR(request.unit, "a\\x2d.scope");
	CHECK_STR(request.word[0], "two\nlines");
}

TEST(text_that_is_no_request_is_refused)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "", "the request is cut short" },
		{ "stop\nuser\n1\na.scope", "the request is cut short" },
		{ "stop\nmoon\n1\na.scope\n", "no such bus: moon" },
		{ "stop\nuser\n0\na.scope\n", "not a limit in milliseconds: 0" },
		{ "stop\nuser\nx\na.scope\n", "not a limit in milliseconds: x" },
	};
	autorequest struct request request = { 0 };
	struct error err;
	char text[64];

	for (size_t i = 0; i < countof(rows); i++) {
		strcpy(text, rows[i].text);
		CHECK_ERROR(request_parse(text, &request, &err), err, EBADMSG, rows[i].error);
	}
}
