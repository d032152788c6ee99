// SPDX-License-Identifier: GPL-2.0-or-later
/* lab - the options of `husk lab`, which the program husk-lab reads */
#ifndef HUSK_CLI_LAB_H
#define HUSK_CLI_LAB_H

#include "cli/option.h"

struct lab_values {
	const char *format;
	struct maybe_int timeout, repeat;
	bool help;
};

extern const struct option lab_options[];

#endif
