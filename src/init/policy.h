// SPDX-License-Identifier: 0BSD
/*
 * policy - what the command line makes of husk-init, as data that `decide` goes by
 */
#ifndef HUSK_INIT_POLICY_H
#define HUSK_INIT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "signal/name.h"

enum init_target {
	INIT_TO_CHILD,
	INIT_TO_GROUP, /* the main child's process group */
	INIT_TO_ALL,
};

/* What is done about one signal. */
struct init_rule {
	uint8_t becomes; /* in place of it; 0 drops it. The fields below are the new one's */
	uint8_t target;	 /* enum init_target */
	bool stops;	 /* it goes to all, once, and everything ends */
	int32_t delay_ms;
};

struct init_policy {
	struct init_rule rule[SIGNAL_MAX + 1]; /* by number; 0 is unused */
	uint8_t exit_map[256]; /* the code given for each code of the main child */
	bool stop_is_success;  /* death of a stop that was asked for gives 0 */
	bool is_pause;	       /* no main child; a signal that stops ends with 0 */
	bool ends_with_main;   /* the others are not asked and not waited for */
	uint8_t farewell;      /* then sent to its group; 0: none */
	bool waits_for_all;    /* the main child's own end asks nobody to end */
	bool suspends_itself;  /* on TSTP, TTIN and TTOU, after they were passed on */
	int64_t grace_ms;      /* from a stop signal to SIGKILL */
	int64_t end_grace_ms;  /* from the main child's own end to SIGKILL */
	int64_t orphan_timeout_ms; /* 0: orphans may live */
};

/* Every signal but SIGCHLD goes to the child as it is; nothing stops; codes stay. */
void init_policy_clear(struct init_policy *ret_policy);

#endif
