// SPDX-License-Identifier: GPL-2.0-or-later
/* top_batch - looks at the machine, and shows them without a terminal */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "view/find.h"
#include "view/top.h"

enum { FIRST_MS = 250 };

void top_begin(const struct top_request *request, struct top *ret_top)
{
	*ret_top = (struct top){ .sort = request->sort };
	snprintf(ret_top->filter, sizeof(ret_top->filter), "%s",
		 request->filter ? request->filter : "");
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int top_look(const struct store *store, struct top *io_top, struct error *err)
{
	autosurvey struct survey survey = { 0 };

	TRY(survey_read(SURVEY_TIMES | SURVEY_COUNTS | SURVEY_PRESSURE, &survey, err));
	find_name_own(store, &survey);
	top_take(&survey, now_ns(), io_top);
	return 0;
}

int64_t top_first_ms(const struct top_request *request)
{
	return request->delay_ms < FIRST_MS ? request->delay_ms : FIRST_MS;
}

static int show(struct top *io_top, bool is_first, struct error *err)
{
	autotext struct text lines = { 0 };

	if (!is_first)
		text_add(&lines, "\n");
	top_compose(io_top, 0, &lines);
	/* The mark of a reversed line is for terminals. */
	for (char *at = lines.data; (at = strchr(at, '\1')); )
		memmove(at, at + 1, strlen(at)), lines.size--;
	return fd_write_all(STDOUT_FILENO, lines.data, lines.size, err);
}

static void rest(int64_t ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

int top_batch(const struct top_request *request, struct error *err)
{
	autotop struct top top;

	top_begin(request, &top);
	TRY(top_look(request->store, &top, err));
	rest(top_first_ms(request));
	for (int64_t shown = 0; !request->count || shown < request->count; shown++) {
		if (shown)
			rest(request->delay_ms);
		TRY(top_look(request->store, &top, err));
		TRY(show(&top, !shown, err));
	}
	return 0;
}
