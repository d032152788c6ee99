// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/attribute.h"

#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "forked.h"
#include "test.h"

/* --- limits --- */

static struct spec_rlimit limit_of(int type, uint64_t soft, uint64_t hard)
{
	return (struct spec_rlimit){ { true, type }, { true, soft }, { true, hard } };
}

static void set_limits(void)
{
	struct spec_rlimit items[] = {
		limit_of(RLIMIT_NOFILE, 100, 200),
		limit_of(RLIMIT_CORE, 0, 0),
	};
	struct spec_rlimits list = { countof(items), items };
	struct rlimit got;
	struct error err;

	CHECK_OK(guard_attribute_set_rlimits(NULL, &err), err);
	CHECK_OK(guard_attribute_set_rlimits(&list, &err), err);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &got), 0);
	CHECK_INT(got.rlim_cur, 100);
	CHECK_INT(got.rlim_max, 200);
	CHECK_INT(getrlimit(RLIMIT_CORE, &got), 0);
	CHECK_INT(got.rlim_max, 0);
	/* A hard limit that is high enough stays, and the soft one in any case. */
	items[0] = limit_of(RLIMIT_NOFILE, 150, 150);
	CHECK_OK(guard_attribute_raise_rlimits(getpid(), &list, &err), err);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &got), 0);
	CHECK_INT(got.rlim_cur, 100);
	CHECK_INT(got.rlim_max, 200);
}

/* P-08 */
TEST(limits_are_set_exactly)
{
	RUN_FORKED(set_limits);
}

static void refuse_limits(void)
{
	struct spec_rlimit item = limit_of(RLIMIT_NOFILE, 2, 1);
	struct spec_rlimits list = { 1, &item };
	struct error err;

	CHECK_ERROR(guard_attribute_set_rlimits(&list, &err), err, EINVAL,
		    "process.rlimits[0]: set RLIMIT_NOFILE to 2, 1: invalid argument");
	item.type.value = 99;
	CHECK_ERROR(guard_attribute_set_rlimits(&list, &err), err, EINVAL,
		    "process.rlimits[0].type: not known");
	item = limit_of(RLIMIT_NOFILE, 1, 1);
	CHECK_OK(guard_attribute_set_rlimits(&list, &err), err);
	FORKED_NEEDS(geteuid() != 0 || setresuid(54321, 54321, 54321) == 0, "another user");
	item = limit_of(RLIMIT_NOFILE, 1, 2);
	CHECK_ERROR(guard_attribute_set_rlimits(&list, &err), err, EPERM,
		    "process.rlimits[0]: set RLIMIT_NOFILE to 1, 2: operation not permitted");
	CHECK_INT(guard_attribute_raise_rlimits(getpid(), &list, &err), -EPERM);
}

/* P-08 */
TEST(refused_limits_are_named)
{
	RUN_FORKED(refuse_limits);
}

static void set_oom_score(void)
{
	autofree char *text = NULL;
	struct error err;

	CHECK_OK(guard_attribute_set_oom_score(getpid(), 900, &err), err);
	CHECK_OK(file_read(AT_FDCWD, "/proc/self/oom_score_adj", 16, &text, NULL, &err), err);
	CHECK_STR(text, "900\n");
	CHECK_INT(guard_attribute_set_oom_score(getpid(), 1001, &err), -EINVAL);
	CHECK_STR(err.text + strlen(err.text) - strlen(": invalid argument"), ": invalid argument");
	CHECK_TRUE(strncmp(err.text, "process.oomScoreAdj: 1001: write /proc/", 39) == 0);
}

/* P-13 */
TEST(oom_score_is_set)
{
	RUN_FORKED(set_oom_score);
}

/* --- scheduler --- */

/* P-14..P-18 */
TEST(scheduler_is_planned_from_its_members)
{
	int flags[] = { SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM };
	struct json_enums list = { countof(flags), flags };
	struct spec_scheduler scheduler = {
		.policy = { true, SCHED_DEADLINE },
		.runtime = { true, 10 },
		.deadline = { true, 20 },
		.period = { true, UINT64_MAX },
		.flags = &list,
	};
	struct sys_sched_attr attr = guard_attribute_plan_scheduler(&scheduler);

	CHECK_INT(attr.size, sizeof(attr));
	CHECK_INT(attr.policy, SCHED_DEADLINE);
	CHECK_INT(attr.flags, SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_RECLAIM);
	CHECK_INT(attr.runtime, 10);
	CHECK_INT(attr.deadline, 20);
	CHECK_INT(attr.period, UINT64_MAX);
}

