// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_bundle - faults that a configuration shows before it runs */
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "signal/name.h"
#include "view/doctor_rule.h"

/* Threads and an `exec` count; 6 MiB is what engines ask for at least. */
enum { TINY_PIDS = 8, TINY_MEMORY = 6 << 20, KIB = 1024 };

/* Programs that have no handler for any signal that could stop them. */
static const char *const deaf[] = { "sleep", "tail", "cat", "tee", "yes" };

static const char *place(size_t at, struct doctor_finding *io_finding)
{
	return arena_format(io_finding->arena, "config.json, process.args[%zu]", at);
}

static bool begins_bare(const struct doctor_facts *facts)
{
	return facts->owns_pid_namespace && !facts->is_init_wanted && facts->arg_count > 0 &&
	       facts->stop_signal != SIGKILL;
}

bool doctor_bundle_deaf(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const char *name = facts->arg_count ? role_base_name(facts->args[0]) : "";

	for (size_t i = 0; begins_bare(facts) && i < countof(deaf); i++) {
		if (strcmp(deaf[i], name) != 0)
			continue;
		doctor_say(io_finding, "%s as PID 1 will throw %s away, the signal that shall "
			   "stop it",
			   name, signal_name(facts->stop_signal));
		doctor_show(io_finding, place(0, io_finding), "%s", facts->args[0]);
		doctor_fix_init(facts, io_finding);
		return true;
	}
	return false;
}

/*
 * Some shells let the last command take their place, others never do (dash), and none does when
 * something follows it. So it may be a fault, and is one where it has to hold everywhere.
 */
bool doctor_bundle_shell(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const char *script = begins_bare(facts) ? role_shell_script(facts->args, facts->arg_count)
						: NULL;

	if (!script || strstr(script, "exec ") || strstr(script, "trap "))
		return false;
	io_finding->severity = DOCTOR_WARNING;
	doctor_say(io_finding, "the shell %s will be PID 1 and may stay in front of the "
		   "program: %s ends there", facts->args[0], signal_name(facts->stop_signal));
	doctor_show(io_finding, "config.json, process.args", "%s -c %s", facts->args[0], script);
	doctor_fix(io_finding, "write exec in front of the program, so that it takes the place "
		   "of the shell: \"exec PROGRAM\"; or name the program itself in process.args");
	doctor_fix_init(facts, io_finding);
	return true;
}

bool doctor_bundle_wrapper(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	if (!begins_bare(facts) || role_of(facts->args, facts->arg_count) != ROLE_WRAPPER)
		return false;
	doctor_say(io_finding, "%s will be PID 1 and stand between %s and the program",
		   facts->args[0], signal_name(facts->stop_signal));
	doctor_show(io_finding, place(0, io_finding), "%s", facts->args[0]);
	doctor_fix(io_finding, "start the program itself: its command line is in the scripts "
		   "part of package.json; for go run, build first and run what comes out");
	doctor_fix_init(facts, io_finding);
	return true;
}

bool doctor_bundle_two_inits(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	size_t at = facts->arg_count ? role_init_command(facts->args, facts->arg_count) : 0;

	if (role_of(facts->args, facts->arg_count) != ROLE_INIT || at >= facts->arg_count ||
	    !role_is_init(role_of(facts->args + at, facts->arg_count - at)))
		return false;
	doctor_say(io_finding, "the init %s will run another one, %s", facts->args[0],
		   facts->args[at]);
	doctor_show(io_finding, place(at, io_finding), "%s", facts->args[at]);
	doctor_fix(io_finding, "take one of the two out of process.args");
	return true;
}

bool doctor_bundle_init(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	if (!facts->init_error)
		return false;
	doctor_say(io_finding, "creating the container will fail because of an annotation");
	doctor_show(io_finding, "config.json, annotations", "%s", facts->init_error);
	doctor_fix(io_finding, "\"org.husk.init\": \"true\", \"false\", or options of "
		   "husk-init, as in \"--grace 5s\"");
	return true;
}

bool doctor_bundle_pids(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	/* -1 is no limit; 0 is one. */
	if (!facts->pids_limit.is_set || facts->pids_limit.value < 0 ||
	    facts->pids_limit.value >= TINY_PIDS)
		return false;
	doctor_say(io_finding, "only %" PRId64 " tasks are allowed", facts->pids_limit.value);
	doctor_show(io_finding, "config.json, linux.resources.pids.limit", "%" PRId64,
		    facts->pids_limit.value);
	doctor_fix(io_finding, "raise linux.resources.pids.limit; what a program needs at most "
		   "is in pids.peak, or the peak of husk top, while it works");
	return true;
}

bool doctor_bundle_memory(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct maybe_uint *limit = &facts->memory.limit_bytes;

	if (!limit->is_set || limit->value >= TINY_MEMORY)
		return false;
	doctor_say(io_finding, "only %" PRIu64 " KiB of memory are allowed", limit->value / KIB);
	doctor_show(io_finding, "config.json, linux.resources.memory.limit", "%" PRIu64,
		    limit->value);
	doctor_fix(io_finding, "the limit is in bytes: 64 MiB are %d", 64 << 20);
	return true;
}

bool doctor_bundle_oom_killer(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	if (!facts->disable_oom_killer.value)
		return false;
	doctor_say(io_finding, "at its memory limit the container will stand still for ever");
	doctor_show(io_finding, "config.json, linux.resources.memory.disableOOMKiller", "true");
	doctor_fix(io_finding, "leave disableOOMKiller out");
	return true;
}
