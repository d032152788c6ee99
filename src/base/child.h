// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * child - run a helper program to its end; read how a process ended
 */
#ifndef HUSK_BASE_CHILD_H
#define HUSK_BASE_CHILD_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

struct child_command {
	const char *path;	  /* absolute; no PATH is searched */
	char *const *argv;	  /* with argv[0], NULL at the end */
	char *const *env;	  /* NULL at the end; NULL alone means empty */
	const char *input;	  /* given on stdin, then end of file; NULL for none */
	int timeout_ms;		  /* 0: wait for ever */
	const char *working_folder; /* NULL: the caller's */
	int stdout_fd, stderr_fd;   /* where they go; 0: into the result */
};

struct child_result {
	int wait_status; /* as waitpid(2) */
	bool timed_out;	 /* its process group was killed */
	struct text output; /* the beginning of stdout and stderr, at most 8 KiB */
};

/**
 * child_run - run a program and wait for its end
 *
 * It gets its own process group, an empty signal mask, default dispositions, no
 * descriptor but 0, 1, 2, and dies with the caller (PR_SET_PDEATHSIG). A helper that
 * does not read its input is no error (EPIPE). A background child of it that keeps
 * stdout open is not waited for.
 *
 * Returns 0 when it ran, however it ended; a negative errno when it could not be
 * started (the text is "exec PATH: ...").
 */
MUST_USE int child_run(const struct child_command *command, struct child_result *ret_result,
		       struct error *err);

void child_result_clear(struct child_result *io_result);

/* The shell's number for a wait status: the exit code, or 128 + the signal. */
int child_exit_code(int wait_status);

#endif
