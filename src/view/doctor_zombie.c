// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_zombie - the dead that nobody has waited for, by who should have */
#include "view/doctor_rule.h"

enum { SHOWN_MAX = 5 };

/*
 * Everybody is a zombie for a moment. One that is so at both looks has been left.
 */
static bool is_left(const struct doctor_process *process)
{
	return process->state == 'Z' && process->has_stayed;
}

static const struct doctor_process *find(const struct doctor_facts *facts, pid_t pid)
{
	for (size_t i = 0; i < facts->process_count; i++)
		if (facts->process[i].pid == pid)
			return &facts->process[i];
	return NULL;
}

typedef bool chooser(const struct doctor_facts *facts, const struct doctor_process *zombie);

static bool is_of_first(const struct doctor_facts *facts, const struct doctor_process *zombie)
{
	return facts->owns_pid_namespace && zombie->parent_pid == facts->process->pid;
}

static bool is_of_outsider(const struct doctor_facts *facts UNUSED,
			   const struct doctor_process *zombie)
{
	return zombie->is_parent_outside;
}

static bool is_of_program(const struct doctor_facts *facts, const struct doctor_process *zombie)
{
	return !is_of_first(facts, zombie) && !is_of_outsider(facts, zombie);
}

/* One that is frozen cannot reap; and what goes to its end is doctor_zombie_teardown's. */
static bool can_reap(const struct doctor_facts *facts)
{
	return !facts->is_ending && !facts->freeze_file;
}

/* How many there are; the first ones are evidence. @ret_one: one of them. */
static size_t show(const struct doctor_facts *facts, chooser *choose,
		   const struct doctor_process **ret_one, struct doctor_finding *io_finding)
{
	size_t count = 0;

	for (size_t i = 0; i < facts->process_count; i++) {
		const struct doctor_process *zombie = &facts->process[i];

		if (zombie == facts->process || !is_left(zombie) || !choose(facts, zombie))
			continue;
		if (count == 0)
			*ret_one = zombie;
		if (count++ < SHOWN_MAX)
			doctor_show(io_finding,
				    arena_format(io_finding->arena, "/proc/%d/stat",
						 (int)zombie->pid),
				    "%s: state Z at both looks, parent %d", zombie->name,
				    (int)zombie->parent_pid);
	}
	return count;
}

static const char *plural(size_t count)
{
	return count == 1 ? "zombie" : "zombies";
}

bool doctor_zombie_of_first(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *one;
	size_t count = can_reap(facts) ? show(facts, is_of_first, &one, io_finding) : 0;

	if (count == 0)
		return false;
	doctor_say(io_finding, "%zu %s that PID 1, %s, does not reap", count, plural(count),
		   facts->process->name);
	if (role_is_init(facts->process->role)) {
		doctor_fix(io_finding, "it is an init and should: see whether it is stopped, or "
			   "ignores SIGCHLD: husk explain %d CHLD", (int)facts->process->pid);
		return true;
	}
	doctor_fix_init(facts, io_finding);
	doctor_fix(io_finding, "or let %s call waitpid(-1, ..., WNOHANG) whenever SIGCHLD "
		   "comes, until nothing is left", facts->process->name);
	return true;
}

bool doctor_zombie_of_program(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *one, *parent;
	size_t count = can_reap(facts) ? show(facts, is_of_program, &one, io_finding) : 0;
	const char *name;

	if (count == 0)
		return false;
	parent = find(facts, one->parent_pid);
	name = parent ? doctor_name(parent, io_finding) : "its parent";
	doctor_say(io_finding, "%zu %s that the parent does not reap: %s", count, plural(count),
		   name);
	doctor_fix(io_finding, "let the parent wait(2) for its children: a loop of waitpid(-1, "
		   "..., WNOHANG) whenever SIGCHLD comes");
	doctor_fix(io_finding, "for now: restart %s; when it ends, an init as PID 1 reaps them",
		   name);
	return true;
}

bool doctor_zombie_of_outsider(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *one;
	size_t count = facts->is_ending ? 0 : show(facts, is_of_outsider, &one, io_finding);

	if (count == 0)
		return false;
	doctor_say(io_finding, "%zu %s of which the parent, process %d, lives outside of the "
		   "container",
		   count, plural(count), (int)one->parent_pid);
	doctor_fix(io_finding, "see what process %d is at: cat /proc/%d/stack; if it is "
		   "stopped: kill -CONT %d; if it hangs: kill %d, then its own parent or the "
		   "machine's init reaps them",
		   (int)one->parent_pid, (int)one->parent_pid, (int)one->parent_pid,
		   (int)one->parent_pid);
	return true;
}

bool doctor_zombie_teardown(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *one;
	size_t count = facts->is_ending ? show(facts, is_of_outsider, &one, io_finding) : 0;

	if (count == 0)
		return false;
	doctor_say(io_finding, "PID 1 has ended and cannot go: process %d, outside of the "
		   "container, does not reap %s", (int)one->parent_pid, doctor_name(one,
		   io_finding));
	doctor_fix(io_finding, "let process %d reap it: if it is stopped, kill -CONT %d; else "
		   "kill %d, and the machine's init reaps it", (int)one->parent_pid,
		   (int)one->parent_pid,
		   (int)one->parent_pid);
	return true;
}
