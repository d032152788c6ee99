// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stop - end a container: politely, then for sure; and wait for its end
 */
#ifndef HUSK_CONTAINER_STOP_H
#define HUSK_CONTAINER_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "container/subject.h"
#include "json/bind.h"

struct container_stop_options {
	int signal; /* 0: the container's own stop signal, else SIGTERM */
	int64_t timeout_ms; /* how long it may take until SIGKILL */
	bool to_all; /* the signal goes to every process, not to the first alone */
	/* Once a second of the grace, for who looks on; NULL: nobody does. */
	void (*waiting)(const char *id, int64_t left_ms);
};

struct container_stop_result {
	int64_t took_ms;
	bool was_stopped; /* it had ended before */
	bool was_killed;  /* SIGKILL was needed */
	int signal;	  /* that was sent first; 0: none */
	const char *ignored_by; /* the kernel's rule by which it was ignored, in words; or NULL */
	struct maybe_int wait_status; /* as of waitpid(2), when somebody could tell */
	struct error error; /* code 0: it is stopped */
};

/**
 * container_stop - stop several containers at once
 *
 * Each gets its signal; those that are frozen are thawed so that they can take it. Who has not ended
 * after the timeout is killed with all that is in its cgroup. A process that does not end even
 * then (in state D) is an error that names it and where in the kernel it waits, not a hang.
 *
 * @ret_results: @count results, each with its own error.
 */
void container_stop(const struct store *store, char *const *ids, size_t count,
		    const struct container_stop_options *options,
		    struct container_stop_result *ret_results);

/* A look only: when its first process has ended, that is written into its story. */
void container_stop_look(const struct subject *subject);

/* SIGKILL to all of it, and wait for the end, at most ten seconds; written as done by @command. */
MUST_USE int container_stop_now(const struct subject *subject, const char *command,
				struct error *err);

/* @signal to every process of the container, none of which can fork away meanwhile. */
MUST_USE int container_stop_signal_all(const struct subject *subject, int signal,
				       struct error *err);

/**
 * container_wait - wait for the end of a container, for as long as it takes
 *
 * Also for one that has ended, or was deleted lately: then its story is asked.
 *
 * Returns the exit status, 128+n for a signal; -ENODATA when nobody saw it.
 */
MUST_USE int container_wait(const struct store *store, const char *id, struct error *err);

#endif
