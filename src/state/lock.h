// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lock - flock(2) on a container's folder, with a limit to the wait and a name for the holder
 */
#ifndef HUSK_STATE_LOCK_H
#define HUSK_STATE_LOCK_H

#include <stdbool.h>

#include "base/error.h"

/**
 * state_lock_take - the exclusive lock on @folder_fd
 *
 * The kernel has no flock with a limit but a signal, so it is asked again, at growing
 * distances of 1 to 16 ms, until @timeout_ms have passed.
 *
 * Returns 0; -EBUSY: "locked by husk (process 12)" or "locked by another process".
 */
MUST_USE int state_lock_take(int folder_fd, int timeout_ms, struct error *err);

void state_lock_release(int folder_fd);

/*
 * True when another open folder holds the lock. It is found out by taking a shared one for
 * a moment, which another asker does not mind.
 */
bool state_lock_is_held(int folder_fd);

#endif
