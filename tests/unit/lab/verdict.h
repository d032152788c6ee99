// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict - what an experiment's check() says of an observation that the test has made up
 *
 * A test includes the experiment's own .c, whose struct of observations is nobody else's:
 *
 *	#include "lab/sigchld_storm.c"
 *	...
 *	struct storm storm = as_predicted;
 *	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_CONFIRMED);
 *	storm.way[LOOP_AWAKE].reaped--;
 *	CHECK_VERDICT(lab_sigchld_storm, storm, LAB_REFUTED);
 */
#ifndef HUSK_TESTS_UNIT_LAB_VERDICT_H
#define HUSK_TESTS_UNIT_LAB_VERDICT_H

#include "lab/lab.h"
#include "test.h"

static inline enum lab_verdict verdict_on(const struct experiment *experiment,
					  const void *observation)
{
	autoevidence struct evidence evidence = { 0 };
	struct finding finding = { 0 };

	experiment->check(observation, &finding);
	/* Whatever it is, it has to be shown. */
	experiment->show(observation, &evidence);
	CHECK_TRUE(evidence.count > 0);
	CHECK_TRUE(*finding.text);
	return finding.verdict;
}

#define CHECK_VERDICT(experiment, observation, expected)                       \
	do {                                                                  \
		CHECK_INT(sizeof(observation), (experiment).size);            \
		CHECK_INT(verdict_on(&(experiment), &(observation)), expected); \
	} while (0)

#endif
