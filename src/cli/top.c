// SPDX-License-Identifier: GPL-2.0-or-later
/* top - `husk top`: lines for scripts; on a terminal it is husk-top, which links ncurses */
#include "cli/command.h"
#include "cli/top.h"

static int show_lines(const char *root, struct top_request request, struct error *err)
{
	autostore struct store store = STORE_NONE;
	struct error ignored;

	/* Our own state folder only adds names: it may be missing, or somebody else's. */
	(void)!store_open(root, &store, &ignored);
	request.store = &store;
	return top_batch(&request, err);
}

int cmd_top(struct context *io_context, int argc, char **argv, struct error *err)
{
	struct top_values values = { .root = io_context->root };
	struct top_request request;
	int r;

	TRY(command_options(command_find("top"), OPTION_MIXED, 0, 0, argc, argv, &values, err));
	r = top_options_check(&values, &request, err);
	if (r < 0 || values.batch) {
		r = r < 0 ? r : show_lines(values.root, request, err);
		return r < 0 ? error_wrap(err, "top") : 0;
	}
	/* No operand was there, so all words stand where they stood. */
	r = command_run_helper(io_context, "husk-top", argc, argv, err);
	return error_wrap(err, "top: without --batch");
}
