// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * event - figures of a container, and the moments in which it runs out of memory, as lines of
 * JSON: {"type":"stats","id":ID,"data":{...}} and {"type":"oom","id":ID}
 */
#ifndef HUSK_CONTAINER_EVENT_H
#define HUSK_CONTAINER_EVENT_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "cgroup/detail.h"
#include "state/store.h"

/**
 * container_event_stats - one line of figures, with its end of line
 *
 * -ESRCH "container not running" when it has stopped.
 */
MUST_USE int container_event_stats(const struct store *store, const char *id,
				   struct text *io_text, struct error *err);

/**
 * container_event_follow - figures now and every @interval_ms, and each end of memory at once
 *
 * @out_fd: a line is one write. Returns 0 when the container has ended or was deleted.
 */
MUST_USE int container_event_follow(const struct store *store, const char *id,
				    int64_t interval_ms, int out_fd, struct error *err);

/* The value of "data"; pure. */
void container_event_write(const struct cgroup_detail *detail, struct text *io_text);

#endif
