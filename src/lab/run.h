// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run - do an experiment, in a process that cannot leave anything behind
 *
 *	husk-lab ── keeper ── experiment ── whatever it starts
 *
 * The keeper is the subreaper of all below it and waits for three things: the end of the
 * experiment, the deadline, the end of husk-lab (a pipe between the two). Whichever comes
 * first, it then kills and reaps all that is left and removes the cgroups and the trace instance,
 * which bear its own number. An experiment of several tries gets a new keeper each time.
 */
#ifndef HUSK_LAB_RUN_H
#define HUSK_LAB_RUN_H

#include <stdint.h>

#include "lab/lab.h"

struct run_result {
	const struct experiment *experiment;
	struct finding finding; /* LAB_CONFIRMED, LAB_REFUTED or LAB_NOT_HERE */
	void *observation;	/* NULL: there is none to show */
	int tries;		/* how often it was done */
};

/**
 * run_experiment - do it until it is confirmed or refuted
 *
 * @timeout_ms: of each try. An experiment that is not done by then is LAB_NOT_HERE.
 *
 * SIGINT, SIGTERM and SIGHUP that come meanwhile take effect when all is cleared away.
 * Returns 0; a negative errno when not even a process could be made.
 * @ret_result must be released with run_clear.
 */
MUST_USE int run_experiment(const struct experiment *experiment, int timeout_ms,
			    struct run_result *ret_result, struct error *err);

void run_clear(struct run_result *io_result);

#endif
