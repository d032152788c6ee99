// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_front - what stands between the stop signal and the program: shells, wrappers, inits */
#include <string.h>

#include "signal/name.h"
#include "signal/set.h"
#include "view/doctor_rule.h"

/* The first living child, or NULL. */
static const struct doctor_process *child_of(const struct doctor_facts *facts,
					     const struct doctor_process *parent)
{
	for (size_t i = 0; i < facts->process_count; i++)
		if (facts->process[i].parent_pid == parent->pid && facts->process[i].state != 'Z')
			return &facts->process[i];
	return NULL;
}

/* The chain from @process down to who does the work, as evidence. */
static void show_path(const struct doctor_facts *facts, const struct doctor_process *process,
		      const char *who_gets_it, struct doctor_finding *io_finding)
{
	const char *signal = signal_name(facts->stop_signal);
	/* Numbers used anew could make a circle of what was read. */
	size_t left = facts->process_count;

	doctor_show(io_finding, doctor_name(process, io_finding), "%s %s", who_gets_it, signal);
	while ((process = child_of(facts, process)) && left--)
		doctor_show(io_finding, doctor_name(process, io_finding), "never sees %s",
						    signal);
}

static void show_command(const struct doctor_process *process, struct doctor_finding *io_finding)
{
	const char *file = arena_format(io_finding->arena, "/proc/%d/cmdline",
					(int)process->pid);
	autotext struct text words = { 0 };

	for (size_t i = 0; i < process->arg_count; i++)
		text_add(&words, "%s%s", i ? " " : "", process->args[i]);
	if (words.size)
		doctor_show(io_finding, file, "%s", text_get(&words));
}

static bool is_number_one(const struct doctor_facts *facts, const struct doctor_process *process)
{
	return facts->owns_pid_namespace && process == facts->process;
}

/* It has no handler for it; and it is a signal that one can have a handler for. */
static bool is_deaf(const struct doctor_facts *facts, const struct doctor_process *process)
{
	uint64_t deaf = signal_set_group(SIGNAL_GROUP_ONLY);

	if (process->facts)
		deaf |= process->facts->target.caught;
	return !signal_set_has(deaf, facts->stop_signal);
}

/* Of the pid namespace that is looked at: one that is PID 1 of an inner one is in its place. */
static bool is_late_init(const struct doctor_process *process)
{
	return role_is_init(process->role) && process->number != 1;
}

/* --- shells --- */

bool doctor_front_shell(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *shell = facts->process, *child = child_of(facts, shell);

	if (!is_number_one(facts, shell) || shell->role != ROLE_SHELL || !child ||
	    is_late_init(child) || child->role == ROLE_WRAPPER || !is_deaf(facts, shell))
		return false;
	doctor_say(io_finding, "PID 1 is the shell %s: %s ends there, and %s never sees it",
		   shell->name, signal_name(facts->stop_signal), doctor_name(child, io_finding));
	show_command(shell, io_finding);
	show_path(facts, shell, "gets and throws away", io_finding);
	doctor_fix(io_finding, "write exec in front of the program, so that it takes the place "
		   "of the shell: sh -c 'exec %s ...'", child->name);
	doctor_fix(io_finding, "or use the exec form in the image: CMD [\"%s\", \"...\"]",
		   child->name);
	doctor_fix_init(facts, io_finding);
	return true;
}

static bool has_option(const struct doctor_process *init, const char *option)
{
	size_t end = role_init_command(init->args, init->arg_count);

	for (size_t i = 1; i < end; i++)
		if (strcmp(init->args[i], option) == 0)
			return true;
	return false;
}

/* To every process, or to the group or session that its child is the first of. */
static bool tells_all(const struct doctor_process *init)
{
	const char *name = init->arg_count ? role_base_name(init->args[0]) : init->name;

	if (strcmp(name, "dumb-init") == 0)
		return !has_option(init, "-c") && !has_option(init, "--single-child");
	return strcmp(name, "husk-init") == 0 || has_option(init, "-g");
}

bool doctor_front_shell_below_init(const struct doctor_facts *facts,
				   struct doctor_finding *io_finding)
{
	const struct doctor_process *init = facts->process, *shell = facts->main, *child;

	if (!is_number_one(facts, init) || init->role != ROLE_INIT || !shell || shell == init ||
	    shell->role != ROLE_SHELL || tells_all(init) || !is_deaf(facts, shell))
		return false;
	child = child_of(facts, shell);
	if (!child || is_late_init(child) || child->role == ROLE_WRAPPER)
		return false;
	doctor_say(io_finding, "%s gives %s to the shell %s alone: %s is killed without a "
		   "warning",
		   init->name, signal_name(facts->stop_signal), shell->name,
		   doctor_name(child, io_finding));
	show_command(init, io_finding);
	show_path(facts, shell, "dies of", io_finding);
	doctor_fix(io_finding, "write exec in front of the program: sh -c 'exec %s ...'",
		   child->name);
	doctor_fix(io_finding, "or let the init tell the whole group: tini -g, dumb-init "
		   "without -c, catatonit -g; husk-init always tells all");
	return true;
}

/* --- wrappers --- */

bool doctor_front_wrapper(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *wrapper = facts->main, *shell = NULL, *child;

	/* sh -c 'npm start' is the same fault with one more link. */
	if (wrapper && wrapper->role == ROLE_SHELL) {
		shell = wrapper;
		wrapper = child_of(facts, shell);
	}
	if (!facts->owns_pid_namespace || !wrapper || wrapper->role != ROLE_WRAPPER)
		return false;
	child = child_of(facts, wrapper);
	if (!child)
		return false;
	while (child->role == ROLE_SHELL && child_of(facts, child))
		child = child_of(facts, child);
	doctor_say(io_finding, "%s stands between %s and %s", doctor_name(wrapper, io_finding),
		   signal_name(facts->stop_signal), doctor_name(child, io_finding));
	show_command(shell ? shell : wrapper, io_finding);
	show_command(child, io_finding);
	doctor_fix(io_finding, "start the program itself: its command line is in the scripts "
		   "part of package.json (CMD [\"node\", \"server.js\"]); for go run, build "
		   "first and run what comes out");
	doctor_fix_init(facts, io_finding);
	return true;
}

/* --- inits --- */

bool doctor_front_two_inits(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *outer = facts->process, *inner = facts->main;

	if (outer->role != ROLE_INIT || !inner || inner == outer || !is_late_init(inner) ||
	    !facts->owns_pid_namespace)
		return false;
	doctor_say(io_finding, "PID 1 is the init %s, and it runs another one: %s", outer->name,
		   doctor_name(inner, io_finding));
	show_command(outer, io_finding);
	show_command(inner, io_finding);
	doctor_fix(io_finding, "take one away: run without --init, or without the annotation "
		   "org.husk.init, or leave %s out of the image's ENTRYPOINT", inner->name);
	return true;
}

bool doctor_front_late_init(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *first = facts->process, *child = child_of(facts, first);

	if (!is_number_one(facts, first) || role_is_init(first->role) || !child ||
	    !is_late_init(child))
		return false;
	doctor_say(io_finding, "the init %s is not PID 1: that is %s", doctor_name(child,
		   io_finding),
		   first->name);
	show_command(first, io_finding);
	show_command(child, io_finding);
	doctor_fix(io_finding, "make the init the first program: ENTRYPOINT [\"%s\", \"--\", "
		   "...] in the image, or exec in front of it: sh -c 'exec %s -- ...'",
		   child->name, child->name);
	doctor_fix_init(facts, io_finding);
	return true;
}
