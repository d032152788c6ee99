// SPDX-License-Identifier: GPL-2.0-or-later
/* story - a small recording, made by hand and shown in a format */
#ifndef HUSK_TESTS_UNIT_TRACE_STORY_H
#define HUSK_TESTS_UNIT_TRACE_STORY_H

#include <stdlib.h>

#include "events.h"
#include "trace/show.h"

/*
 * One container that is asked to end in vain, killed and reaped, as @format tells it. @name is
 * what its first process calls itself. The caller frees the result.
 */
static inline char *story_shown(const char *format, const struct show_filter *filter,
				const char *name)
{
	struct event_task born[] = {
		event_of_task(EVENT_TASK, OUTER, 0, 10), event_of_task(EVENT_FORK, INIT, 1, 20),
	};
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = event_of_signal(OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_exit end = event_of_exit(INIT, SIGKILL, 3000);
	struct event_end gone = { .head = head_of(EVENT_FREE, sizeof(gone), 5000),
				  .tgid = INIT, .tid = INIT };
	struct event_lost lost = { .head = head_of(EVENT_LOST, sizeof(lost), 5000),
				   .kind = EVENT_SIGNAL, .count = 3 };
	const void *events[] = { &born[0], &born[1], &term, &kill, &end, &gone, &lost };
	char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);
	struct show show;
	struct error err;

	snprintf(born[1].name, sizeof(born[1].name), "%s", name);
	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	show_begin(&show, render_find(format), filter, (struct render_request){ .out = out });
	for (size_t i = 0; i < countof(events); i++)
		CHECK_OK(show_take(&show, events[i], &err), err);
	show_end(&show);
	fclose(out);
	return data;
}

#endif
