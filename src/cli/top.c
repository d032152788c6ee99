// SPDX-License-Identifier: GPL-2.0-or-later
/* top - `husk top`: the containers of the machine, living */
#include <errno.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "view/top.h"

enum { DELAY_MS = 2000, DELAY_LEAST_MS = 100, DELAY_MOST_MS = 86400000 };

struct top_values {
	const char *sort, *filter;
	struct maybe_int delay, count;
	bool batch;
};

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
	{ 0 },
};

static int read_values(const struct top_values *values, struct top_request *io_request,
		       struct error *err)
{
	if (values->sort)
		TRY(top_parse_sort(values->sort, &io_request->sort, err));
	if (values->delay.is_set)
		io_request->delay_ms = values->delay.value;
	if (io_request->delay_ms < DELAY_LEAST_MS || io_request->delay_ms > DELAY_MOST_MS)
		return error_set(err, EINVAL, "--delay: from 100ms to 24h");
	if (values->count.is_set && values->count.value < 1)
		return error_set(err, EINVAL, "--count: at least 1");
	io_request->count = values->count.value;
	io_request->filter = values->filter;
	io_request->is_batch = values->batch;
	return 0;
}

int cmd_top(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct top_values values = { 0 };
	autostore struct store store = STORE_NONE;
	struct top_request request = { .store = &store, .delay_ms = DELAY_MS };
	struct error ignored;
	int r = command_options(command_find("top"), OPTION_MIXED, 0, 0, argc, argv, &values, err);

	TRY(r);
	/* Our own state folder only adds names: it may be missing, or somebody else's. */
	(void)!store_open(io_context->root, &store, &ignored);
	r = read_values(&values, &request, err);
	if (r == 0)
		r = top_run(&request, err);
	if (r < 0)
		return error_wrap(err, r == -ENOTTY ? "top: without --batch" : "top");
	return r;
}
