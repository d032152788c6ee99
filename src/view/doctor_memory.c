// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_memory - memory that was used up, or soon is */
#include <inttypes.h>

#include "view/doctor_rule.h"

/* Nine tenths are near. */
enum { NEAR_TENTHS = 9 };
static const uint64_t mib = 1 << 20;

static void fix(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	uint64_t more = facts->memory.limit_bytes.value / mib * 2;

	if (facts->is_own && facts->memory.limit_bytes.is_set)
		doctor_fix(io_finding, "raise the limit: husk update --memory %" PRIu64 "M %s",
			   more,
			   facts->id);
	else
		doctor_fix(io_finding, "raise the memory limit of the container, or of the "
			   "folders above its cgroup");
	doctor_fix(io_finding, "or let the program use less: a runtime with a heap of its own "
		   "has to be told the limit (java -XX:MaxRAMPercentage, node "
		   "--max-old-space-size, GOMEMLIMIT)");
}

bool doctor_memory_killed(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_memory *memory = &facts->memory;

	if (!memory->oom_kills.value)
		return false;
	doctor_say(io_finding, "%" PRIu64 " %s killed for want of memory",
		   memory->oom_kills.value,
		   memory->oom_kills.value == 1 ? "process was" : "processes were");
	doctor_show(io_finding, memory->folder, "oom_kill %" PRIu64, memory->oom_kills.value);
	fix(facts, io_finding);
	return true;
}

bool doctor_memory_near(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_memory *memory = &facts->memory;
	uint64_t limit = memory->limit_bytes.value, used = memory->used_bytes.value;

	if (!memory->limit_bytes.is_set || !memory->used_bytes.is_set || memory->oom_kills.value ||
	    used < limit / 10 * NEAR_TENTHS)
		return false;
	doctor_say(io_finding, "%" PRIu64 " of %" PRIu64 " MiB of memory are used", used / mib,
		   limit / mib);
	doctor_show(io_finding, memory->folder, "limit %" PRIu64 ", used %" PRIu64 " bytes "
		    "without the cache of files", limit, used);
	fix(facts, io_finding);
	return true;
}
