// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_signal - faults in what a program does with signals */
#include <signal.h>

#include "signal/name.h"
#include "signal/set.h"
#include "view/doctor_part.h"
#include "view/doctor_rule.h"

/* --- the facts of a process --- */

static void show_lines(const struct doctor_process *process, uint32_t kinds,
		       struct doctor_finding *io_finding)
{
	const struct facts *facts = process->facts;

	for (size_t i = 0; i < facts->line_count; i++) {
		const struct facts_line *line = &facts->line[i];

		if (!(kinds >> line->fact & 1) || (line->tid && line->tid != process->pid))
			continue;
		doctor_show(io_finding, line->file, line->meaning ? "%s (%s)" : "%s", line->text,
			    line->meaning);
	}
}

static const char *names_of(uint64_t set, struct doctor_finding *io_finding)
{
	autotext struct text text = { 0 };

	signal_set_format(set, &text);
	return arena_text(io_finding->arena, text_get(&text));
}

/* Somebody outside who may, as `stop` is. */
static enum verdict_outcome outcome_of(int signal, const struct verdict_target *target)
{
	const struct verdict_sender sender = { .sees_target = true, .uid = target->uid,
					       .effective_uid = target->uid };
	struct verdict verdict = verdict_reach(signal, target, &sender);

	return verdict_now(&verdict);
}

/* An init waits for signals in its own ways, and the machine's is not to be stopped by one. */
static const struct verdict_target *target_of(const struct doctor_process *process)
{
	if (!process || !process->facts || role_is_init(process->role) ||
	    process->facts->target.is_dying || process->facts->target.is_machine_init)
		return NULL;
	return &process->facts->target;
}

/* --- deaf --- */

/* Whose shells and wrappers have a child are told of as what they are: doctor_front.c. */
static bool has_child(const struct doctor_facts *facts, const struct doctor_process *process)
{
	for (size_t i = 0; i < facts->process_count; i++)
		if (facts->process[i].parent_pid == process->pid && facts->process[i].state != 'Z')
			return true;
	return false;
}

static bool is_front(const struct doctor_facts *facts, const struct doctor_process *process)
{
	return process->role != ROLE_PROGRAM && has_child(facts, process);
}

static void fix_deaf(const struct doctor_facts *facts, const struct doctor_process *main,
		     struct doctor_finding *io_finding)
{
	static const int others[] = { SIGINT, SIGQUIT, SIGTERM };
	const struct verdict_target *target = &main->facts->target;
	const char *name = signal_name(facts->stop_signal);

	if (signal_set_has(target->ignored, facts->stop_signal))
		doctor_fix(io_finding, "let whoever starts %s not ignore %s (trap '' in a "
			   "shell, nohup): ignoring survives exec", main->name, name);
	doctor_fix(io_finding, "let %s set a handler for %s", main->name, name);
	if (target->is_init && !signal_set_has(target->ignored, facts->stop_signal))
		doctor_fix_init(facts, io_finding);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal_set_has(target->caught, others[i]))
			doctor_fix(io_finding, "or stop it by the signal that it has a handler "
				   "for: STOPSIGNAL %s in the image, husk stop --signal %s %s",
				   signal_name(others[i]), signal_name(others[i]), facts->id);
}

bool doctor_signal_deaf(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *main = facts->main;
	const struct verdict_target *target = target_of(main);

	if (!target || is_front(facts, main) || main->facts->gap_count ||
	    outcome_of(facts->stop_signal, target) != VERDICT_IGNORED)
		return false;
	doctor_say(io_finding, "%s throws %s away, the signal that shall stop it",
		   doctor_name(main, io_finding), signal_name(facts->stop_signal));
	show_lines(main, 1 << FACT_INIT | 1 << FACT_DISPOSITION, io_finding);
	fix_deaf(facts, main, io_finding);
	return true;
}

/* --- blocked --- */

/* In every thread, and neither awaited nor read. */
static uint64_t blocked_in(const struct verdict_target *target)
{
	uint64_t blocked = ~(target->signalfd | signal_set_group(SIGNAL_GROUP_ONLY));

	/* Who runs just now may be between two masks. */
	if (target->thread_count == 0 || target->thread[0].state != 'S')
		return 0;
	for (size_t i = 0; i < target->thread_count; i++)
		blocked &= target->thread[i].blocked & ~target->thread[i].awaited;
	return blocked;
}

static void fix_mask(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	doctor_fix(io_finding, "let the program, or who starts it, clear the mask before exec: "
		   "sigprocmask(SIG_SETMASK, empty set)");
	if (!facts->is_own || facts->main == facts->process)
		doctor_fix(io_finding, "or let husk-init start it, which gives its child a "
			   "clean mask: the annotation \"org.husk.init\": \"true\"");
}

