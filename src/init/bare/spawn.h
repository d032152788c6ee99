// SPDX-License-Identifier: 0BSD
/*
 * spawn - start the main child
 */
#ifndef HUSK_INIT_BARE_SPAWN_H
#define HUSK_INIT_BARE_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "init/option.h"

struct spawn {
	const struct init_options *options;
	char **env;	      /* LISTEN_PID in it is the child's afterwards, if it was ours */
	uint64_t given_mask;  /* the signal mask that we were started with */
	pid_t own_pid;
	char *path; /* room for PATH_MAX bytes */
	bool takes_terminal;  /* hand the foreground to the child's own group */
};

/**
 * spawn_main - the program of the options, as a child in its place
 *
 * It gets a clean signal state, or with keeps_signals the one that we were given. A program
 * that cannot be executed is the child's to say: it ends with the code of the options.
 * Returns its pid, or a negative errno of clone(2).
 */
pid_t spawn_main(struct spawn *io_spawn);

#endif
