// SPDX-License-Identifier: GPL-2.0-or-later
/* trace - `husk trace` is husk-trace, the program that links libbpf */
#include "cli/command.h"

int cmd_trace(struct context *io_context, int argc, char **argv, struct error *err)
{
	return command_run_helper(io_context, "husk-trace", argc, argv, err);
}
