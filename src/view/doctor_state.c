// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_state - processes that stand still, and dumps that would be cut */
#include <inttypes.h>
#include <string.h>

#include "view/doctor_rule.h"

enum { SHOWN_MAX = 5 };

static const char *file_of(const struct doctor_process *process, const char *name,
			   struct doctor_finding *io_finding)
{
	return arena_format(io_finding->arena, "/proc/%d/%s", (int)process->pid, name);
}

bool doctor_state_frozen(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	if (!facts->freeze_file)
		return false;
	doctor_say(io_finding, "it is frozen");
	doctor_show(io_finding, facts->freeze_file, "%s", facts->freeze_text);
	if (facts->is_own)
		doctor_fix(io_finding, "let it go on: husk resume %s", facts->id);
	else
		doctor_fix(io_finding, "let it go on: echo %s > %s",
			   strstr(facts->freeze_file, "freezer.state") ? "THAWED" : "0",
			   facts->freeze_file);
	return true;
}

static const struct doctor_process *find_stayed(const struct doctor_facts *facts, char state)
{
	for (size_t i = 0; i < facts->process_count; i++)
		if (facts->process[i].state == state && facts->process[i].has_stayed)
			return &facts->process[i];
	return NULL;
}

bool doctor_state_stopped(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *stopped = find_stayed(facts, 'T');

	if (!stopped)
		return false;
	doctor_say(io_finding, "%s is stopped", doctor_name(stopped, io_finding));
	doctor_show(io_finding, file_of(stopped, "status", io_finding),
		    "State: T (stopped) at both looks");
	doctor_fix(io_finding, "let it go on: kill -CONT %d", (int)stopped->pid);
	return true;
}

/* What the freezer of cgroup v1 holds is shown as state D as well. */
bool doctor_state_stuck(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *stuck = facts->freeze_file ? NULL : find_stayed(facts, 'D');
	size_t shown = 0;

	if (!stuck)
		return false;
	doctor_say(io_finding, "%s is stuck in the kernel%s%s", doctor_name(stuck, io_finding),
		   *stuck->place ? ", in " : "", stuck->place);
	for (size_t i = 0; i < facts->process_count && shown < SHOWN_MAX; i++) {
		const struct doctor_process *process = &facts->process[i];

		if (process->state != 'D' || !process->has_stayed)
			continue;
		doctor_show(io_finding, file_of(process, "wchan", io_finding), "%s: %s",
						process->name,
			    *process->place ? process->place : "?");
		shown++;
	}
	doctor_fix(io_finding, "see what it waits for: cat /proc/%d/stack. A file server that "
		   "does not answer, a slow disk, a driver, a vfork(2) whose child neither "
		   "execs nor ends: the other side has to come back, or be ended",
		   (int)stuck->pid);
	return true;
}

bool doctor_state_core(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_core *core = &facts->core;

	if (!core->limit_bytes.is_set || !core->size_bytes.is_set || core->is_piped ||
	    core->limit_bytes.value == 0 || core->limit_bytes.value >= core->size_bytes.value)
		return false;
	doctor_say(io_finding,
		   "core dumps are cut at %" PRIu64 " bytes, and one would have %" PRIu64
		   " or more", core->limit_bytes.value, core->size_bytes.value);
	doctor_show(io_finding, "RLIMIT_CORE", "%" PRIu64 " (soft)", core->limit_bytes.value);
	doctor_fix(io_finding, "ask for whole dumps or for none: process.rlimits RLIMIT_CORE, "
		   "ulimit -c unlimited or ulimit -c 0, docker run --ulimit core=-1 or core=0");
	return true;
}
