// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lab - experiments: a question, a prediction, what the running kernel does, a verdict
 *
 * One file per experiment, which defines one `const struct experiment lab_NAME`, and one line in
 * lab/list.h. An experiment is three functions over a struct of observations of its own, which is
 * plain memory without pointers:
 *
 *	observe   does it on the kernel and fills the struct; runs in a process of its own
 *	check     pure: does what was observed keep to the prediction?
 *	show      pure: the evidence, from the same struct
 *
 * The runner (lab/run.h) gives observe() a fresh process with a deadline and takes away
 * whatever it leaves: processes, cgroups, trace instances, mounts.
 */
#ifndef HUSK_LAB_LAB_H
#define HUSK_LAB_LAB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/scope.h"
#include "lab/evidence.h"

enum lab_verdict {
	LAB_CONFIRMED,
	LAB_REFUTED,
	/*
	 * What CAN happen did not this time. Done again, at most experiment.tries times; then it is
	 * LAB_NOT_HERE. What NEVER happens is refuted by the first time it does.
	 */
	LAB_UNSEEN,
	LAB_NOT_HERE, /* it cannot be observed here; never given by a check() */
};

enum { FINDING_SIZE = ERROR_TEXT_SIZE };

/* A zeroed one is LAB_CONFIRMED without words. */
struct finding {
	enum lab_verdict verdict;
	char text[FINDING_SIZE]; /* in one sentence: what was seen, or what broke the prediction */
};

enum lab_need {
	LAB_ROOT = 1,	    /* CAP_SYS_ADMIN of the machine */
	LAB_NAMESPACES = 2, /* CAP_SYS_ADMIN; an ordinary user gets it in a user namespace */
	LAB_TWO_CPUS = 4,
	LAB_X86 = 8,	    /* a 64-bit x86 processor */
};

struct experiment {
	const char *id;		/* "E14" */
	const char *name;	/* "sigchld-storm" */
	const char *question;	/* one sentence that ends in a question mark */
	const char *prediction; /* what the kernel's rule says */
	const char *method;	/* what is done, in a sentence or two */
	const char *husk;	/* what husk does about it; NULL: nothing */
	const char *read_on;	/* "signal(7), wait(2); kernel/signal.c: do_notify_parent" */
	unsigned int needs;	/* enum lab_need */
	int tries;		/* for LAB_UNSEEN; 0 is 1 */
	size_t size;		/* of the struct of observations */
	/*
	 * In a new process, session and (where allowed) private mount namespace; standard input and
	 * output lead nowhere, no core is dumped. @ret_observation is zeroed memory.
	 * Returns 0, or a negative errno with @err filled: why it cannot be observed here. -EAGAIN
	 * and -EBUSY are for what others use at the moment; it is done again after a while.
	 */
	int (*observe)(void *ret_observation, struct error *err);
	void (*check)(const void *observation, struct finding *io_finding);
	void (*show)(const void *observation, struct evidence *io_evidence);
};

/* All of them, by id; ends with NULL. */
extern const struct experiment *const lab_list[];

/* By name or id, "sigchld-storm" or "E14" in any case; NULL when there is none. */
const struct experiment *lab_find(const char *word);

/* "confirmed", "refuted", "not-observable": stable, for machines. */
const char *lab_verdict_name(enum lab_verdict verdict);

/* --- for check() ---*/

/*
 * The prediction holds only if @holds. The first that does not hold makes it LAB_REFUTED, and
 * its text (what broke it) the finding's. Returns @holds.
 */
bool finding_must(struct finding *io_finding, bool holds, const char *format, ...) PRINTF(3, 4);

/* The same for what can happen and need not: LAB_UNSEEN, unless it is refuted anyway. */
bool finding_may(struct finding *io_finding, bool holds, const char *format, ...) PRINTF(3, 4);

/* What was seen, for a finding that is LAB_CONFIRMED so far. */
void finding_say(struct finding *io_finding, const char *format, ...) PRINTF(2, 3);

#endif
