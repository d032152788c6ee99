// SPDX-License-Identifier: 0BSD
/*
 * life - all that one run of husk-init knows
 */
#ifndef HUSK_INIT_BARE_LIFE_H
#define HUSK_INIT_BARE_LIFE_H

#include <linux/limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "init/decide.h"
#include "init/option.h"
#include "init/orphan.h"
#include "init/report.h"

/* Room for a path, the help, or the report with every signal in it: never two at a time. */
enum { LIFE_ROOM_SIZE = PATH_MAX };

/* What every life needs comes first, and shares a page with the begin of the room. */
struct life {
	struct init_options options;
	struct init_facts facts;
	pid_t own_pid, main_pid;
	bool owns_namespace; /* PID 1 of a namespace that is not the machine's */
	bool gave_terminal;
	int report_fd; /* the folder of the report, or -1 */
	struct init_state state;
	char room[LIFE_ROOM_SIZE];
	struct init_orphans orphans;
	struct init_delayed delayed[SIGNAL_MAX + 1];
};

#endif
