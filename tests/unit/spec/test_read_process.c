// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sys/resource.h>

#include "config.h"

static const char before[] =
	"{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'args':['a'],'cwd':'/',"
	"'user':{'uid':0,'gid':0},";
static const char without_user[] =
	"{'ociVersion':'1.2.0','root':{'path':'r'},'process':{'args':['a'],'cwd':'/',";

/* P-07 */
TEST(process_scalars_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_process *p;

	config_read_full(&spec);
	p = spec.process;
	CHECK_TRUE(p->terminal.is_set && p->terminal.value);
	CHECK_INT(p->console_size->height.value, 25);
	CHECK_INT(p->console_size->width.value, 80);
	CHECK_TRUE(p->no_new_privileges.is_set && p->no_new_privileges.value);
	CHECK_STR(p->cwd, "/work");
	CHECK_STR(p->apparmor_profile, "husk-default");
	CHECK_STR(p->selinux_label, "system_u:system_r:container_t:s0:c1,c2");
	CHECK_TRUE(p->oom_score_adj.is_set && p->oom_score_adj.value == -1000);
	CHECK_INT(p->io_priority->io_class.value, IOPRIO_CLASS_BE);
	CHECK_INT(p->io_priority->priority.value, 7);
	CHECK_STR(p->exec_cpu_affinity->initial, "0-3,7");
	CHECK_STR(p->exec_cpu_affinity->final_list, "1");
}

TEST(process_lists_are_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_process *p;

	config_read_full(&spec);
	p = spec.process;
	CHECK_INT(p->args->count, 3);
	CHECK_STR(p->args->item[0], "sh");
	CHECK_STR(p->args->item[2], "echo \"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\" / \t");
	CHECK_TRUE(p->args->item[3] == NULL);
	CHECK_INT(p->env->count, 3);
	CHECK_STR(p->env->item[1], "EMPTY=");
	CHECK_STR(p->env->item[2], "=odd");
	CHECK_INT(p->capabilities->bounding->count, 2);
	CHECK_STR(p->capabilities->bounding->item[1], "CAP_CHOWN");
	CHECK_STR(p->capabilities->effective->item[0], "CAP_KILL");
	CHECK_STR(p->capabilities->permitted->item[0], "CAP_CHOWN");
	CHECK_TRUE(p->capabilities->inheritable && p->capabilities->inheritable->count == 0);
	CHECK_STR(p->capabilities->ambient->item[0], "CAP_NOT_THERE");
}

TEST(user_is_read)
{
	autospec struct spec spec = { 0 };
	const struct spec_user *u;

	config_read_full(&spec);
	u = spec.process->user;
	CHECK_INT(u->uid.value, 1000);
	CHECK_INT(u->gid.value, 4294967294);
	CHECK_TRUE(u->umask.is_set && u->umask.value == 0777);
	CHECK_INT(u->additional_gids->count, 3);
	CHECK_INT(u->additional_gids->item[0], 0);
	CHECK_INT(u->additional_gids->item[1], 5);
	CHECK_INT(u->additional_gids->item[2], 4294967294);
	CHECK_STR(u->username, "somebody");
}

/* P-08 */
TEST(every_rlimit_has_its_number)
{
	static const int types[] = {
		RLIMIT_AS,	 RLIMIT_CORE,	RLIMIT_CPU,    RLIMIT_DATA,
		RLIMIT_FSIZE,	 RLIMIT_LOCKS,	RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE,
		RLIMIT_NICE,	 RLIMIT_NOFILE, RLIMIT_NPROC,  RLIMIT_RSS,
		RLIMIT_RTPRIO,	 RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK,
	};
	autospec struct spec spec = { 0 };
	const struct spec_rlimits *list;

	config_read_full(&spec);
	list = spec.process->rlimits;
	CHECK_INT(list->count, countof(types));
	for (size_t i = 0; i < countof(types); i++)
		CHECK_INT(list->item[i].type.value, types[i]);
	CHECK_INT(list->item[0].soft.value, 0);
	CHECK_TRUE(list->item[0].hard.value == UINT64_MAX);
	CHECK_INT(list->item[9].soft.value, 1024);
	CHECK_INT(list->item[9].hard.value, 4096);
}

