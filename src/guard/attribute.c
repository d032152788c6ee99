// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/attribute.h"

#include <ctype.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/scope.h"
#include "base/text.h"
#include "proc/status.h"

/* --- limits and the OOM killer --- */

static const char *const limit_names[] = {
	[RLIMIT_AS] = "RLIMIT_AS",
	[RLIMIT_CORE] = "RLIMIT_CORE",
	[RLIMIT_CPU] = "RLIMIT_CPU",
	[RLIMIT_DATA] = "RLIMIT_DATA",
	[RLIMIT_FSIZE] = "RLIMIT_FSIZE",
	[RLIMIT_LOCKS] = "RLIMIT_LOCKS",
	[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
	[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE",
	[RLIMIT_NICE] = "RLIMIT_NICE",
	[RLIMIT_NOFILE] = "RLIMIT_NOFILE",
	[RLIMIT_NPROC] = "RLIMIT_NPROC",
	[RLIMIT_RSS] = "RLIMIT_RSS",
	[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
	[RLIMIT_RTTIME] = "RLIMIT_RTTIME",
	[RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
	[RLIMIT_STACK] = "RLIMIT_STACK",
};

/* Returns the type; its name is borrowed for ever. */
static int read_rlimit(const struct spec_rlimits *rlimits, size_t i, struct rlimit *ret_limit,
		       const char **ret_name, struct error *err)
{
	const struct spec_rlimit *from = &rlimits->item[i];
	unsigned int type = (unsigned int)from->type.value;

	if (type >= countof(limit_names) || !limit_names[type])
		return error_set(err, EINVAL, "process.rlimits[%zu].type: not known", i);
	*ret_name = limit_names[type];
	*ret_limit = (struct rlimit){ from->soft.value, from->hard.value };
	return (int)type;
}

int guard_attribute_raise_rlimits(pid_t pid, const struct spec_rlimits *rlimits,
				  struct error *err)
{
	for (size_t i = 0; rlimits && i < rlimits->count; i++) {
		struct rlimit wanted = { 0 }, now;
		const char *name = NULL;
		int type = read_rlimit(rlimits, i, &wanted, &name, err);

		TRY(type);
		if (prlimit(pid, (enum __rlimit_resource)type, NULL, &now) < 0)
			return error_sys(err, "process.rlimits[%zu]: get %s", i, name);
		if (wanted.rlim_max <= now.rlim_max)
			continue;
		now.rlim_max = wanted.rlim_max;
		if (prlimit(pid, (enum __rlimit_resource)type, &now, NULL) < 0)
			return error_sys(err, "process.rlimits[%zu]: raise %s to %llu", i, name,
					 (unsigned long long)now.rlim_max);
	}
	return 0;
}

int guard_attribute_set_rlimits(const struct spec_rlimits *rlimits, struct error *err)
{
	for (size_t i = 0; rlimits && i < rlimits->count; i++) {
		struct rlimit limit = { 0 };
		const char *name = NULL;
		int type = read_rlimit(rlimits, i, &limit, &name, err);

		TRY(type);
		if (setrlimit((enum __rlimit_resource)type, &limit) < 0)
			return error_sys(err, "process.rlimits[%zu]: set %s to %llu, %llu", i,
					 name, (unsigned long long)limit.rlim_cur,
					 (unsigned long long)limit.rlim_max);
	}
	return 0;
}

static bool has_value(const char *path, int64_t score)
{
	autofree char *text = NULL;
	autofree char *wanted = mem_format("%lld\n", (long long)score);
	struct error ignored;

	return file_read(AT_FDCWD, path, 64, &text, NULL, &ignored) == 0 &&
	       strcmp(text, wanted) == 0;
}

int guard_attribute_set_oom_score(pid_t pid, int64_t score, struct error *err)
{
	autofree char *path = mem_format("/proc/%d/oom_score_adj", pid);
	autofree char *text = mem_format("%lld", (long long)score);
	int r = file_write(AT_FDCWD, path, text, err);

	if (r == -EACCES && has_value(path, score))
		return 0;
	return r < 0 ? error_wrap(err, "process.oomScoreAdj: %s", text) : 0;
}

/* --- scheduler --- */

struct sys_sched_attr guard_attribute_plan_scheduler(const struct spec_scheduler *scheduler)
{
	struct sys_sched_attr attr = {
		.size = sizeof(attr),
		.policy = (uint32_t)scheduler->policy.value,
		.nice = (int32_t)scheduler->nice.value,
		.priority = (uint32_t)scheduler->priority.value,
		.runtime = scheduler->runtime.value,
		.deadline = scheduler->deadline.value,
		.period = scheduler->period.value,
	};

	for (size_t i = 0; scheduler->flags && i < scheduler->flags->count; i++)
		attr.flags |= (uint64_t)scheduler->flags->item[i];
	return attr;
}

int guard_attribute_set_scheduler(const struct spec_scheduler *scheduler, struct error *err)
{
	struct sys_sched_attr attr;

	if (!scheduler)
		return 0;
	attr = guard_attribute_plan_scheduler(scheduler);
	if (sys_sched_setattr(&attr) < 0)
		return error_sys(err, "process.scheduler: sched_setattr");
	return 0;
}

int guard_attribute_set_io_priority(const struct spec_io_priority *priority, struct error *err)
{
	int level = priority ? (int)priority->priority.value : 0;

	if (!priority)
		return 0;
	if (sys_ioprio_set(IOPRIO_PRIO_VALUE(priority->io_class.value, level)) < 0)
		return error_sys(err, "process.ioPriority: ioprio_set");
	return 0;
}

/* --- CPUs and memory nodes --- */

enum { LIST_BITS = 8192, WORD_BITS = 8 * sizeof(unsigned long) };

/* A set of CPUs or nodes: as large as the kernel can be built for. */
struct bit_list {
	unsigned long word[LIST_BITS / WORD_BITS];
};

static int parse_number(const char **io_text, unsigned long *ret_number)
{
	char *end;

	/* strtoul would take blanks and signs. */
	if (!isdigit((unsigned char)**io_text))
		return -EINVAL;
	*ret_number = strtoul(*io_text, &end, 10);
	*io_text = end;
	return *ret_number < LIST_BITS ? 0 : -EINVAL;
}

/* "0-3,7". */
static int parse_list(const char *text, struct bit_list *ret_list)
{
	*ret_list = (struct bit_list){ 0 };
	for (;;) {
		unsigned long first, last;

		TRY(parse_number(&text, &first));
		last = first;
		if (*text == '-') {
			text++;
			TRY(parse_number(&text, &last));
		}
		if (last < first || (*text && *text != ','))
			return -EINVAL;
		for (unsigned long i = first; i <= last; i++)
			ret_list->word[i / WORD_BITS] |= 1UL << i % WORD_BITS;
		if (!*text++)
			return 0;
	}
}

int guard_attribute_set_affinity(const char *cpus, struct error *err)
{
	struct bit_list list;

	memset(&list, 0xff, sizeof(list));
	if (cpus && parse_list(cpus, &list) < 0)
		return error_set(err, EINVAL, "CPU list \"%s\" is not like 0-3,7", cpus);
	/* The kernel takes as many bits as it has CPUs, and ignores those without one. */
	if (sched_setaffinity(0, sizeof(list), (const cpu_set_t *)&list) < 0)
		return error_sys(err, "run on CPUs %s", cpus ? cpus : "of the cgroup");
	return 0;
}

int guard_attribute_set_memory_policy(const struct spec_memory_policy *policy, struct error *err)
{
	struct bit_list nodes = { 0 };
	bool has_nodes = policy && policy->nodes && *policy->nodes;
	int flags = 0;

	if (!policy)
		return 0;
	for (size_t i = 0; policy->flags && i < policy->flags->count; i++)
		flags |= policy->flags->item[i];
	if (has_nodes && parse_list(policy->nodes, &nodes) < 0)
		return error_set(err, EINVAL, "linux.memoryPolicy.nodes: \"%s\" is not like 0-3,7",
				 policy->nodes);
	/* The kernel takes one bit less than it is told. */
	if (sys_set_mempolicy(policy->mode.value | flags, has_nodes ? nodes.word : NULL,
			      has_nodes ? LIST_BITS + 1 : 0) < 0)
		return error_sys(err, "linux.memoryPolicy: set_mempolicy");
	return 0;
}

/* --- the rest --- */

int guard_attribute_set_personality(const struct spec_personality *asked, struct error *err)
{
	if (!asked)
		return 0;
	if (personality((unsigned long)asked->domain.value) < 0)
		return error_sys(err, "linux.personality: personality");
	return 0;
}

int guard_attribute_forbid_new_privileges(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(err, "process.noNewPrivileges: prctl PR_SET_NO_NEW_PRIVS");
	return 0;
}

/* keyrings(7): all to whoever possesses it; the owner may look and link, and search. */
enum { KEYRING_PERMISSIONS = 0x3f1b0000 };

int guard_attribute_join_keyring(const char *name, struct error *err)
{
	long key = sys_join_session_keyring(name);

	if (key < 0 && (errno == ENOSYS || errno == EPERM)) {
		log_debug("no session keyring of the container's own: %s", error_words(errno));
		return 0;
	}
	if (key < 0)
		return error_sys(err, "join session keyring %s", name);
	/* Without the right to search, exec would make a second one of the name. */
	if (sys_set_key_permissions(key, KEYRING_PERMISSIONS) < 0)
		log_debug("session keyring %s: set permissions: %s", name, error_words(errno));
	return 0;
}

uint64_t guard_attribute_ignored_signals(void)
{
	enum { STATUS_MAX = 1 << 16 };
	autofree char *text = NULL;
	struct status status;
	struct error ignored;

	if (file_read(AT_FDCWD, "/proc/self/status", STATUS_MAX, &text, NULL, &ignored) < 0 ||
	    status_parse(text, &status, &ignored) < 0)
		return GUARD_ATTRIBUTE_ALL_SIGNALS;
	return status.ignored;
}

int guard_attribute_reset_signals(uint64_t ignored, enum guard_attribute_mask mask,
				  struct error *err)
{
	enum { LAST_SIGNAL = 64 };
	sigset_t set;

	for (int i = 1; i <= LAST_SIGNAL; i++)
		if (ignored >> (i - 1) & 1 && i != SIGKILL && i != SIGSTOP &&
		    sys_reset_signal(i) < 0)
			return error_sys(err, "reset signal %d", i);
	if (mask == GUARD_ATTRIBUTE_BLOCK_ALL)
		sigfillset(&set);
	else
		sigemptyset(&set);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return error_sys(err, "sigprocmask");
	return 0;
}

int guard_attribute_forbid_dump(struct error *err)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_sys(err, "prctl PR_SET_DUMPABLE");
	return 0;
}
