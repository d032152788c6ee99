// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "cli/top.h"

enum { DELAY_MS = 2000, DELAY_LEAST_MS = 100, DELAY_MOST_MS = 86400000 };

const struct option top_options[] = {
	{ "delay", 'd', OPTION_DURATION, offsetof(struct top_values, delay), "TIME",
	  "between two looks; 2s" },
	{ "count", 'n', OPTION_NUMBER, offsetof(struct top_values, count), "N",
	  "end after so many looks" },
	{ "batch", 'b', OPTION_FLAG, offsetof(struct top_values, batch), NULL,
	  "plain lines, for scripts" },
	{ "sort", 's', OPTION_TEXT, offsetof(struct top_values, sort), "KEY",
	  "cpu, memory, tasks, zombies, signals or name" },
	{ "filter", 0, OPTION_TEXT, offsetof(struct top_values, filter), "TEXT",
	  "only containers with this in id, name, engine or command" },
	{ "root", 0, OPTION_TEXT, offsetof(struct top_values, root), "DIR", NULL },
	{ 0 },
};

int top_options_check(const struct top_values *values, struct top_request *ret_request,
		      struct error *err)
{
	struct top_request request = { .delay_ms = DELAY_MS, .filter = values->filter };

	if (values->sort)
		TRY(top_parse_sort(values->sort, &request.sort, err));
	if (values->delay.is_set)
		request.delay_ms = values->delay.value;
	if (request.delay_ms < DELAY_LEAST_MS || request.delay_ms > DELAY_MOST_MS)
		return error_set(err, EINVAL, "--delay: must be from 100ms to 24h");
	if (values->count.is_set && values->count.value < 1)
		return error_set(err, EINVAL, "--count: must be at least 1");
	request.count = values->count.value;
	*ret_request = request;
	return 0;
}
