// SPDX-License-Identifier: 0BSD
/*
 * terminal - who has the foreground of the terminal, and handing it on
 *
 * The controlling terminal is looked for on 0, 1 and 2, then as /dev/tty: /dev may be empty.
 * All of it needs SIGTTOU blocked, or whoever is in the background is stopped for it.
 */
#ifndef HUSK_INIT_BARE_TERMINAL_H
#define HUSK_INIT_BARE_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

enum terminal_place {
	TERMINAL_NONE,	     /* none, or our group is in its background */
	TERMINAL_FOREGROUND, /* our group has it */
	TERMINAL_SHARED,     /* our group has no number in this pid namespace: what was given to
				another could not be given back */
};

enum terminal_place terminal_find_place(void);

/* Gives it to the process group @group. Without a terminal it does nothing. */
void terminal_hand_to(pid_t group);

/* Let go of it, so that a child's session may take it. */
void terminal_leave(void);
void terminal_take(void);

bool terminal_is(int fd);

#endif
