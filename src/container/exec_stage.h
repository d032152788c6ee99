// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec_stage - an exec'd process, from its birth inside the container to its program
 *
 * The second half of stage.c for a container whose first half was done long ago: everything
 * around it is hostile by now. It is not dumpable, opens nothing by a name that is believed, and
 * has no folder of the host open.
 */
#ifndef HUSK_CONTAINER_EXEC_STAGE_H
#define HUSK_CONTAINER_EXEC_STAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "container/plan.h"

struct container_exec_stage {
	struct container_plan *plan; /* its spec has the exec's own process */
	int socket_fd;		     /* the handshake */
	int parent_fd;		     /* the parent's end: closed first */
	int store_fd;		     /* the state folder: closed first as well */
	int console_fd;		     /* connected console socket, or -1 */
	bool lends_terminal;	     /* with a console socket: STEP_CONSOLE with the slave */
};

/* A container_spawn_body; @stage is a struct container_exec_stage. Never returns. */
NORETURN void container_exec_stage_run(void *stage);

#endif
