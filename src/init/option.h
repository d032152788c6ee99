// SPDX-License-Identifier: 0BSD
/*
 * option - the command line of husk-init, under each of the names it is known by
 *
 * By the last part of argv[0]: tini, tini-static, docker-init, dumb-init and catatonit take
 * what these take and do what they do; every other name is husk-init itself. Under each of
 * them -P is the pause mode.
 */
#ifndef HUSK_INIT_OPTION_H
#define HUSK_INIT_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "init/policy.h"
#include "init/text.h"

enum init_manner { INIT_NATIVE, INIT_TINI, INIT_DUMB_INIT, INIT_CATATONIT };

/* Where the main child stands among the process groups. */
enum init_place {
	INIT_OWN_GROUP,
	INIT_OWN_SESSION,
	INIT_SAME_GROUP,
};

struct init_options {
	enum init_manner manner;
	struct init_policy policy;
	enum init_place place;
	bool keeps_signals;    /* the child gets the mask and dispositions that we were given */
	bool is_subreaper;     /* when we are not PID 1 */
	bool tells_orphans;    /* a warning for each that is reaped */
	int verbosity;
	int parent_death_signal; /* 0: none */
	int code_not_found, code_cannot_exec, code_exec_failed; /* ENOENT, EACCES, any other */
	const char *report;    /* borrowed from argv; NULL: none */
	char **program;	       /* borrowed from argv, NULL at the end; empty for a pause */
	/* When there is nothing to run: what to leave with, and where the text goes. */
	int reply_code;
	bool reply_is_error;
};

/**
 * init_option_parse - read the command line and the variables of the manner
 *
 * @io_argv: its words may change places.
 * @io_reply: what is to be said is added to it; the longest takes 2 KiB.
 *
 * Returns 0 when there is a program to run or to pause; -EINVAL when there is only something
 * to say: help, a version, a bad option.
 */
MUST_USE int init_option_parse(char **io_argv, char *const *env, struct init_options *ret_options,
			       struct init_text *io_reply);

#endif
