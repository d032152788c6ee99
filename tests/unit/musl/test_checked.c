// SPDX-License-Identifier: GPL-2.0-or-later
/* Under names of its own: the C library that this runs with has functions of these names. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forked.h"
#include "test.h"

#define __snprintf_chk	checked_snprintf
#define __vsnprintf_chk checked_vsnprintf
#define __fprintf_chk	checked_fprintf
#define __strncpy_chk	checked_strncpy
#include "musl/checked.c"

TEST(text_is_cut_at_the_size_as_snprintf_does)
{
	char buf[8];

	CHECK_INT(checked_snprintf(buf, sizeof(buf), 1, sizeof(buf), "%s-%d", "long", 1234), 9);
	CHECK_STR(buf, "long-12");
}

TEST(file_gets_what_fprintf_writes)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	CHECK_INT(checked_fprintf(file, 1, "%02x:%s", 10, "a"), 4);
	fclose(file);
	CHECK_STR(text, "0a:a");
	free(text);
}

TEST(bytes_behind_a_copy_are_zeros)
{
	char buf[4] = "xxx";

	CHECK_TRUE(checked_strncpy(buf, "a", sizeof(buf), sizeof(buf)) == buf);
	CHECK_INT(memcmp(buf, "a\0\0", 4), 0);
}

static void write_past_the_end(void)
{
	char buf[4];

	checked_snprintf(buf, sizeof(buf) + 1, 1, sizeof(buf), "%s", "longer than that");
}

TEST(size_past_the_room_ends_the_program)
{
	char reason[FORKED_REASON_SIZE];
	int status = forked_run(write_past_the_end, reason);

	CHECK_TRUE(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGABRT);
}
