// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/lab.h"

const struct option lab_options[] = {
	{ "format", 'f', OPTION_TEXT, offsetof(struct lab_values, format), "FORMAT",
	  "text, json, or (of run all) markdown" },
	{ "repeat", 'n', OPTION_NUMBER, offsetof(struct lab_values, repeat), "N",
	  "do each experiment N times; one that is not confirmed ends it" },
	{ "timeout", 't', OPTION_DURATION, offsetof(struct lab_values, timeout), "TIME",
	  "give each try so long (default 60s)" },
	{ "help", 'h', OPTION_FLAG, offsetof(struct lab_values, help), NULL, NULL },
	{ 0 },
};
