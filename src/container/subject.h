// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * subject - a container that exists and that a command works on: its folder, its record, its
 * cgroup, and what it is doing now
 *
 *	autosubject struct subject subject = SUBJECT_NONE;
 *	TRY(container_subject_find_locked(store, id, &subject, err));
 */
#ifndef HUSK_CONTAINER_SUBJECT_H
#define HUSK_CONTAINER_SUBJECT_H

#include "base/error.h"
#include "base/scope.h"
#include "cgroup/driver.h"
#include "spec/spec.h"
#include "state/record.h"
#include "state/store.h"

/* How long a command waits for another one that works on the same container. */
enum { SUBJECT_LOCK_WAIT_MS = 10000 };

struct subject {
	struct store_entry entry;
	struct record record;
	struct cgroup cgroup;
	enum record_status status; /* RECORD_PAUSED included */
};

#define SUBJECT_NONE { .entry = STORE_ENTRY_NONE }

#define autosubject autoclean(container_subject_clear)

/**
 * container_subject_find - a container, only to look at
 *
 * A container whose cgroup is frozen is paused, a created one too: its status comes back when it
 * is resumed. Returns 0; -ENOENT: "container "X" does not exist"; what record_read says.
 * @ret_subject is to be cleared in either case.
 */
MUST_USE int container_subject_find(const struct store *store, const char *id,
				    struct subject *ret_subject, struct error *err);

/* The same, and nobody else changes it until it is cleared. -EBUSY after ten seconds. */
MUST_USE int container_subject_find_locked(const struct store *store, const char *id,
					   struct subject *ret_subject, struct error *err);

/* Record, cgroup and status of an entry that is found already. */
MUST_USE int container_subject_see(struct subject *io_subject, struct error *err);

/* A pidfd of the first process; -ESRCH "container not running" or "process PID: ...". */
MUST_USE int container_subject_open_process(const struct subject *subject, struct error *err);

/* The private copy of config.json: a later change of the bundle must have no effect. */
MUST_USE int container_subject_read_config(const struct subject *subject, struct spec *ret_spec,
					   struct error *err);

void container_subject_clear(struct subject *io_subject);

#endif
