// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/scope.h"
#include "test.h"
#include "view/top.h"

TEST(request_is_what_it_begins_with)
{
	autotop struct top top, plain;
	char filter[2 * TOP_FILTER_SIZE] = "";

	memset(filter, 'x', sizeof(filter) - 1);
	top_begin(&(struct top_request){ .sort = TOP_NAME, .filter = filter }, &top);
	CHECK_INT(top.sort, TOP_NAME);
	CHECK_INT(strlen(top.filter), TOP_FILTER_SIZE - 1);
	top_begin(&(struct top_request){ 0 }, &plain);
	CHECK_STR(plain.filter, "");
}

TEST(first_rates_are_there_soon)
{
	CHECK_INT(top_first_ms(&(struct top_request){ .delay_ms = 86400000 }), 250);
	CHECK_INT(top_first_ms(&(struct top_request){ .delay_ms = 100 }), 100);
}

TEST(as_many_looks_are_shown_as_asked_for)
{
	autoclose int out_fd = memfd_create("out", MFD_CLOEXEC), kept_fd = dup(STDOUT_FILENO);
	struct store store = STORE_NONE;
	struct top_request request = { .store = &store, .delay_ms = 100, .count = 2,
				       .filter = "no container is called so" };
	autofree char *text = NULL;
	struct error err;
	const char *second;
	int r;

	CHECK_TRUE(dup2(out_fd, STDOUT_FILENO) >= 0);
	r = top_batch(&request, &err);
	dup2(kept_fd, STDOUT_FILENO);
	CHECK_OK(r, err);
	CHECK_INT(lseek(out_fd, 0, SEEK_SET), 0);
	CHECK_OK(fd_read_all(out_fd, 100000, &text, NULL, &err), err);
	CHECK_TRUE(text_begins(text, "husk top  "));
	second = strstr(text, "\n\nhusk top  ");
	CHECK_TRUE(second && !strstr(second + 1, "\n\n"));
	CHECK_TRUE(strstr(text, "\nENGINE ") && !strchr(text, '\1'));
}
