// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * match - which container a word means, among those that are there and those that were
 */
#ifndef HUSK_STATE_MATCH_H
#define HUSK_STATE_MATCH_H

#include "base/error.h"
#include "base/mem.h"
#include "state/engine.h"

/* As engines print the beginning of an id, so it may be given; shorter ones mean nothing. */
enum { STATE_MATCH_MIN = 4 };

struct state_match {
	const char *root; /* one of those that were asked for */
	const char *id;	  /* in the arena */
};

/**
 * state_match_find - the container whose id @word is, or the only one whose id begins so
 *
 * @roots: looked at in their order; only the first must be one that may be opened. A whole id
 *         comes before all beginnings.
 *
 * Returns 0; -ENOENT "container "X" does not exist"; -EINVAL with two of the ids that begin so.
 */
MUST_USE int state_match_find(const struct state_roots *roots, const char *word,
			      struct arena *io_arena, struct state_match *ret_match,
			      struct error *err);

#endif
