// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/cap.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "forked.h"
#include "guard/user.h"
#include "test.h"

#define BIT(capability) (UINT64_C(1) << (capability))

static const uint64_t everything = BIT(CAP_CHECKPOINT_RESTORE + 1) - 1;

/* A list of the names given, up to three. */
#define STRINGS(...)                                                                          \
	(&(struct json_strings){ countof(((const char *[]){ __VA_ARGS__ })),                  \
				 (char **)(const char *[]){ __VA_ARGS__ } })

/* Warnings are part of what is tested, but not of what a test prints. */
static void be_quiet(void)
{
	log_open(-1, false, LOG_ERROR);
}

TEST(names_are_those_of_the_kernel)
{
	CHECK_STR(guard_cap_name(CAP_CHOWN), "CAP_CHOWN");
	CHECK_STR(guard_cap_name(CAP_SETFCAP), "CAP_SETFCAP");
	CHECK_STR(guard_cap_name(CAP_CHECKPOINT_RESTORE), "CAP_CHECKPOINT_RESTORE");
	CHECK_TRUE(!guard_cap_name(CAP_CHECKPOINT_RESTORE + 1));
	for (unsigned int i = 0; i <= CAP_CHECKPOINT_RESTORE; i++)
		CHECK_TRUE(guard_cap_name(i));
}

TEST(kernel_knows_the_old_ones)
{
	CHECK_INT(guard_cap_known() & BIT(CAP_AUDIT_READ), BIT(CAP_AUDIT_READ));
	CHECK_INT(guard_cap_known() & BIT(63), 0);
}

/* P-27 */
TEST(no_object_gives_five_empty_sets)
{
	struct guard_cap_plan plan = { 1, 1, 1, 1, 1 };
	struct error err;

	CHECK_OK(guard_cap_plan(NULL, everything, &plan, &err), err);
	CHECK_INT(plan.bounding | plan.effective | plan.permitted | plan.inheritable | plan.ambient,
		  0);
}

TEST(names_become_sets)
{
	struct spec_capabilities capabilities = {
		.bounding = STRINGS("CAP_CHOWN", "CAP_KILL", "CAP_CHOWN"),
		.effective = STRINGS("CAP_KILL"),
		.permitted = STRINGS("CAP_KILL", "CAP_BPF"),
		.ambient = STRINGS("CAP_SYS_ADMIN"),
	};
	struct guard_cap_plan plan;
	struct error err;

	CHECK_OK(guard_cap_plan(&capabilities, everything, &plan, &err), err);
	CHECK_INT(plan.bounding, BIT(CAP_CHOWN) | BIT(CAP_KILL));
	CHECK_INT(plan.effective, BIT(CAP_KILL));
	CHECK_INT(plan.permitted, BIT(CAP_KILL) | BIT(CAP_BPF));
	CHECK_INT(plan.inheritable, 0);
	CHECK_INT(plan.ambient, BIT(CAP_SYS_ADMIN));
}

/* P-31 */
TEST(unknown_and_missing_ones_are_left_out)
{
	struct spec_capabilities capabilities = {
		.bounding = STRINGS("CAP_NONSENSE", "cap_chown", "CAP_KILL"),
		.effective = STRINGS("CAP_SYS_ADMIN", "CAP_KILL"),
		.permitted = STRINGS("CAP_SYS_ADMIN", "CAP_KILL"),
	};
	struct guard_cap_plan plan;
	struct error err;

	be_quiet();
	CHECK_OK(guard_cap_plan(&capabilities, everything & ~BIT(CAP_SYS_ADMIN), &plan, &err), err);
	CHECK_INT(plan.bounding, BIT(CAP_KILL));
	CHECK_INT(plan.effective, BIT(CAP_KILL));
	CHECK_INT(plan.permitted, BIT(CAP_KILL));
}

/* P-29 */
TEST(effective_is_within_permitted)
{
	struct spec_capabilities capabilities = {
		.effective = STRINGS("CAP_KILL", "CAP_CHOWN"),
		.permitted = STRINGS("CAP_KILL"),
	};
	struct guard_cap_plan plan;
	struct error err;

	CHECK_ERROR(guard_cap_plan(&capabilities, everything, &plan, &err), err, EPERM,
		    "process.capabilities.effective: CAP_CHOWN is not in the permitted set");
}

