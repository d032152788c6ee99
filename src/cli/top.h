// SPDX-License-Identifier: GPL-2.0-or-later
/* top - the options of `husk top`, which the program husk-top reads as well */
#ifndef HUSK_CLI_TOP_H
#define HUSK_CLI_TOP_H

#include "cli/option.h"
#include "view/top.h"

struct top_values {
	const char *root, *sort, *filter;
	struct maybe_int delay, count;
	bool batch;
};

extern const struct option top_options[];

/* What they ask for, all but the store. -EINVAL names the option. */
MUST_USE int top_options_check(const struct top_values *values, struct top_request *ret_request,
			       struct error *err);

#endif
