// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/user.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"
#include "forked.h"
#include "test.h"

static void check_ids(uid_t uid, gid_t gid)
{
	uid_t uids[3];
	gid_t gids[3];

	CHECK_INT(getresuid(&uids[0], &uids[1], &uids[2]), 0);
	CHECK_INT(getresgid(&gids[0], &gids[1], &gids[2]), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(uids[i], uid);
		CHECK_INT(gids[i], gid);
	}
}

static void become_another(void)
{
	uint64_t groups[] = { 5, 7 };
	struct json_numbers additional = { 2, groups };
	struct spec_user user = {
		.uid = { true, 1000 },
		.gid = { true, 2000 },
		.umask = { true, 0077 },
		.additional_gids = &additional,
	};
	gid_t got[8];
	struct error err;

	FORKED_NEEDS(geteuid() == 0, "root");
	CHECK_OK(guard_user_apply(&user, 0, &err), err);
	check_ids(1000, 2000);
	CHECK_INT(getgroups(8, got), 2);
	CHECK_INT(got[0], 5);
	CHECK_INT(got[1], 7);
	CHECK_INT(umask(0), 0077);
}

/* P-24..P-26 */
TEST(user_groups_and_umask_are_taken)
{
	RUN_FORKED(become_another);
}

static void become_nobody_special(void)
{
	gid_t groups[] = { 5, 7 };
	struct error err;

	FORKED_NEEDS(geteuid() == 0 && setgroups(2, groups) == 0, "root");
	umask(0);
	CHECK_OK(guard_user_apply(NULL, 0, &err), err);
	check_ids(0, 0);
	CHECK_INT(getgroups(0, NULL), 0);
	CHECK_INT(umask(0), 0022);
}

TEST(without_a_user_it_is_root_without_groups)
{
	RUN_FORKED(become_nobody_special);
}

static void keep_groups(void)
{
	gid_t groups[] = { 5, 7 };
	struct error err;

	FORKED_NEEDS(geteuid() == 0 && setgroups(2, groups) == 0, "root");
	CHECK_OK(guard_user_apply(NULL, GUARD_USER_KEEP_GROUPS, &err), err);
	CHECK_INT(getgroups(0, NULL), 2);
}

TEST(groups_are_kept_when_asked_for)
{
	RUN_FORKED(keep_groups);
}

static void map_own_id_alone(void)
{
	autofree char *uid_line = mem_format("0 %u 1", geteuid());
	autofree char *gid_line = mem_format("0 %u 1", getegid());
	struct error err;

	FORKED_NEEDS(unshare(CLONE_NEWUSER) == 0, "the right to make user namespaces");
	CHECK_OK(file_write(AT_FDCWD, "/proc/self/setgroups", "deny", &err), err);
	CHECK_OK(file_write(AT_FDCWD, "/proc/self/uid_map", uid_line, &err), err);
	CHECK_OK(file_write(AT_FDCWD, "/proc/self/gid_map", gid_line, &err), err);
}

static void apply_where_groups_are_denied(void)
{
	uint64_t group = 0;
	struct json_numbers none = { 0, NULL }, one = { 1, &group };
	struct spec_user user = { .additional_gids = &none };
	struct error err;

	map_own_id_alone();
	log_open(-1, false, LOG_ERROR);
	CHECK_OK(guard_user_apply(&user, GUARD_USER_SETGROUPS_DENIED, &err), err);
	check_ids(0, 0);
	user.additional_gids = &one;
	CHECK_ERROR(guard_user_apply(&user, GUARD_USER_SETGROUPS_DENIED, &err), err, EPERM,
		    "process.user.additionalGids: setgroups is denied in this user namespace");
}

/* P-25 */
TEST(denied_groups_are_fine_when_there_are_none)
{
	RUN_FORKED(apply_where_groups_are_denied);
}

static void become_unmapped(void)
{
	struct spec_user user = { .uid = { true, 5 } };
	struct error err;

	map_own_id_alone();
	log_open(-1, false, LOG_ERROR);
	CHECK_ERROR(guard_user_apply(&user, GUARD_USER_SETGROUPS_DENIED, &err), err, EINVAL,
		    "process.user.uid: become 5: invalid argument");
}

/* P-24 */
TEST(id_without_a_mapping_is_refused)
{
	RUN_FORKED(become_unmapped);
}

static void become_minus_one(void)
{
	struct spec_user user = { .uid = { true, 4294967295 }, .gid = { true, 1 } };
	struct error err;

	CHECK_ERROR(guard_user_apply(&user, 0, &err), err, EINVAL,
		    "process.user: 4294967295 is not an id");
}

/* The kernel takes it for "no change", and root would stay root. */
TEST(id_that_means_no_change_is_refused)
{
	RUN_FORKED(become_minus_one);
}