/* --- in a child --- */

static uint64_t bounding_set(void)
{
	uint64_t set = 0;

	for (unsigned int i = 0; i < 64; i++)
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			set |= BIT(i);
	return set;
}

static uint64_t ambient_set(void)
{
	uint64_t set = 0;

	for (unsigned int i = 0; i < 64; i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			set |= BIT(i);
	return set;
}

static bool is_root_with(uint64_t needed)
{
	uint64_t own = 0;
	struct error err;

	return geteuid() == 0 && guard_cap_own(&own, &err) == 0 && (own & needed) == needed;
}

static void become(const struct guard_cap_plan *plan, const struct spec_user *user)
{
	struct error err;

	CHECK_OK(guard_cap_limit_bounding(plan, &err), err);
	CHECK_OK(guard_cap_keep(&err), err);
	CHECK_OK(guard_user_apply(user, 0, &err), err);
	CHECK_OK(guard_cap_apply(plan, &err), err);
}

static void check_sets(const struct guard_cap_plan *plan)
{
	struct sys_capabilities sets;

	CHECK_INT(sys_capget(&sets), 0);
	CHECK_INT(sets.effective, plan->effective);
	CHECK_INT(sets.permitted, plan->permitted);
	CHECK_INT(sets.inheritable, plan->inheritable);
	CHECK_INT(bounding_set(), plan->bounding);
	CHECK_INT(ambient_set(), plan->ambient);
	CHECK_INT(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), 0);
}

static const struct spec_user ordinary = { .uid = { true, 1000 }, .gid = { true, 1000 } };

static void apply_as_user(void)
{
	const struct guard_cap_plan plan = {
		.bounding = BIT(CAP_CHOWN) | BIT(CAP_KILL) | BIT(CAP_NET_RAW),
		.permitted = BIT(CAP_CHOWN) | BIT(CAP_KILL),
		.effective = BIT(CAP_KILL),
		.inheritable = BIT(CAP_KILL),
		.ambient = BIT(CAP_KILL),
	};

	FORKED_NEEDS(is_root_with(plan.bounding | BIT(CAP_SETPCAP)), "root");
	become(&plan, &ordinary);
	check_sets(&plan);
}

/* P-28..P-30 */
TEST(sets_are_exact_after_the_change_of_user)
{
	RUN_FORKED(apply_as_user);
}

static void apply_nothing_as_root(void)
{
	const struct guard_cap_plan plan = { 0 };
	struct error err;

	FORKED_NEEDS(is_root_with(BIT(CAP_SETPCAP)), "root");
	CHECK_OK(guard_cap_limit_bounding(&plan, &err), err);
	CHECK_OK(guard_cap_apply(&plan, &err), err);
	check_sets(&plan);
	CHECK_OK(guard_cap_limit_bounding(&plan, &err), err);
}

TEST(root_without_capabilities_has_none)
{
	RUN_FORKED(apply_nothing_as_root);
}

static void raise_what_is_not_inheritable(void)
{
	struct guard_cap_plan plan = {
		.bounding = BIT(CAP_KILL),
		.permitted = BIT(CAP_KILL),
		.effective = BIT(CAP_KILL),
		.ambient = BIT(CAP_KILL),
	};

	FORKED_NEEDS(is_root_with(plan.bounding | BIT(CAP_SETPCAP)), "root");
	be_quiet();
	become(&plan, &ordinary);
	plan.ambient = 0;
	check_sets(&plan);
}

/* P-30 */
TEST(ambient_that_cannot_be_raised_is_left_out)
{
	RUN_FORKED(raise_what_is_not_inheritable);
}

static void drop_without_the_right(void)
{
	const struct guard_cap_plan plan = { 0 };
	struct error err;

	FORKED_NEEDS(is_root_with(BIT(CAP_CHOWN)), "root");
	CHECK_OK(guard_user_apply(&ordinary, 0, &err), err);
	CHECK_ERROR(guard_cap_limit_bounding(&plan, &err), err, EPERM,
		    "process.capabilities.bounding: drop CAP_CHOWN: operation not permitted");
}

TEST(bounding_set_that_cannot_be_limited_is_an_error)
{
	RUN_FORKED(drop_without_the_right);
}
