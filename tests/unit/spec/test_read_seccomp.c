// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/seccomp.h>

#include "config.h"

static const char before[] = "{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'seccomp':{";

/* SC-04, SC-07 */
TEST(seccomp_is_read)
{
	static const int flags[] = {
		SECCOMP_FILTER_FLAG_TSYNC,
		SECCOMP_FILTER_FLAG_LOG,
		SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	};
	autospec struct spec spec = { 0 };
	const struct spec_seccomp *s;

	config_read_full(&spec);
	s = spec.linux_part->seccomp;
	CHECK_INT(s->default_action.value, SPEC_ACT_ERRNO);
	CHECK_TRUE(s->default_errno_ret.is_set && s->default_errno_ret.value == 38);
	CHECK_INT(s->architectures->count, 23);
	CHECK_STR(s->architectures->item[22], "SCMP_ARCH_SHEB");
	CHECK_INT(s->flags->count, countof(flags));
	for (size_t i = 0; i < countof(flags); i++)
		CHECK_INT(s->flags->item[i], flags[i]);
	CHECK_STR(s->listener_path, "/run/listener.sock");
	CHECK_STR(s->listener_metadata, "for the listener");
}

/* SC-08 */
TEST(every_action_is_read)
{
	static const int actions[] = {
		SPEC_ACT_KILL_THREAD, SPEC_ACT_KILL_THREAD, SPEC_ACT_KILL_PROCESS, SPEC_ACT_TRAP,
		SPEC_ACT_ERRNO,	      SPEC_ACT_TRACE,	    SPEC_ACT_ALLOW,	   SPEC_ACT_LOG,
		SPEC_ACT_NOTIFY,      SPEC_ACT_ALLOW,
	};
	autospec struct spec spec = { 0 };
	const struct spec_seccomp_rules *list;

	config_read_full(&spec);
	list = spec.linux_part->seccomp->syscalls;
	CHECK_INT(list->count, countof(actions));
	for (size_t i = 0; i < countof(actions); i++)
		CHECK_INT(list->item[i].action.value, actions[i]);
	CHECK_TRUE(list->item[4].errno_ret.is_set && list->item[4].errno_ret.value == 0);
	CHECK_INT(list->item[5].errno_ret.value, 65535);
	CHECK_TRUE(!list->item[6].errno_ret.is_set && !list->item[6].args);
	CHECK_INT(list->item[9].names->count, 2);
	CHECK_STR(list->item[9].names->item[1], "no_such_call");
}

TEST(arguments_keep_64_bits)
{
	static const struct {
		uint64_t index, value, value_two;
		int op;
	} rows[] = {
		{ 0, UINT64_MAX, 0, SPEC_CMP_NE },
		{ 1, UINT64_C(1) << 63, 0, SPEC_CMP_LT },
		{ 2, INT64_MAX, 0, SPEC_CMP_LE },
		{ 3, 0, 0, SPEC_CMP_EQ },
		{ 4, 1, 0, SPEC_CMP_GE },
		{ 5, 2, 0, SPEC_CMP_GT },
		{ 0, 2114060288, UINT64_MAX - 1, SPEC_CMP_MASKED_EQ },
	};
	autospec struct spec spec = { 0 };
	const struct spec_seccomp_args *list;

	config_read_full(&spec);
	list = spec.linux_part->seccomp->syscalls->item[9].args;
	CHECK_INT(list->count, countof(rows));
	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_TRUE(list->item[i].index.value == rows[i].index);
		CHECK_TRUE(list->item[i].value.value == rows[i].value);
		CHECK_TRUE(list->item[i].value_two.value == rows[i].value_two);
		CHECK_INT(list->item[i].op.value, rows[i].op);
	}
	CHECK_TRUE(!list->item[0].value_two.is_set && list->item[6].value_two.is_set);
}

