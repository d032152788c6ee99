// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stage - the container's first process, from its birth to its program
 *
 * A fork of the runtime inside the new namespaces. It does what can only be done from inside, in
 * the order of the list in stage.c, tells the parent (step.h), waits for the start, and becomes
 * the program. It decides nothing: the plan was made before it was born.
 */
#ifndef HUSK_CONTAINER_STAGE_H
#define HUSK_CONTAINER_STAGE_H

#include "base/error.h"
#include "container/plan.h"
#include "state/record.h"

struct container_stage {
	struct container_plan *plan;
	const struct record *record; /* for the state that hooks get */
	int socket_fd;		     /* the handshake */
	int parent_fd;		     /* the parent's end: closed first */
	int entry_fd;		     /* the state folder: closed first; it carries the lock */
	int store_fd;		     /* the folder above it: closed first */
	int start_fd;		     /* listening: wait for `start`; -1: go on after COMMIT */
	int console_fd;		     /* connected console socket, or -1 */
	bool is_born_in_cgroup;	     /* the cgroup namespace is there already */
};

/* A container_spawn_body; @stage is a struct container_stage. Never returns. */
NORETURN void container_stage_run(void *stage);

#endif