TEST(scheduler_is_read)
{
	static const int flags[] = {
		SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM,	  SCHED_FLAG_DL_OVERRUN,
		SCHED_FLAG_KEEP_POLICY,	  SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN,
		SCHED_FLAG_UTIL_CLAMP_MAX,
	};
	autospec struct spec spec = { 0 };
	const struct spec_scheduler *s;

	config_read_full(&spec);
	s = spec.process->scheduler;
	CHECK_INT(s->policy.value, SCHED_DEADLINE);
	CHECK_TRUE(s->nice.is_set && s->nice.value == 0);
	CHECK_TRUE(s->priority.is_set && s->priority.value == 0);
	CHECK_INT(s->flags->count, countof(flags));
	for (size_t i = 0; i < countof(flags); i++)
		CHECK_INT(s->flags->item[i], flags[i]);
	CHECK_INT(s->runtime.value, 10000000);
	CHECK_INT(s->deadline.value, 20000000);
	CHECK_TRUE(s->period.value == UINT64_MAX);
}

/* P-14 */
TEST(every_policy_has_its_number)
{
	static const struct {
		const char *part;
		int policy;
	} rows[] = {
		{ "'scheduler':{'policy':'SCHED_OTHER','nice':-20}", 0 },
		{ "'scheduler':{'policy':'SCHED_FIFO','priority':1}", 1 },
		{ "'scheduler':{'policy':'SCHED_RR','priority':99}", 2 },
		{ "'scheduler':{'policy':'SCHED_BATCH','nice':19}", 3 },
		{ "'scheduler':{'policy':'SCHED_ISO'}", 4 },
		{ "'scheduler':{'policy':'SCHED_IDLE'}", 5 },
		{ "'scheduler':{'policy':'SCHED_DEADLINE','runtime':1}", 6 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autospec struct spec spec = { 0 };
		struct error err;

		CHECK_OK(config_read(before, rows[i].part, "}}", &spec, &err), err);
		CHECK_INT(spec.process->scheduler->policy.value, rows[i].policy);
	}
}

TEST(empty_words_of_go_engines_are_absent)
{
	autospec struct spec spec = { 0 };
	struct error err;

	CHECK_OK(config_read(before,
			     "'apparmorProfile':'','selinuxLabel':'','execCPUAffinity':{'initial':'','final':''}",
			     "}}", &spec, &err), err);
	CHECK_TRUE(!spec.process->apparmor_profile && !spec.process->selinux_label);
	CHECK_TRUE(!spec.process->exec_cpu_affinity->initial);
	CHECK_TRUE(!spec.process->exec_cpu_affinity->final_list);
}

TEST(wrong_values_are_named)
{
	static const struct config_row rows[] = {
		{ "'args':'sh'", "line 1, column 107: duplicate object key near '\"args\"'" },
		{ "'terminal':1", "process.terminal: true or false is wanted, not a number" },
		{ "'consoleSize':{'height':65536}",
		  "process.consoleSize.height: 65536 is not within 0..65535" },
		{ "'consoleSize':{'width':-1}",
		  "process.consoleSize.width: -1 is not within 0..65535" },
		{ "'env':['A=1',null]", "process.env[1]: a string is wanted, not null" },
		{ "'capabilities':['CAP_KILL']",
		  "process.capabilities: an object is wanted, not a list" },
		{ "'capabilities':{'bounding':'CAP_KILL'}",
		  "process.capabilities.bounding: a list is wanted, not a string" },
		{ "'rlimits':[{'type':'RLIMIT_NOFILES','soft':1,'hard':1}]",
		  "process.rlimits[0].type: \"RLIMIT_NOFILES\" is not one of RLIMIT_AS, "
		  "RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_LOCKS, "
		  "RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, ..." },
		{ "'rlimits':[{'soft':1,'hard':1}]", "process.rlimits[0].type: is missing" },
		{ "'rlimits':[{'type':'RLIMIT_AS','hard':1}]",
		  "process.rlimits[0].soft: is missing" },
		{ "'rlimits':[{'type':'RLIMIT_AS','soft':1}]",
		  "process.rlimits[0].hard: is missing" },
		{ "'rlimits':[{'type':'RLIMIT_AS','soft':1,'hard':18446744073709551616}]",
		  "process.rlimits[0].hard: 18446744073709551616 is not within "
		  "0..18446744073709551615" },
		{ "'rlimits':[{'type':'RLIMIT_AS','soft':-1,'hard':1}]",
		  "process.rlimits[0].soft: -1 is not within 0..18446744073709551615" },
		{ "'oomScoreAdj':2000", "process.oomScoreAdj: 2000 is not within -1000..1000" },
		{ "'oomScoreAdj':-1001", "process.oomScoreAdj: -1001 is not within -1000..1000" },
		{ "'oomScoreAdj':1e2", "process.oomScoreAdj: a whole number is wanted" },
		{ "'scheduler':{}", "process.scheduler.policy: is missing" },
		{ "'scheduler':{'policy':'FIFO'}",
		  "process.scheduler.policy: \"FIFO\" is not one of SCHED_OTHER, SCHED_FIFO, "
		  "SCHED_RR, SCHED_BATCH, SCHED_ISO, SCHED_IDLE, SCHED_DEADLINE" },
		{ "'scheduler':{'policy':'SCHED_OTHER','nice':20}",
		  "process.scheduler.nice: 20 is not within -20..19" },
		{ "'scheduler':{'policy':'SCHED_OTHER','flags':['SCHED_FLAG_RECLAIM','X']}",
		  "process.scheduler.flags[1]: \"X\" is not one of SCHED_FLAG_RESET_ON_FORK, "
		  "SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, SCHED_FLAG_KEEP_POLICY, "
		  "SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, "
		  "SCHED_FLAG_UTIL_CLAMP_MAX" },
		{ "'ioPriority':{'priority':0}", "process.ioPriority.class: is missing" },
		{ "'ioPriority':{'class':'IOPRIO_CLASS_RT'}",
		  "process.ioPriority.priority: is missing" },
		{ "'ioPriority':{'class':'IOPRIO_CLASS_NONE','priority':0}",
		  "process.ioPriority.class: \"IOPRIO_CLASS_NONE\" is not one of "
		  "IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE" },
		{ "'ioPriority':{'class':'IOPRIO_CLASS_RT','priority':8}",
		  "process.ioPriority.priority: 8 is not within 0..7" },
		{ "'execCPUAffinity':{'initial':0}",
		  "process.execCPUAffinity.initial: a string is wanted, not a number" },
		{ "'noNewPrivileges':'yes'",
		  "process.noNewPrivileges: true or false is wanted, not a string" },
	};

	config_check_broken(before, rows, countof(rows), "}}");
}

TEST(wrong_users_are_named)
{
	static const struct config_row rows[] = {
		{ "'env':[]", "process.user: is missing" },
		{ "'user':{'gid':0}", "process.user.uid: is missing" },
		{ "'user':{'uid':0}", "process.user.gid: is missing" },
		{ "'user':{'uid':4294967295,'gid':0}",
		  "process.user.uid: 4294967295 is not within 0..4294967294" },
		{ "'user':{'uid':'root','gid':0}",
		  "process.user.uid: a number is wanted, not a string" },
		{ "'user':{'uid':0,'gid':-1}",
		  "process.user.gid: -1 is not within 0..4294967294" },
		{ "'user':{'uid':0,'gid':0,'umask':512}",
		  "process.user.umask: 512 is not within 0..511" },
		{ "'user':{'uid':0,'gid':0,'additionalGids':[1,4294967295]}",
		  "process.user.additionalGids[1]: 4294967295 is not within 0..4294967294" },
	};

	config_check_broken(without_user, rows, countof(rows), "}}");
}

/* P-04, P-24 */
TEST(missing_members_are_named)
{
	static const struct config_row rows[] = {
		{ "{}", "process.user: is missing" },
		{ "{'user':{'uid':0,'gid':0}}", "process.args: is missing" },
		{ "{'user':{'uid':0,'gid':0},'args':['a']}", "process.cwd: is missing" },
		{ "{'user':{'uid':0,'gid':0},'args':['a'],'cwd':''}", "process.cwd: is empty" },
		{ "[]", "process: an object is wanted, not a list" },
	};

	config_check_broken("{'ociVersion':'1.2.0','root':{'path':'r'},'process':", rows,
			    countof(rows), "}");
}

/* P-01 */
TEST(a_config_without_process_is_whole)
{
	autospec struct spec spec = { 0 };
	struct error err;

	CHECK_OK(config_read("{'ociVersion':'1.2.0',", "'root':{'path':'r'}", "}", &spec, &err),
		 err);
	CHECK_TRUE(spec.process == NULL);
}
