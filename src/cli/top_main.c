// SPDX-License-Identifier: GPL-2.0-or-later
/* top_main - the program husk-top, which `husk top` is on a terminal */
#include <errno.h>

#include "base/log.h"
#include "cli/top.h"

/* husk has read the same words before, and shows lines for scripts itself. */
static int run(int argc, char **argv, struct error *err)
{
	struct top_values values = { 0 };
	autostore struct store store = STORE_NONE;
	struct top_request request;
	struct error ignored;
	int words = option_parse(top_options, OPTION_MIXED, argc, argv, &values, err);

	TRY(words);
	if (words || values.batch)
		return error_set(err, EINVAL, "this program is called by husk top");
	TRY(top_options_check(&values, &request, err));
	(void)!store_open(values.root, &store, &ignored);
	request.store = &store;
	return top_run(&request, err);
}

int main(int argc, char **argv)
{
	struct error err;
	int r;

	log_open(-1, false, LOG_WARNING);
	r = run(argc - 1, argv + 1, &err);
	if (r >= 0)
		return r;
	(void)error_wrap(&err, r == -ENOTTY ? "top: without --batch" : "top");
	log_line(LOG_ERROR, "%s", err.text);
	return 1;
}
