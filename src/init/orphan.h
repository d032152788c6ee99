// SPDX-License-Identifier: 0BSD
/*
 * orphan - how long each orphan has been one; pure
 *
 * The kernel tells nobody that a process was orphaned: it is seen by looking. An orphan is a
 * child of ours until we reap it, so its number means it as long as it is in the table.
 */
#ifndef HUSK_INIT_ORPHAN_H
#define HUSK_INIT_ORPHAN_H

#include <stdint.h>

enum { INIT_ORPHANS_MAX = 256 };

struct init_orphan {
	int pid; /* 0: free */
	int signal; /* the last one it was sent */
	int64_t due_ms; /* of the next one */
};

/* Zeroed it is empty. When it is full, further orphans begin to age when there is room. */
struct init_orphans {
	int count;
	struct init_orphan item[INIT_ORPHANS_MAX];
};

/**
 * init_orphan_see - the orphan @pid is there
 *
 * Returns the signal that it is to get now: SIGTERM once it is @timeout_ms older than when it
 * was first seen, SIGKILL @grace_ms later; else 0.
 */
int init_orphan_see(struct init_orphans *io_orphans, int pid, int64_t now_ms,
		    int64_t timeout_ms, int64_t grace_ms);

/* It was reaped. */
void init_orphan_forget(struct init_orphans *io_orphans, int pid);

#endif
