// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * save - a plan as the record that later commands find, and a record's cgroup back
 */
#ifndef HUSK_CONTAINER_SAVE_H
#define HUSK_CONTAINER_SAVE_H

#include <sys/types.h>

#include "base/error.h"
#include "cgroup/driver.h"
#include "container/plan.h"
#include "state/record.h"

/**
 * container_save_record - bring @io_record up to date
 *
 * @pid:       of the container's process; 0: not born.
 * @io_record: zeroed the first time. Borrows from @plan, which must outlive it;
 *             released by record_clear.
 */
void container_save_record(const struct container_plan *plan, pid_t pid,
			   enum record_status status, struct record *io_record);

/* The cgroup that a record names; cgroup_clear releases it. */
MUST_USE int container_save_restore_cgroup(const struct record *record,
					   struct cgroup *ret_cgroup, struct error *err);

#endif
