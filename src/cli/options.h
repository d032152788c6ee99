// SPDX-License-Identifier: GPL-2.0-or-later
/* options - the option tables that the rows of the registry point to */
#ifndef HUSK_CLI_OPTIONS_H
#define HUSK_CLI_OPTIONS_H

#include "cli/option.h"

/* create and run */
struct create_values {
	const char *bundle, *config, *console_socket, *pidfd_socket, *pid_file;
	int preserve_fds;
	bool init, no_pivot, no_new_keyring, detach, keep;
};

extern const struct option run_options[], kill_options[], delete_options[], list_options[],
	exec_options[], ps_options[], spec_options[], update_options[], events_options[],
	features_options[], checkpoint_options[], box_options[], stop_options[], why_options[],
	explain_options[], doctor_options[], top_options[];

/* Those before the command, into a struct context. */
extern const struct option global_options[];

/* The options of create are those of run without the first two. */
#define create_options (run_options + 2)

#endif
