// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * user - the container process becomes the user that was asked for
 */
#ifndef HUSK_GUARD_USER_H
#define HUSK_GUARD_USER_H

#include "base/error.h"
#include "spec/spec.h"

enum guard_user_flags {
	/* setgroups(2) is off in this user namespace (ns_idmap_is_setgroups_denied). */
	GUARD_USER_SETGROUPS_DENIED = 1 << 0,
	/* The caller's supplementary groups shall stay. */
	GUARD_USER_KEEP_GROUPS = 1 << 1,
};

/**
 * guard_user_apply - supplementary groups, gid, uid and umask
 *
 * @user:  NULL: uid 0, gid 0, no groups.
 * @flags: enum guard_user_flags.
 *
 * All three ids of each kind are set; umask is 0022 when the user has none. Where
 * setgroups is denied the caller's groups stay (a warning says so).
 *
 * Returns 0; -EPERM for additionalGids where setgroups is denied; -EINVAL when an id is not
 * mapped. The text names the JSON path.
 */
MUST_USE int guard_user_apply(const struct spec_user *user, unsigned int flags,
			      struct error *err);

#endif
