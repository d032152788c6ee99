// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control - what is done to a container that exists: start, kill, delete, look
 */
#ifndef HUSK_CONTAINER_CONTROL_H
#define HUSK_CONTAINER_CONTROL_H

#include <stdbool.h>

#include "base/error.h"
#include "container/step.h"
#include "state/record.h"
#include "state/store.h"

/**
 * container_start - let a created container's program run
 *
 * Returns 0 when the program has been executed and the poststart hooks have run; -EINVAL in any
 * state but created; what exec said when it failed: the container is stopped then.
 */
MUST_USE int container_start(const struct store *store, const char *id, struct error *err);

struct container_kill_options {
	int signal;
	bool to_all; /* to every process of its cgroup; a stopped container is then no error */
};

/**
 * container_kill - send a signal to the container's process
 *
 * SIGKILL of a container that shares its pid namespace kills the whole cgroup too: the kernel
 * would leave the rest alive.
 *
 * @ret_ignored_by: the kernel's rule by which nothing will come of it, in words; else NULL.
 *
 * Returns 0, or -ESRCH "container not running".
 */
MUST_USE int container_kill(const struct store *store, const char *id,
			    const struct container_kill_options *options,
			    const char **ret_ignored_by, struct error *err);

/**
 * container_delete - remove all that create made
 *
 * @force: kill it first; and an id that does not exist is no error.
 */
MUST_USE int container_delete(const struct store *store, const char *id, bool force,
			      struct error *err);

/**
 * container_look - the record of a container and what it is doing, paused included
 *
 * The caller clears the record. A container whose record is not there yet is "creating".
 */
MUST_USE int container_look(const struct store *store, const char *id,
			    struct record *ret_record, enum record_status *ret_status,
			    struct error *err);

#endif
