// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * recorder - a recording from its first to its last event
 *
 * Ends with its command, after its duration, or with SIGINT or SIGTERM, whichever is first;
 * with PID 1 of the container it follows when that has ended.
 */
#ifndef HUSK_TRACE_RECORDER_H
#define HUSK_TRACE_RECORDER_H

#include "trace/batch.h"
#include "trace/scope.h"

struct recorder_request {
	const struct scope *scope;
	struct load_request programs; /* its all and has_cgroups are those of scope */
	int64_t duration_ms; /* 0: no end */
	char **command;	     /* run and follow this; NULL: nothing. Ends with NULL */
	batch_take *take;    /* gets every event in the order of time, once all is attached */
	void (*rest)(void *data); /* called when take has got all that there is for now */
	void *data;
};

struct recorder_result {
	uint64_t lost[EVENT_KINDS];
	int status; /* of the command, as a shell has it; 0 without one */
};

MUST_USE int recorder_run(const struct recorder_request *request,
			  struct recorder_result *ret_result, struct error *err);

/* CLOCK_BOOTTIME, now. */
uint64_t recorder_now_ns(void);

/* CLOCK_REALTIME minus CLOCK_BOOTTIME, now. */
int64_t recorder_wall_offset_ns(void);

#endif
