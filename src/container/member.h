// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * member - the processes of a container
 */
#ifndef HUSK_CONTAINER_MEMBER_H
#define HUSK_CONTAINER_MEMBER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "state/store.h"

/**
 * container_members - their numbers as the runtime sees them, ascending
 *
 * All that are in its cgroup and below; without a cgroup those in its pid namespace and below,
 * as far as the caller may look.
 *
 * @ret_pids: lies in @io_arena.
 * Returns 0; -ESRCH "container not running" when it is stopped or not made yet; -ENOTSUP when
 * it has neither a cgroup nor a pid namespace of its own.
 */
MUST_USE int container_members(const struct store *store, const char *id, struct arena *io_arena,
			       pid_t **ret_pids, size_t *ret_count, struct error *err);

#endif
