// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * explain - a verdict in words: what happens, why, how that is known, what to do
 *
 * Pure: facts in, text out. `husk explain` prints it.
 */
#ifndef HUSK_VIEW_EXPLAIN_H
#define HUSK_VIEW_EXPLAIN_H

#include "base/text.h"
#include "view/facts.h"
#include "view/verify.h"

/* The version of the JSON form; it changes when a member changes its meaning. */
enum { EXPLAIN_VERSION = 1 };

/* One signal: a line with the verdict, then the reasons. @seen: of --verify, or NULL. */
void explain_signal(const struct facts *facts, int signal, const struct verify_seen *seen,
		    struct text *io_text);

/* All signals, grouped by what becomes of them. */
void explain_table(const struct facts *facts, struct text *io_text);

/*
 * The same for machines: one JSON object with "version", "target", "sender", "signals",
 * "evidence" and "unknown". @seen: one for each signal of @signals, in their order, or NULL.
 */
void explain_json(const struct facts *facts, uint64_t signals, const struct verify_seen *seen,
		  struct text *io_text);

#endif
