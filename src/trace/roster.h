// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * roster - who is there at the moment, and nothing of what was
 *
 * What a reader has to know at the beginning of a later file of a journal, which tells nobody's
 * birth again: the layers, the processes that live or wait to be reaped, the cgroups, and the
 * losses so far.
 * A recording may go on for months, so whoever is gone is forgotten.
 */
#ifndef HUSK_TRACE_ROSTER_H
#define HUSK_TRACE_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

struct roster {
	struct roster_task **task; /* by number */
	struct roster_cgroup **cgroup;
	struct event_layer layer[EVENT_LAYERS]; /* size 0: not asked for */
	uint64_t lost[EVENT_KINDS];
};

#define autoroster autoclean(roster_clear)

/* A zeroed struct roster is an empty one. */
void roster_clear(struct roster *io_roster);

/* Takes an event in, in the order of time. */
void roster_take(struct roster *io_roster, const struct event_head *event);

/* Gets an event; it is borrowed for the call. A negative result ends the telling. */
typedef int roster_tell_to(void *data, const struct event_head *event, struct error *err);

/**
 * roster_tell - all of it as events: EVENT_LAYER, EVENT_CGROUP, EVENT_TASK, then EVENT_LOST
 *
 * @time_ns: what they get for a time. A removed cgroup is told as long as somebody is in it, and
 * forgotten afterwards.
 */
MUST_USE int roster_tell(struct roster *io_roster, uint64_t time_ns, roster_tell_to *tell,
			 void *data, struct error *err);

#endif
