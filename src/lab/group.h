// SPDX-License-Identifier: GPL-2.0-or-later
/* group - a cgroup for an experiment, called name_get(); the keeper removes it */
#ifndef HUSK_LAB_GROUP_H
#define HUSK_LAB_GROUP_H

#include <stdint.h>

#include "base/error.h"
#include "cgroup/driver.h"

/**
 * group_make - a cgroup in every tree there is
 *
 * @pids: the limit of tasks in it, or 0 for none.
 * Returns 0; -ENOTSUP and the like where there is none to have, or no controller for the limit.
 * @ret_group: to be released with cgroup_clear, which leaves it on the machine.
 */
MUST_USE int group_make(int64_t pids, struct cgroup *ret_group, struct error *err);

/* One value of a file: "pids.current" of the tree of "pids". @ret_text is the caller's. */
MUST_USE int group_read(const struct cgroup *group, const char *controller, const char *file,
			char **ret_text, struct error *err);

MUST_USE int group_write(const struct cgroup *group, const char *controller, const char *file,
			 const char *text, struct error *err);

/* Kills and thaws what is in it and removes it; none of that name is fine. */
void group_remove(const char *name);

#endif
