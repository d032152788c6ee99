// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/capability.h>

#include "ward.h"

TEST(only_capabilities_that_lead_out_are_told)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.privilege.capabilities = 1ULL << CAP_CHOWN | 1ULL << CAP_KILL | 1ULL << CAP_NET_RAW;
	CHECK_STR(ward_rules(&w), "");
	w.facts.privilege.capabilities |= 1ULL << CAP_SYS_ADMIN | 1ULL << CAP_SYS_MODULE;
	CHECK_STR(ward_rules(&w), "capabilities");
	CHECK_SAYS(&w, "it has CAP_SYS_MODULE, CAP_SYS_ADMIN\n");
	w.facts.privilege.capabilities = UINT64_MAX;
	ward_rules(&w);
	CHECK_SAYS(&w, "it has every capability (--privileged)\n");
}

TEST(user_namespace_takes_the_harm_out)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.privilege.capabilities = UINT64_MAX;
	w.facts.privilege.has_user_namespace = true;
	CHECK_STR(ward_rules(&w), "");
}

TEST(process_of_the_machine_has_what_it_has)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.is_container = w.facts.owns_pid_namespace = false;
	w.facts.is_in_own_namespace = true;
	w.facts.privilege.capabilities = UINT64_MAX;
	w.facts.privilege.no_new_privs = false;
	w.facts.privilege.uid = 1000;
	CHECK_STR(ward_rules(&w), "");
}

TEST(root_gains_nothing_by_a_set_user_id_program)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.privilege.no_new_privs = false;
	CHECK_STR(ward_rules(&w), "");
	w.facts.privilege.uid = 1000;
	CHECK_STR(ward_rules(&w), "new-privileges");
	CHECK_SAYS(&w, "it runs as user 1000");
}

TEST(unknown_rights_are_not_judged)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.privilege = (struct doctor_privilege){ .capabilities = UINT64_MAX, .uid = 5 };
	CHECK_STR(ward_rules(&w), "");
}

TEST(pid_namespace_of_the_machine_is_told)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.owns_pid_namespace = false;
	/* That of a pod is none of the machine's. */
	CHECK_STR(ward_rules(&w), "");
	w.facts.is_in_own_namespace = true;
	CHECK_STR(ward_rules(&w), "host-pid-namespace");
}
