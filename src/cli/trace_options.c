// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/trace.h"

const struct option trace_options[] = {
	{ "all", 'a', OPTION_FLAG, offsetof(struct trace_values, all), NULL,
	  "every process of the machine" },
	{ "cgroup", 0, OPTION_TEXT, offsetof(struct trace_values, cgroup), "FOLDER",
	  "the processes of a cgroup" },
	{ "format", 'f', OPTION_TEXT, offsetof(struct trace_values, format), "FORMAT",
	  "text, json (one object a line), chrome (for Perfetto) or html (one page)" },
	{ "out", 'o', OPTION_TEXT, offsetof(struct trace_values, out), "FILE",
	  "write there; without --format a journal, for --read" },
	{ "read", 'r', OPTION_TEXT, offsetof(struct trace_values, read), "FILE",
	  "show a journal instead of recording" },
	{ "duration", 'd', OPTION_DURATION, offsetof(struct trace_values, duration), "TIME",
	  "end after that time" },
	{ "signals", 's', OPTION_TEXT, offsetof(struct trace_values, signals), "LIST",
	  "show only these signals: TERM,KILL" },
	{ "kinds", 'k', OPTION_TEXT, offsetof(struct trace_values, kinds), "LIST",
	  "show only these kinds: fork,exec,exit,free,signal,deliver,oom,move,freeze" },
	{ "min-latency", 0, OPTION_DURATION, offsetof(struct trace_values, min_latency), "TIME",
	  "show only deliveries that took so long" },
	{ "buffer", 'b', OPTION_SIZE, offsetof(struct trace_values, buffer), "SIZE",
	  "room for events that wait to be read, a power of two (default 16M)" },
	{ "root", 0, OPTION_TEXT, offsetof(struct trace_values, root), "DIR", NULL },
	{ "help", 'h', OPTION_FLAG, offsetof(struct trace_values, help), NULL, NULL },
	{ 0 },
};
