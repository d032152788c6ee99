// SPDX-License-Identifier: GPL-2.0-or-later
/* lab - `husk lab` is husk-lab: experiments are no part of a runtime */
#include "cli/command.h"

int cmd_lab(struct context *io_context UNUSED, int argc, char **argv, struct error *err)
{
	/* Containers are nothing to it, and so is where their state lies. */
	return command_run_helper(&(struct context){ 0 }, "husk-lab", argc, argv, err);
}
