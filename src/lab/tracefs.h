// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tracefs - the kernel's own trace of its events, in a private instance
 *
 *	struct tracefs trace;
 *	TRY(tracefs_open(&trace, err));
 *	TRY(tracefs_enable(&trace, "signal/signal_generate", "sig == 10", err));
 *	TRY(tracefs_on(&trace, true, err));
 *	...
 *	TRY(tracefs_read(&trace, &text, err));
 *
 * The instance is called name_get(). The file system is reached through a mount of its own that
 * no folder shows, so it need not be mounted. The keeper removes the instance.
 * Source: Documentation/trace/ftrace.rst, "Instances".
 */
#ifndef HUSK_LAB_TRACEFS_H
#define HUSK_LAB_TRACEFS_H

#include <stdbool.h>

#include "base/error.h"

struct tracefs {
	int folder_fd; /* of the instance; closed by tracefs_close */
};

/*
 * Makes the instance; nothing is recorded yet. -ENOTSUP: "needs tracefs" and why. Its clock is
 * mono. Clear with tracefs_close, which leaves it to the keeper to remove it.
 */
MUST_USE int tracefs_open(struct tracefs *ret_trace, struct error *err);

/* @event: "sched/sched_switch". @filter: as the event's file takes it, or NULL. */
MUST_USE int tracefs_enable(const struct tracefs *trace, const char *event, const char *filter,
			    struct error *err);

/* @name: a file of the instance, as "buffer_size_kb", "options/stacktrace", "set_event_pid". */
MUST_USE int tracefs_write(const struct tracefs *trace, const char *name, const char *text,
			   struct error *err);

MUST_USE int tracefs_on(const struct tracefs *trace, bool on, struct error *err);

/* Forgets what was recorded. */
MUST_USE int tracefs_empty(const struct tracefs *trace, struct error *err);

/* All that was recorded, as the file "trace" has it, at most 16 MiB. The caller frees it. */
MUST_USE int tracefs_read(const struct tracefs *trace, char **ret_text, struct error *err);

/* False when so much was recorded that the beginning of @text is lost. */
bool tracefs_is_whole(const char *text);

void tracefs_close(struct tracefs *io_trace);

/* Removes the instance @name, if there is one. */
void tracefs_remove(const char *name);

#endif
