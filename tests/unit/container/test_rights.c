// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/rights.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/sys.h"
#include "forked.h"

static bool is_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE) == 1;
}

static void conceal_as_root(void)
{
	struct error err;

	FORKED_NEEDS(geteuid() == 0, "root");
	CHECK_TRUE(is_dumpable());
	CHECK_OK(container_rights_conceal(false, &err), err);
	CHECK_TRUE(!is_dumpable());
}

TEST(root_is_concealed_at_once)
{
	RUN_FORKED(conceal_as_root);
}

static void conceal_as_user(void)
{
	struct error err;

	FORKED_NEEDS(geteuid() != 0 || setresuid(4711, 4711, 4711) == 0, "to be another user");
	/* A change of user has it cleared, where the machine says so. */
	CHECK_INT(prctl(PR_SET_DUMPABLE, 1), 0);
	CHECK_OK(container_rights_conceal(false, &err), err);
	CHECK_TRUE(is_dumpable());
	CHECK_OK(container_rights_conceal(true, &err), err);
	CHECK_TRUE(!is_dumpable());
}

TEST(a_user_is_concealed_when_the_child_is_placed)
{
	RUN_FORKED(conceal_as_user);
}

static void give_up_as_root(void)
{
	const uint64_t kept = UINT64_C(1) << CAP_KILL | UINT64_C(1) << CAP_DAC_OVERRIDE;
	struct sys_capabilities before, after;

	FORKED_NEEDS(geteuid() == 0, "root");
	CHECK_INT(sys_capget(&before), 0);
	container_rights_give_up();
	CHECK_INT(sys_capget(&after), 0);
	CHECK_INT(after.permitted, before.permitted & kept);
	CHECK_INT(after.effective, after.permitted);
	CHECK_INT(after.inheritable, before.inheritable & kept);
}

TEST(root_keeps_what_the_end_of_a_container_takes)
{
	RUN_FORKED(give_up_as_root);
}

static void give_up_as_user(void)
{
	struct sys_capabilities before, after;

	FORKED_NEEDS(geteuid() == 0, "root");
	CHECK_INT(prctl(PR_SET_KEEPCAPS, 1), 0);
	CHECK_INT(setresuid(4711, 4711, 4711), 0);
	CHECK_INT(sys_capget(&before), 0);
	container_rights_give_up();
	CHECK_INT(sys_capget(&after), 0);
	CHECK_TRUE(before.permitted != 0);
	CHECK_INT(after.permitted, before.permitted);
}

TEST(a_user_with_capabilities_keeps_them_for_the_hooks)
{
	RUN_FORKED(give_up_as_user);
}