/* SC-05 */
TEST(absent_and_empty_flags_differ)
{
	autospec struct spec absent = { 0 }, empty = { 0 };
	struct error err;

	CHECK_OK(config_read(before, "'defaultAction':'SCMP_ACT_ALLOW'", "}}}", &absent, &err), err);
	CHECK_OK(config_read(before, "'defaultAction':'SCMP_ACT_ALLOW','flags':[]", "}}}", &empty,
			     &err), err);
	CHECK_TRUE(absent.linux_part->seccomp->flags == NULL);
	CHECK_TRUE(empty.linux_part->seccomp->flags != NULL);
}

TEST(wrong_values_are_named)
{
	static const struct config_row rows[] = {
		{ "", "linux.seccomp.defaultAction: is missing" },
		{ "'defaultAction':'ALLOW'",
		  "linux.seccomp.defaultAction: \"ALLOW\" is not one of SCMP_ACT_KILL_THREAD, "
		  "SCMP_ACT_KILL, SCMP_ACT_KILL_PROCESS, SCMP_ACT_TRAP, SCMP_ACT_ERRNO, "
		  "SCMP_ACT_TRACE, SCMP_ACT_ALLOW, SCMP_ACT_LOG, ..." },
		{ "'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':65536",
		  "linux.seccomp.defaultErrnoRet: 65536 is not within 0..65535" },
		{ "'defaultAction':'SCMP_ACT_ALLOW','architectures':'SCMP_ARCH_X86'",
		  "linux.seccomp.architectures: a list is wanted, not a string" },
		{ "'defaultAction':'SCMP_ACT_ALLOW','flags':['TSYNC']",
		  "linux.seccomp.flags[0]: \"TSYNC\" is not one of SECCOMP_FILTER_FLAG_TSYNC, "
		  "SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
		  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" },
	};

	config_check_broken(before, rows, countof(rows), "}}}");
}

/* SC-08..SC-11 */
TEST(wrong_rules_are_named)
{
	static const struct config_row rows[] = {
		{ "{'action':'SCMP_ACT_ALLOW'}", "linux.seccomp.syscalls[0].names: is missing" },
		{ "{'names':['read']}", "linux.seccomp.syscalls[0].action: is missing" },
		{ "{'name':'read','names':['read'],'action':'SCMP_ACT_ALLOW','errnoRet':-1}",
		  "linux.seccomp.syscalls[0].errnoRet: -1 is not within 0..65535" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW',"
		  "'args':[{'value':0,'op':'SCMP_CMP_EQ'}]}",
		  "linux.seccomp.syscalls[0].args[0].index: is missing" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW',"
		  "'args':[{'index':6,'value':0,'op':'SCMP_CMP_EQ'}]}",
		  "linux.seccomp.syscalls[0].args[0].index: 6 is not within 0..5" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':0}]}",
		  "linux.seccomp.syscalls[0].args[0].op: is missing" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW',"
		  "'args':[{'index':0,'op':'SCMP_CMP_EQ'}]}",
		  "linux.seccomp.syscalls[0].args[0].value: is missing" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW',"
		  "'args':[{'index':0,'value':18446744073709551616,'op':'SCMP_CMP_EQ'}]}",
		  "linux.seccomp.syscalls[0].args[0].value: 18446744073709551616 is not within "
		  "0..18446744073709551615" },
		{ "{'names':['a'],'action':'SCMP_ACT_ALLOW',"
		  "'args':[{'index':0,'value':0,'op':'=='}]}",
		  "linux.seccomp.syscalls[0].args[0].op: \"==\" is not one of SCMP_CMP_NE, "
		  "SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, SCMP_CMP_GE, SCMP_CMP_GT, "
		  "SCMP_CMP_MASKED_EQ" },
	};

	config_check_broken("{'ociVersion':'1.2.0','root':{'path':'r'},'linux':{'seccomp':{"
			    "'defaultAction':'SCMP_ACT_ERRNO','syscalls':[",
			    rows, countof(rows), "]}}}");
}
