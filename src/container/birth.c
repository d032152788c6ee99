// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/birth.h"

#include <sched.h>

#include "container/grant.h"
#include "container/spawn.h"
#include "guard/attribute.h"
#include "ns/idmap.h"

static bool has_room_for_nobody(const struct spec_linux *part)
{
	const struct spec_resources *resources = part ? part->resources : NULL;

	return resources && resources->pids && resources->pids->limit.is_set &&
	       resources->pids->limit.value == 0;
}

int container_birth_open_cgroup(const struct container_plan *plan)
{
	/*
	 * A limit of no process lets nobody be born there, but does let one be moved in. And rights
	 * to the cgroup may be lost where namespaces are joined first. A scope is made later.
	 */
	if (cgroup_is_scope(&plan->cgroup) || has_room_for_nobody(plan->spec.linux_part) ||
	    container_spawn_enters(&plan->ns))
		return -1;
	return cgroup_open(&plan->cgroup);
}

static int map_ids(const struct container_plan *plan, pid_t pid, struct error *err)
{
	const struct spec_linux *part = plan->spec.linux_part;

	if (!part || (!part->uid_mappings && !part->gid_mappings))
		return 0;
	if (plan->ns.create & CLONE_NEWUSER)
		return ns_idmap_write(pid, part->uid_mappings, part->gid_mappings, err);
	return ns_idmap_verify(pid, part->uid_mappings, part->gid_mappings, err);
}

int container_birth_place(const struct container_plan *plan, pid_t pid, bool is_born_in_cgroup,
			  struct error *err)
{
	const struct spec_process *process = plan->spec.process;

	TRY(map_ids(plan, pid, err));
	if (!is_born_in_cgroup)
		TRY(cgroup_join(&plan->cgroup, pid, err));
	TRY(container_grant_give(plan, pid, err));
	if (process && process->rlimits)
		TRY(guard_attribute_raise_rlimits(pid, process->rlimits, err));
	if (process && process->oom_score_adj.is_set)
		TRY(guard_attribute_set_oom_score(pid, process->oom_score_adj.value, err));
	return 0;
}
