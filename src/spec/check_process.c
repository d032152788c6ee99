// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

#include "spec/check.h"

bool check_is_number_list(const char *text)
{
	const char *at = text;

	do {
		unsigned long low, high;
		char *end;

		at += at > text; /* over the comma */
		if (!isdigit((unsigned char)*at))
			return false;
		low = high = strtoul(at, &end, 10);
		if (*end == '-') {
			if (!isdigit((unsigned char)end[1]))
				return false;
			high = strtoul(end + 1, &end, 10);
		}
		if (high < low)
			return false;
		at = end;
	} while (*at == ',');
	return *at == '\0';
}

static int check_affinity(const struct check *check, const char *what, const char *list)
{
	if (!list || check_is_number_list(list))
		return 0;
	return check_fail(check, "execCPUAffinity.%s: \"%s\" is not a list like 0-3,7", what,
			  json_show(list).text);
}

static int check_rlimits(const struct check *check, const struct spec_rlimits *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct spec_rlimit *limit = &list->item[i];

		if (limit->soft.value > limit->hard.value)
			return check_fail(check,
					  "rlimits[%zu].soft: %" PRIu64 " is above hard %" PRIu64,
					  i, limit->soft.value, limit->hard.value);
		for (size_t j = 0; j < i; j++)
			if (list->item[j].type.value == limit->type.value)
				return check_fail(check,
						  "rlimits[%zu].type: is the same as in [%zu]", i,
						  j);
	}
	return 0;
}

/* A value of 0 counts as absent, for that is its default. Source: sched_setattr(2). */
static int check_scheduler(const struct check *check, const struct spec_scheduler *scheduler)
{
	int policy = scheduler->policy.value;
	bool is_fair = policy == SCHED_NORMAL || policy == SCHED_BATCH;
	bool is_realtime = policy == SCHED_FIFO || policy == SCHED_RR;

	if (scheduler->nice.value && !is_fair)
		return check_fail(check, "scheduler.nice: is for SCHED_OTHER and SCHED_BATCH only");
	if (scheduler->priority.value && !is_realtime)
		return check_fail(check, "scheduler.priority: is for SCHED_FIFO and SCHED_RR only");
	if (is_realtime && (scheduler->priority.value < 1 || scheduler->priority.value > 99))
		return check_fail(check, "scheduler.priority: %" PRId64 " is not within 1..99",
				  scheduler->priority.value);
	if (policy == SCHED_DEADLINE)
		return 0;
	if (scheduler->runtime.value)
		return check_fail(check, "scheduler.runtime: is for SCHED_DEADLINE only");
	if (scheduler->deadline.value)
		return check_fail(check, "scheduler.deadline: is for SCHED_DEADLINE only");
	if (scheduler->period.value)
		return check_fail(check, "scheduler.period: is for SCHED_DEADLINE only");
	return 0;
}

int check_process(const struct check *check, const struct spec_process *process)
{
	const struct spec_cpu_affinity *affinity = process->exec_cpu_affinity;

	if (!process->args->count)
		return check_fail(check, "args: is empty");
	if (*process->cwd != '/')
		return check_fail(check, "cwd: \"%s\" is not absolute",
				  json_show(process->cwd).text);
	TRY(check_env(check, "env", process->env));
	TRY(check_rlimits(check, process->rlimits));
	if (process->scheduler)
		TRY(check_scheduler(check, process->scheduler));
	if (affinity) {
		TRY(check_affinity(check, "initial", affinity->initial));
		TRY(check_affinity(check, "final", affinity->final_list));
	}
	return 0;
}
