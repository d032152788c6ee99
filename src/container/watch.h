// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * watch - tell a container's story when its memory runs out
 *
 * The kernel's counters say later how many processes were killed for want of memory; when
 * that was, only somebody knows who was there.
 */
#ifndef HUSK_CONTAINER_WATCH_H
#define HUSK_CONTAINER_WATCH_H

#include "base/scope.h"
#include "cgroup/driver.h"
#include "cgroup/oom.h"
#include "state/store.h"

/* A program whose children die of it again and again shall not fill the story. */
enum { CONTAINER_WATCH_MAX = 32 };

struct container_watch {
	struct cgroup_oom oom; /* poll its fd for its events */
	const struct cgroup *cgroup;
	const struct store_entry *entry;
	int left; /* how many times are told yet */
};

#define CONTAINER_WATCH_NONE { .oom = CGROUP_OOM_NONE }

/**
 * container_watch_open - begin to watch, so before the program runs
 *
 * Both are borrowed until the close. Where it cannot be watched the fd stays -1; the log says why.
 */
void container_watch_open(const struct cgroup *cgroup, const struct store_entry *entry,
			  struct container_watch *ret_watch);

/* When memory has run out since the last call, that goes into the story. Never waits. */
void container_watch_take(struct container_watch *io_watch);

void container_watch_close(struct container_watch *io_watch);

#endif
