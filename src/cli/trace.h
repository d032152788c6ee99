// SPDX-License-Identifier: GPL-2.0-or-later
/* trace - the options of `husk trace`, which the program husk-trace reads */
#ifndef HUSK_CLI_TRACE_H
#define HUSK_CLI_TRACE_H

#include "cli/option.h"

struct trace_values {
	const char *root, *format, *out, *read, *cgroup, *signals, *kinds, *with;
	struct maybe_int buffer, duration, min_latency, size, keep;
	bool all, help;
};

extern const struct option trace_options[];

#endif
