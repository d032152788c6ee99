// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rule - the rows of the kernel's rule and what they ask about; the inside of verdict
 */
#ifndef HUSK_SIGNAL_RULE_H
#define HUSK_SIGNAL_RULE_H

#include "signal/verdict.h"

/* What the predicates look at: the facts, and what follows from them at once. */
struct verdict_question {
	int signal;
	const struct verdict_target *target;
	const struct verdict_sender *sender;
	const struct verdict_thread *addressed;
	const struct verdict_thread *taker; /* NULL: every thread blocks it */
	bool is_default, is_caught;
	bool is_forced; /* it passes the shield of an init: sent from outside, or by the kernel */
	const struct verdict *so_far;
};

/* In the order in which the kernel asks. The first that ends the signal ends the walk. */
extern const struct verdict_rule verdict_rules[];
extern const size_t verdict_rule_count;

#endif
