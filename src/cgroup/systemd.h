// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * systemd - asks systemd, through the small program husk-systemd
 *
 * Only that program links libsystemd and speaks D-Bus. It gets one request on its stdin and gives
 * one line of answer. Each call on the bus has an end after SYSTEMD_LIMIT_MS, and the first that
 * reaches it is the last. All errors begin with "systemd cgroup manager: ".
 *
 *	request   words (cgroup/words.h): verb, "system" or "user", the limit in milliseconds, the
 *		  unit's name, then properties
 *	answer    "ok TEXT", or "error ERRNO TEXT"
 */
#ifndef HUSK_CGROUP_SYSTEMD_H
#define HUSK_CGROUP_SYSTEMD_H

#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"

/* For one call, and for the whole of a request: then husk kills the program. */
enum { SYSTEMD_LIMIT_MS = 25000, SYSTEMD_WHOLE_MS = 8 * SYSTEMD_LIMIT_MS };

/**
 * cgroup_systemd_locate - the folder of systemd's root slice in the tree
 *
 * @io_unit: its state is set.
 * @ret_root: "" or "/user.slice/user-1000.slice/user@1000.service", in @io_arena.
 *
 * Returns 0; -ENOTSUP without the program; -ENOTCONN when no systemd answers; -ETIMEDOUT.
 */
MUST_USE int cgroup_systemd_locate(struct cgroup_unit *io_unit, struct arena *io_arena,
				   char **ret_root, struct error *err);

/**
 * cgroup_systemd_start - make the unit and wait until systemd has done it
 *
 * @properties: words. A unit of that name that has failed is forgotten first.
 * @folder: where the unit must be below systemd's view of the tree; another place is -EBADMSG.
 */
MUST_USE int cgroup_systemd_start(const struct cgroup_unit *unit, const char *properties,
				  const char *folder, struct error *err);

/* New values of properties, until the unit ends; systemd has written its files on return. */
MUST_USE int cgroup_systemd_set(const struct cgroup_unit *unit, const char *properties,
				struct error *err);

/* Puts the process into the unit: systemd may, where an ordinary user may not. */
MUST_USE int cgroup_systemd_attach(const struct cgroup_unit *unit, pid_t pid, struct error *err);

/* Stops the unit, and forgets it. One that is gone is no error. */
MUST_USE int cgroup_systemd_stop(const struct cgroup_unit *unit, struct error *err);

#endif
