// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advice - what to do about a verdict, by the rule that made it
 *
 * Only where something can be done: a handler that runs needs no advice.
 */
#ifndef HUSK_VIEW_ADVICE_H
#define HUSK_VIEW_ADVICE_H

#include "base/text.h"
#include "view/facts.h"

/**
 * advice_add - the advice that belongs to a rule, as one or more sentences
 *
 * Returns false, and adds nothing, when there is none.
 */
bool advice_add(const struct verdict_rule *rule, int signal, const struct facts *facts,
		struct text *io_text);

#endif
