// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * launch - create a container: the parent's side
 *
 * Whatever fails, and wherever: what had been made is taken back, in the reverse order, and the
 * error is the first one.
 */
#ifndef HUSK_CONTAINER_LAUNCH_H
#define HUSK_CONTAINER_LAUNCH_H

#include "base/error.h"
#include "container/plan.h"
#include "container/step.h"
#include "state/store.h"

/* create: a container that waits for `start`. Returns 0 or a negative errno. */
MUST_USE int container_create(struct store *io_store, const struct container_request *request,
			      struct error *err);

struct container_run_options {
	bool is_detached; /* return once the program runs */
	bool is_kept;	  /* do not delete at the end */
};

/**
 * container_run - create and start; wait for the end and delete, unless detached
 *
 * In the foreground the caller's signals go to the container's process, and a terminal is
 * relayed. All signals are blocked from the first step on and taken in order.
 *
 * @ret_blame: with an error: what the exit status should say.
 *
 * Returns the exit status, 128+n for a signal (0 when detached), or a negative errno.
 */
MUST_USE int container_run(struct store *io_store, const struct container_request *request,
			   const struct container_run_options *options,
			   enum container_blame *ret_blame, struct error *err);

#endif