static void set_scheduler(void)
{
	struct spec_scheduler scheduler = { .policy = { true, SCHED_BATCH }, .nice = { true, 7 } };
	struct error err;

	CHECK_OK(guard_attribute_set_scheduler(NULL, &err), err);
	CHECK_OK(guard_attribute_set_scheduler(&scheduler, &err), err);
	CHECK_INT(sched_getscheduler(0), SCHED_BATCH);
	CHECK_INT(getpriority(PRIO_PROCESS, 0), 7);
}

/* P-14, P-15 */
TEST(scheduler_is_set)
{
	RUN_FORKED(set_scheduler);
}

static void set_real_time(void)
{
	struct spec_scheduler scheduler = { .policy = { true, SCHED_FIFO }, .priority = { true, 3 } };
	struct sched_param got;
	struct error err;
	int r = guard_attribute_set_scheduler(&scheduler, &err);

	FORKED_NEEDS(r != -EPERM, "CAP_SYS_NICE and real time in this cgroup");
	CHECK_OK(r, err);
	CHECK_INT(sched_getscheduler(0), SCHED_FIFO);
	CHECK_INT(sched_getparam(0, &got), 0);
	CHECK_INT(got.sched_priority, 3);
}

/* P-16 */
TEST(real_time_priority_is_set)
{
	RUN_FORKED(set_real_time);
}

static void refuse_scheduler(void)
{
	struct spec_scheduler iso = { .policy = { true, 4 } };
	struct error err;

	CHECK_ERROR(guard_attribute_set_scheduler(&iso, &err), err, EINVAL,
		    "process.scheduler: sched_setattr: invalid argument");
}

/* P-14 */
TEST(policy_that_no_kernel_has_is_refused)
{
	RUN_FORKED(refuse_scheduler);
}

static void set_io_priority(void)
{
	struct spec_io_priority priority = { { true, IOPRIO_CLASS_BE }, { true, 6 } };
	struct error err;

	CHECK_OK(guard_attribute_set_io_priority(NULL, &err), err);
	CHECK_OK(guard_attribute_set_io_priority(&priority, &err), err);
	priority.io_class.value = 7;
	CHECK_ERROR(guard_attribute_set_io_priority(&priority, &err), err, EINVAL,
		    "process.ioPriority: ioprio_set: invalid argument");
}

/* P-19, P-20 */
TEST(io_priority_is_set)
{
	RUN_FORKED(set_io_priority);
}

/* --- CPUs and memory --- */

static void bind_to_first_cpu(void)
{
	cpu_set_t before, now;
	struct error err;

	CHECK_INT(sched_getaffinity(0, sizeof(before), &before), 0);
	FORKED_NEEDS(CPU_ISSET(0, &before) && CPU_COUNT(&before) > 1, "CPU 0 and another one");
	CHECK_OK(guard_attribute_set_affinity("0", &err), err);
	CHECK_INT(sched_getaffinity(0, sizeof(now), &now), 0);
	CHECK_INT(CPU_COUNT(&now), 1);
	CHECK_TRUE(CPU_ISSET(0, &now));
	CHECK_OK(guard_attribute_set_affinity(NULL, &err), err);
	CHECK_INT(sched_getaffinity(0, sizeof(now), &now), 0);
	CHECK_TRUE(CPU_EQUAL(&now, &before));
}

/* P-22, P-23 */
TEST(affinity_is_set_and_reset)
{
	RUN_FORKED(bind_to_first_cpu);
}

static void refuse_cpus(void)
{
	static const char *const lists[] = {
		"", "x", "0-", "-1", "1-0", "0,", ",0", "0 ", " 0", "0--1", "8192", "0,1x",
		"99999999999999999999", "+1",
	};
	struct error err;

	for (size_t i = 0; i < countof(lists); i++)
		CHECK_INT(guard_attribute_set_affinity(lists[i], &err), -EINVAL);
	CHECK_ERROR(guard_attribute_set_affinity("0;1", &err), err, EINVAL,
		    "CPU list \"0;1\" is not like 0-3,7");
	CHECK_ERROR(guard_attribute_set_affinity("8190-8191", &err), err, EINVAL,
		    "run on CPUs 8190-8191: invalid argument");
}

TEST(bad_cpu_lists_are_refused)
{
	RUN_FORKED(refuse_cpus);
}

static void set_memory_policy(void)
{
	struct spec_memory_policy policy = { { true, MPOL_BIND }, (char *)"0", NULL };
	autofree char *maps = NULL;
	struct error err;
	int r;

	CHECK_OK(guard_attribute_set_memory_policy(NULL, &err), err);
	r = guard_attribute_set_memory_policy(&policy, &err);
	FORKED_NEEDS(r != -ENOSYS, "a kernel with NUMA");
	CHECK_OK(r, err);
	CHECK_OK(file_read(AT_FDCWD, "/proc/self/numa_maps", 1 << 20, &maps, NULL, &err), err);
	CHECK_TRUE(strstr(maps, " bind:0 "));
	policy = (struct spec_memory_policy){ { true, MPOL_DEFAULT }, NULL, NULL };
	CHECK_OK(guard_attribute_set_memory_policy(&policy, &err), err);
	policy = (struct spec_memory_policy){ { true, MPOL_BIND }, (char *)"4000", NULL };
	CHECK_ERROR(guard_attribute_set_memory_policy(&policy, &err), err, EINVAL,
		    "linux.memoryPolicy: set_mempolicy: invalid argument");
}

