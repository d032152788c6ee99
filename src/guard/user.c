// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/user.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"

enum { DEFAULT_UMASK = 0022 };

static int set_groups(const struct json_numbers *groups, struct error *err)
{
	size_t count = groups ? groups->count : 0;
	autofree gid_t *list = mem_new(count * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = (gid_t)groups->item[i];
	if (setgroups(count, list) < 0)
		return error_sys(err, "process.user.additionalGids: setgroups");
	return 0;
}

static int leave_groups(const struct json_numbers *groups, struct error *err)
{
	if (groups && groups->count)
		return error_set(err, EPERM,
				 "process.user.additionalGids: setgroups is denied in this user "
				 "namespace");
	if (getgroups(0, NULL) > 0)
		log_warning("process.user: the caller's supplementary groups stay, since "
			    "setgroups is denied in this user namespace");
	return 0;
}

static int apply_groups(const struct json_numbers *groups, unsigned int flags, struct error *err)
{
	if (flags & GUARD_USER_KEEP_GROUPS)
		return 0;
	return flags & GUARD_USER_SETGROUPS_DENIED ? leave_groups(groups, err)
						   : set_groups(groups, err);
}

int guard_user_apply(const struct spec_user *user, unsigned int flags, struct error *err)
{
	static const struct spec_user root;
	const struct spec_user *as = user ? user : &root;
	gid_t gid = (gid_t)as->gid.value;
	uid_t uid = (uid_t)as->uid.value;

	/* To the kernel -1 means "as before": root would stay root. */
	if (uid == (uid_t)-1 || gid == (gid_t)-1)
		return error_set(err, EINVAL, "process.user: %u is not an id", (uid_t)-1);
	/* Groups and gid first: afterwards the right to change them is gone. */
	TRY(apply_groups(as->additional_gids, flags, err));
	if (setresgid(gid, gid, gid) < 0)
		return error_sys(err, "process.user.gid: become %u", gid);
	if (setresuid(uid, uid, uid) < 0)
		return error_sys(err, "process.user.uid: become %u", uid);
	umask(as->umask.is_set ? (mode_t)as->umask.value : DEFAULT_UMASK);
	return 0;
}
