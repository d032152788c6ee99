// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_spec - a configuration as facts for the rules */
#include <string.h>
#include <sys/resource.h>

#include "guard/cap.h"
#include "view/doctor_part.h"

/* Hardly any core dump is smaller. */
enum { CORE_BYTES = 1 << 20 };

static uint64_t set_of(const struct json_strings *names)
{
	uint64_t set = 0;

	for (size_t i = 0; names && i < names->count; i++)
		for (unsigned int number = 0; guard_cap_name(number); number++)
			if (strcmp(guard_cap_name(number), names->item[i]) == 0)
				set |= 1ULL << number;
	return set;
}

static void read_privilege(const struct spec *spec, struct doctor_facts *io_facts)
{
	const struct spec_process *process = spec->process;
	const struct spec_capabilities *caps = process->capabilities;
	struct doctor_privilege *privilege = &io_facts->privilege;

	privilege->is_known = true;
	privilege->uid = process->user ? (uint32_t)process->user->uid.value : 0;
	privilege->no_new_privs = process->no_new_privileges.value;
	privilege->has_user_namespace = spec_find_namespace(spec, SPEC_NAMESPACE_USER) != NULL;
	privilege->file = "config.json, process";
	if (!caps)
		return;
	privilege->capabilities = set_of(caps->effective) | set_of(caps->permitted) |
				  set_of(caps->ambient);
	/* A program that root executes gets all of the bounding set. */
	if (privilege->uid == 0)
		privilege->capabilities |= set_of(caps->bounding);
}

static void read_process(const struct spec *spec, struct doctor_facts *io_facts)
{
	const struct spec_process *process = spec->process;

	if (process->args) {
		io_facts->args = (const char *const *)process->args->item;
		io_facts->arg_count = process->args->count;
	}
	for (size_t i = 0; process->rlimits && i < process->rlimits->count; i++) {
		const struct spec_rlimit *limit = &process->rlimits->item[i];

		if (limit->type.value != RLIMIT_CORE)
			continue;
		io_facts->core.limit_bytes = limit->soft;
		io_facts->core.size_bytes = (struct maybe_uint){ true, CORE_BYTES };
	}
	read_privilege(spec, io_facts);
}

static void read_resources(const struct spec_resources *resources, struct doctor_facts *io_facts)
{
	if (resources->pids)
		io_facts->pids_limit = resources->pids->limit;
	if (!resources->memory)
		return;
	if (resources->memory->limit.is_set && resources->memory->limit.value > 0)
		io_facts->memory.limit_bytes = (struct maybe_uint){
			true, (uint64_t)resources->memory->limit.value };
	io_facts->disable_oom_killer = resources->memory->disable_oom_killer;
}

void doctor_spec(const struct doctor_bundle *bundle, struct doctor_report *ret_report)
{
	const struct spec *spec = bundle->spec;
	const struct spec_namespace *pids = spec_find_namespace(spec, SPEC_NAMESPACE_PID);
	struct doctor_facts facts = {
		.id = bundle->id,
		.is_own = true,
		.is_container = true,
		.is_init_wanted = bundle->is_init_wanted,
		.init_error = bundle->init_error,
		/* One that is joined has its PID 1 already. */
		.owns_pid_namespace = pids && !pids->path,
		.is_in_own_namespace = !pids,
	};

	*ret_report = (struct doctor_report){ .is_bundle = true };
	ret_report->id = arena_text(&ret_report->arena, bundle->id);
	doctor_set_stop(spec_find_annotation(spec->annotations, SPEC_STOP_SIGNAL_ANNOTATION),
			&facts);
	if (spec->process)
		read_process(spec, &facts);
	if (spec->linux_part && spec->linux_part->resources)
		read_resources(spec->linux_part->resources, &facts);
	doctor_judge_all(&facts, ret_report);
}