/* L-11..L-13 */
TEST(memory_policy_is_set)
{
	RUN_FORKED(set_memory_policy);
}

/* --- the rest --- */

static void set_personality(void)
{
	struct spec_personality asked = { { true, PER_LINUX32 }, NULL };
	struct error err;

	CHECK_OK(guard_attribute_set_personality(NULL, &err), err);
	CHECK_OK(guard_attribute_set_personality(&asked, &err), err);
	CHECK_INT(personality(0xffffffff), PER_LINUX32);
}

/* L-09 */
TEST(personality_is_set)
{
	RUN_FORKED(set_personality);
}

static void set_switches(void)
{
	struct error err;

	CHECK_OK(guard_attribute_forbid_new_privileges(&err), err);
	CHECK_INT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_OK(guard_attribute_forbid_dump(&err), err);
	CHECK_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

/* P-12 */
TEST(switches_are_set)
{
	RUN_FORKED(set_switches);
}

static void join_keyring(void)
{
	autofree char *keys = NULL;
	struct error err;

	FORKED_NEEDS(access("/proc/keys", R_OK) == 0, "a kernel with keys");
	CHECK_OK(guard_attribute_join_keyring("_ses.husk-unit-test", &err), err);
	CHECK_OK(file_read(AT_FDCWD, "/proc/keys", 1 << 20, &keys, NULL, &err), err);
	FORKED_NEEDS(strstr(keys, "_ses.husk-unit-test"), "keyctl to be allowed");
	CHECK_TRUE(strstr(keys, " 3f1b0000 "));
}

/* P-33 */
TEST(keyring_is_joined_and_may_be_searched)
{
	RUN_FORKED(join_keyring);
}

static void reset_signals(void)
{
	autofree char *status = NULL;
	struct error err;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int i = 1; i <= 64; i++)
		signal(i, SIG_IGN);
	CHECK_OK(guard_attribute_reset_signals(GUARD_ATTRIBUTE_ALL_SIGNALS,
					       GUARD_ATTRIBUTE_BLOCK_NONE, &err), err);
	CHECK_OK(file_read(AT_FDCWD, "/proc/self/status", 1 << 16, &status, NULL, &err), err);
	CHECK_TRUE(strstr(status, "SigBlk:\t0000000000000000\n"));
	CHECK_TRUE(strstr(status, "SigIgn:\t0000000000000000\n"));
	CHECK_TRUE(strstr(status, "SigCgt:\t0000000000000000\n"));
}

static void reset_some(void)
{
	uint64_t first_and_last = 1 | 1ULL << 63;
	autofree char *status = NULL;
	struct error err;

	/* Whoever started the tests may ignore any, 32 and 33 too, which signal(3) does not touch. */
	CHECK_OK(guard_attribute_reset_signals(GUARD_ATTRIBUTE_ALL_SIGNALS,
					       GUARD_ATTRIBUTE_BLOCK_NONE, &err), err);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(64, SIG_IGN);
	CHECK_INT(guard_attribute_ignored_signals(), first_and_last | 1 << (SIGUSR1 - 1));
	CHECK_OK(guard_attribute_reset_signals(first_and_last, GUARD_ATTRIBUTE_BLOCK_NONE, &err),
		 err);
	CHECK_OK(file_read(AT_FDCWD, "/proc/self/status", 1 << 16, &status, NULL, &err), err);
	CHECK_TRUE(strstr(status, "SigIgn:\t0000000000000200\n"));
}

TEST(only_the_signals_that_are_named_are_reset)
{
	RUN_FORKED(reset_some);
}

static void keep_pending(void)
{
	struct error err;
	sigset_t all, pending;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	raise(SIGTERM);
	CHECK_OK(guard_attribute_reset_signals(0, GUARD_ATTRIBUTE_BLOCK_ALL, &err), err);
	CHECK_INT(sigpending(&pending), 0);
	CHECK_TRUE(sigismember(&pending, SIGTERM));
}

TEST(pending_signal_is_kept_where_all_stay_blocked)
{
	RUN_FORKED(keep_pending);
}

/* P-34 */
TEST(signals_are_reset)
{
	RUN_FORKED(reset_signals);
}
