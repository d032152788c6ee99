// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"
#include "spec/check.h"

#define ROOT "{'ociVersion':'1.2.0','root':{'path':'r'},"
#define USER "'user':{'uid':0,'gid':0},"

/* P-04..P-06 */
TEST(process_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "'args':[],'cwd':'/'", "process.args: is empty" },
		{ "'args':['a'],'cwd':'work'", "process.cwd: \"work\" is not absolute" },
		{ "'args':['a'],'cwd':'./'", "process.cwd: \"./\" is not absolute" },
		{ "'args':['a'],'cwd':'/','env':['A=1','FOO']",
		  "process.env[1]: has no \"=\"" },
		{ "'args':['a'],'cwd':'/','env':['']", "process.env[0]: has no \"=\"" },
	};
	static const char *const good[] = {
		"'args':['a'],'cwd':'/'",
		"'args':[''],'cwd':'/a/../b','env':['A=','=','A=1','A=2']",
	};

	config_check_broken(ROOT "'process':{" USER, rows, countof(rows), "}}");
	config_check_good(ROOT "'process':{" USER, good, countof(good), "}}");
}

/* P-08 */
TEST(rlimit_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "{'type':'RLIMIT_AS','soft':2,'hard':1}",
		  "process.rlimits[0].soft: 2 is above hard 1" },
		{ "{'type':'RLIMIT_AS','soft':18446744073709551615,'hard':1}",
		  "process.rlimits[0].soft: 18446744073709551615 is above hard 1" },
		{ "{'type':'RLIMIT_AS','soft':1,'hard':1},{'type':'RLIMIT_CPU','soft':1,'hard':1},"
		  "{'type':'RLIMIT_AS','soft':1,'hard':1}",
		  "process.rlimits[2].type: is the same as in [0]" },
	};

	config_check_broken(ROOT "'process':{" USER "'args':['a'],'cwd':'/','rlimits':[", rows,
			    countof(rows), "]}}");
}

/* P-15, P-16, P-18 */
TEST(scheduler_rules_are_kept)
{
	static const struct config_row rows[] = {
		{ "FIFO','priority':1,'nice':1",
		  "process.scheduler.nice: is for SCHED_OTHER and SCHED_BATCH only" },
		{ "IDLE','nice':-1",
		  "process.scheduler.nice: is for SCHED_OTHER and SCHED_BATCH only" },
		{ "OTHER','priority':1",
		  "process.scheduler.priority: is for SCHED_FIFO and SCHED_RR only" },
		{ "DEADLINE','priority':1",
		  "process.scheduler.priority: is for SCHED_FIFO and SCHED_RR only" },
		{ "FIFO'", "process.scheduler.priority: 0 is not within 1..99" },
		{ "RR','priority':100", "process.scheduler.priority: 100 is not within 1..99" },
		{ "RR','priority':-1", "process.scheduler.priority: -1 is not within 1..99" },
		{ "OTHER','runtime':1", "process.scheduler.runtime: is for SCHED_DEADLINE only" },
		{ "BATCH','deadline':1", "process.scheduler.deadline: is for SCHED_DEADLINE only" },
		{ "IDLE','period':1", "process.scheduler.period: is for SCHED_DEADLINE only" },
	};
	static const char *const good[] = {
		"OTHER','nice':0,'priority':0,'runtime':0,'deadline':0,'period':0",
		"OTHER','nice':19,'flags':[]",
		"BATCH','nice':-20",
		"FIFO','priority':99,'nice':0",
		"IDLE'",
	};
	static const char before[] =
		ROOT "'process':{" USER "'args':['a'],'cwd':'/','scheduler':{'policy':'SCHED_";

	config_check_broken(before, rows, countof(rows), "}}}");
	config_check_good(before, good, countof(good), "}}}");
}

/* P-21, P-22 */
TEST(affinity_lists_are_lists)
{
	static const struct config_row rows[] = {
		{ "'initial':'a'",
		  "process.execCPUAffinity.initial: \"a\" is not a list like 0-3,7" },
		{ "'initial':'0','final':'3-1'",
		  "process.execCPUAffinity.final: \"3-1\" is not a list like 0-3,7" },
	};

	config_check_broken(ROOT "'process':{" USER "'args':['a'],'cwd':'/','execCPUAffinity':{", rows,
			    countof(rows), "}}}");
}

TEST(number_lists_are_told_from_other_text)
{
	static const struct {
		const char *text;
		bool is_list;
	} rows[] = {
		{ "0", true },	   { "0-3", true },	{ "0-3,7", true },  { "7,0-3,5-5", true },
		{ "", false },	   { ",", false },	{ "0,", false },    { ",0", false },
		{ "0,,1", false }, { "-1", false },	{ "1-", false },    { "3-1", false },
		{ "0 1", false },  { "0, 1", false },	{ " 0", false },    { "0-1-2", false },
		{ "0x1", false },  { "1:2", false },	{ "a", false },	    { "+1", false },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(check_is_number_list(rows[i].text), rows[i].is_list);
}