bool doctor_signal_blocked(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct verdict_target *target = target_of(facts->main);

	if (!target || facts->main->facts->gap_count ||
	    !signal_set_has(blocked_in(target), facts->stop_signal))
		return false;
	doctor_say(io_finding, "%s blocks %s, the signal that shall stop it",
		   doctor_name(facts->main, io_finding), signal_name(facts->stop_signal));
	show_lines(facts->main, 1 << FACT_BLOCKED, io_finding);
	fix_mask(facts, io_finding);
	return true;
}

bool doctor_signal_others_blocked(const struct doctor_facts *facts,
				  struct doctor_finding *io_finding)
{
	/* 32 and 33 are the C library's own; system(3) blocks CHLD while it waits. */
	static const uint64_t passed_over = 1ULL << 31 | 1ULL << 32 | 1ULL << (SIGCHLD - 1);
	const struct verdict_target *target = target_of(facts->main);
	uint64_t blocked;

	if (!target || facts->main->facts->gap_count)
		return false;
	blocked = blocked_in(target) & ~passed_over & ~target->ignored;
	if (!blocked || signal_set_has(blocked, facts->stop_signal))
		return false;
	doctor_say(io_finding, "%s blocks %s", doctor_name(facts->main, io_finding),
		   names_of(blocked, io_finding));
	show_lines(facts->main, 1 << FACT_BLOCKED, io_finding);
	fix_mask(facts, io_finding);
	return true;
}

/* --- ignored --- */

/* What a program seldom ignores by its own will. */
static uint64_t unusual(const struct verdict_target *target)
{
	uint64_t set = signal_set_of(SIGINT) | signal_set_of(SIGQUIT) | signal_set_of(SIGTERM) |
		       signal_set_of(SIGUSR1) | signal_set_of(SIGUSR2) | signal_set_of(SIGALRM);

	/* system(3) ignores the two, and blocks CHLD, while it waits. */
	if (target->thread_count && signal_set_has(target->thread[0].blocked, SIGCHLD))
		set &= ~(signal_set_of(SIGINT) | signal_set_of(SIGQUIT));
	return set & target->ignored;
}

bool doctor_signal_ignored(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct verdict_target *target = target_of(facts->main);
	uint64_t ignored;

	/* An interactive shell ignores some by itself. */
	if (!target || facts->main->role == ROLE_SHELL)
		return false;
	ignored = unusual(target);
	if (!ignored || signal_set_has(ignored, facts->stop_signal))
		return false;
	doctor_say(io_finding, "%s ignores %s", doctor_name(facts->main, io_finding),
		   names_of(ignored, io_finding));
	show_lines(facts->main, 1 << FACT_DISPOSITION, io_finding);
	doctor_fix(io_finding, "let the starter reset them before exec: trap - in a shell, no & "
		   "without job control; or let husk-init start it, which gives its child a "
		   "clean state: the annotation \"org.husk.init\": \"true\"");
	return true;
}

bool doctor_signal_child(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	const struct doctor_process *main = facts->main;

	if (!main || !main->facts || !signal_set_has(main->facts->target.ignored, SIGCHLD))
		return false;
	doctor_say(io_finding, "%s ignores SIGCHLD: it cannot learn how a child of it ended",
		   doctor_name(main, io_finding));
	show_lines(main, 1 << FACT_DISPOSITION, io_finding);
	doctor_fix(io_finding, "let the program set SIGCHLD to SIG_DFL at its start, or whoever "
		   "starts it (trap - CHLD in a shell)");
	return true;
}

/* --- the stop signal itself --- */

void doctor_set_stop(const char *text, struct doctor_facts *io_facts)
{
	io_facts->stop_text = text;
	io_facts->stop_signal = SIGTERM;
	io_facts->is_stop_text_bad = text && signal_parse(text, &io_facts->stop_signal) < 0;
}

bool doctor_signal_unfit(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	int signal = facts->stop_signal;

	if (facts->is_stop_text_bad)
		doctor_say(io_finding, "the stop signal \"%s\" is no signal; SIGTERM is sent in "
			   "its place", facts->stop_text);
	else if (signal == SIGKILL)
		doctor_say(io_finding, "the stop signal is SIGKILL: the program cannot save "
			   "anything");
	else if (signal == SIGSTOP)
		doctor_say(io_finding, "the stop signal is SIGSTOP: it halts the program and "
			   "does not end it");
	else
		return false;
	doctor_show(io_finding, "annotations", "%s: %s", SPEC_STOP_SIGNAL_ANNOTATION,
		    facts->stop_text);
	doctor_fix(io_finding, "name the signal that the program ends in order by: STOPSIGNAL "
		   "SIGTERM in the image, or the annotation %s", SPEC_STOP_SIGNAL_ANNOTATION);
	return true;
}
