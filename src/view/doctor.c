// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor - the table of rules, the walk over it, and the words of a finding */
#include "view/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "view/doctor_part.h"
#include "view/doctor_rule.h"

const struct doctor_rule doctor_rules[] = {
	{ "deaf-to-stop", DOCTOR_PROBLEM, doctor_signal_deaf, doctor_bundle_deaf,
	  "PID 1 of a pid namespace gets only signals that it has a handler for. A program "
	  "without one never notices the stop signal: a stop waits for its whole timeout, then "
	  "kills." },
	{ "shell-in-front", DOCTOR_PROBLEM, doctor_front_shell, doctor_bundle_shell,
	  "A shell as PID 1 that waits for its child passes no signal on. The stop signal ends "
	  "at the shell; the program never sees it and is killed after the timeout." },
	{ "shell-below-init", DOCTOR_WARNING, doctor_front_shell_below_init, NULL,
	  "The init passes the stop signal to its child alone, and that is a shell. The shell "
	  "dies of it, the init ends with it, and the kernel kills the program before it could "
	  "save anything." },
	{ "wrapper-in-front", DOCTOR_WARNING, doctor_front_wrapper, doctor_bundle_wrapper,
	  "A tool that starts the program stays in front of it. Whether the program hears of a "
	  "signal is up to the tool, and so is the exit status." },
	{ "stop-signal-blocked", DOCTOR_PROBLEM, doctor_signal_blocked, NULL,
	  "Every thread blocks the stop signal and nobody waits for it, so it stays pending for "
	  "ever. A mask survives exec: the starter may have set it." },
	{ "signals-blocked", DOCTOR_WARNING, doctor_signal_others_blocked, NULL,
	  "Every thread blocks these signals and nobody waits for them. A mask survives exec: "
	  "the starter may have set it." },
	{ "signals-ignored", DOCTOR_WARNING, doctor_signal_ignored, NULL,
	  "These signals are thrown away. Programs hardly ever ask for that; ignoring survives "
	  "exec, so it mostly comes from the starter: nohup, trap '' or & in a shell." },
	{ "child-signal-ignored", DOCTOR_WARNING, doctor_signal_child, NULL,
	  "With SIGCHLD ignored the kernel reaps every child at once and forgets how it ended: "
	  "wait(2) fails with ECHILD, system(3) gives -1. Ignoring survives exec." },
	{ "stop-signal-unfit", DOCTOR_WARNING, doctor_signal_unfit, doctor_signal_unfit,
	  "The stop signal of the image leaves the program no way to end in order." },
	{ "two-inits", DOCTOR_WARNING, doctor_front_two_inits, doctor_bundle_two_inits,
	  "One init runs another. The outer one already reaps and forwards; the inner one only "
	  "adds a way for signals to get lost." },
	{ "init-not-first", DOCTOR_WARNING, doctor_front_late_init, NULL,
	  "An init that is not PID 1 adopts no orphans: those go to PID 1, and so does the stop "
	  "signal." },
	{ "init-annotation-bad", DOCTOR_PROBLEM, NULL, doctor_bundle_init,
	  "The annotation for an init has no value that husk knows: creating the container will "
	  "fail." },
	{ "zombies-of-first", DOCTOR_WARNING, doctor_zombie_of_first, NULL,
	  "PID 1 inherits every orphan and has to wait(2) for it. This one does not: dead "
	  "processes stay, each counted in pids.current." },
	{ "zombies-of-program", DOCTOR_WARNING, doctor_zombie_of_program, NULL,
	  "A program does not wait(2) for its own children. An init does not help as long as "
	  "their parent lives: it is the parent's to do." },
	{ "zombies-of-outsider", DOCTOR_WARNING, doctor_zombie_of_outsider, NULL,
	  "A process that was put into the container has ended, and its parent, outside of it, "
	  "has not waited for it. No process of the container can." },
	{ "teardown-stuck", DOCTOR_PROBLEM, doctor_zombie_teardown, NULL,
	  "PID 1 has ended, but the kernel keeps it until every process of its pid namespace is "
	  "reaped, and the parent of this one, outside of the namespace, does not." },
	{ "fork-refused", DOCTOR_PROBLEM, doctor_limit_reached, NULL,
	  "The next fork fails with EAGAIN: \"Resource temporarily unavailable\". Threads "
	  "count, and so do zombies." },
	{ "fork-limit-near", DOCTOR_WARNING, doctor_limit_near, NULL,
	  "Few forks are left before they fail with EAGAIN. Threads count, and so do zombies." },
	{ "forks-were-refused", DOCTOR_WARNING, doctor_limit_refused, NULL,
	  "The kernel has refused forks of this container because pids.max was reached." },
	{ "pids-limit-tiny", DOCTOR_WARNING, NULL, doctor_bundle_pids,
	  "Threads count, and so do an init and every `exec`: hardly any program lives with so "
	  "few." },
	{ "out-of-memory", DOCTOR_PROBLEM, doctor_memory_killed, NULL,
	  "The kernel has killed processes of this container because its memory was used up." },
	{ "memory-near-limit", DOCTOR_WARNING, doctor_memory_near, NULL,
	  "Most of the memory is used by what cannot be dropped. At the limit the kernel kills "
	  "the largest process with SIGKILL." },
	{ "memory-limit-tiny", DOCTOR_PROBLEM, NULL, doctor_bundle_memory,
	  "The page tables and the stack of one process, and what the kernel keeps for it, take "
	  "more: it will be killed at its start." },
	{ "oom-killer-off", DOCTOR_WARNING, NULL, doctor_bundle_oom_killer,
	  "At the memory limit nobody is killed; the processes stand still for ever, deaf to "
	  "all but SIGKILL." },
	{ "frozen", DOCTOR_WARNING, doctor_state_frozen, NULL,
	  "A frozen process does nothing, and takes signals only when it is thawed." },
	{ "stopped", DOCTOR_WARNING, doctor_state_stopped, NULL,
	  "A stopped process does nothing, and takes signals other than SIGKILL only when it is "
	  "continued." },
	{ "stuck-in-kernel", DOCTOR_PROBLEM, doctor_state_stuck, NULL,
	  "A task in state D waits inside of the kernel and takes no signal; most such waits "
	  "not even SIGKILL ends. It has not run between the two looks." },
	{ "core-cut", DOCTOR_WARNING, doctor_state_core, doctor_state_core,
	  "A core dump would be cut off at the limit, and no debugger can do much with it." },
	{ "capabilities", DOCTOR_WARNING, doctor_privilege_capabilities,
	  doctor_privilege_capabilities,
	  "With these capabilities the program can leave the container or change the machine; "
	  "without a user namespace they count everywhere." },
	{ "new-privileges", DOCTOR_WARNING, doctor_privilege_gain, doctor_privilege_gain,
	  "The program runs as an ordinary user, but a set-user-ID program in the container "
	  "makes it root there again, because no_new_privs is off." },
	{ "host-pid-namespace", DOCTOR_WARNING, doctor_privilege_host_pids,
	  doctor_privilege_host_pids,
	  "Without a pid namespace of its own the container sees all processes of the machine, "
	  "and has no PID 1: nobody adopts its orphans, and its end leaves them running." },
};

const size_t doctor_rule_count = countof(doctor_rules);

/* --- the words of a finding --- */

__attribute__((format(printf, 2, 0)))
static const char *fill(struct arena *io_arena, const char *format, va_list args)
{
	char text[ERROR_TEXT_SIZE];

	vsnprintf(text, sizeof(text), format, args);
	return arena_text(io_arena, text);
}

void doctor_say(struct doctor_finding *io_finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	io_finding->summary = fill(io_finding->arena, format, args);
	va_end(args);
}

void doctor_show(struct doctor_finding *io_finding, const char *file, const char *format, ...)
{
	struct doctor_evidence *evidence;
	va_list args;

	io_finding->evidence = arena_grow(io_finding->arena, io_finding->evidence,
					  io_finding->evidence_count, sizeof(*evidence));
	evidence = &io_finding->evidence[io_finding->evidence_count++];
	va_start(args, format);
	*evidence = (struct doctor_evidence){ arena_text(io_finding->arena, file),
					      fill(io_finding->arena, format, args) };
	va_end(args);
}

void doctor_fix(struct doctor_finding *io_finding, const char *format, ...)
{
	va_list args;

	io_finding->fix = arena_grow(io_finding->arena, io_finding->fix, io_finding->fix_count,
				     sizeof(*io_finding->fix));
	va_start(args, format);
	io_finding->fix[io_finding->fix_count++] = fill(io_finding->arena, format, args);
	va_end(args);
}

void doctor_fix_init(const struct doctor_facts *facts, struct doctor_finding *io_finding)
{
	if (facts->is_own)
		doctor_fix(io_finding,
			   "put an init in front: husk run --init, husk box --init, or the "
			   "annotation \"org.husk.init\": \"true\" in config.json");
	else
		doctor_fix(io_finding, "put an init in front: docker run --init, podman run "
			   "--init, or the annotation \"org.husk.init\": \"true\" with husk");
}

const char *doctor_name(const struct doctor_process *process, struct doctor_finding *io_finding)
{
	if (process->number == process->pid)
		return arena_format(io_finding->arena, "%s (process %d)", process->name,
				    (int)process->pid);
	return arena_format(io_finding->arena, "%s (process %d, %d in the container)",
			    process->name, (int)process->pid, (int)process->number);
}

/* --- the walk --- */

static bool judge(const struct doctor_rule *rule, const struct doctor_facts *facts,
		  bool is_bundle, struct doctor_finding *ret_finding)
{
	doctor_judge *function = is_bundle ? rule->judge_bundle : rule->judge;

	ret_finding->rule = rule;
	ret_finding->severity = rule->severity;
	return function && function(facts, ret_finding);
}

void doctor_judge_all(const struct doctor_facts *facts, struct doctor_report *io_report)
{
	struct arena *arena = &io_report->arena;

	/* The worst first; within one severity in the order of the table. */
	for (int severity = DOCTOR_PROBLEM; severity > DOCTOR_CLEAN; severity--)
		for (size_t i = 0; i < doctor_rule_count; i++) {
			struct doctor_finding finding = { .arena = arena };

			if (!judge(&doctor_rules[i], facts, io_report->is_bundle, &finding) ||
			    (int)finding.severity != severity)
				continue;
			io_report->finding = arena_grow(arena, io_report->finding,
							io_report->finding_count, sizeof(finding));
			io_report->finding[io_report->finding_count++] = finding;
		}
	io_report->gap = facts->gap;
	io_report->gap_count = facts->gap_count;
}

enum doctor_severity doctor_worst(const struct doctor_report *report)
{
	return report->finding_count ? report->finding[0].severity : DOCTOR_CLEAN;
}

void doctor_clear(struct doctor_report *io_report)
{
	arena_clear(&io_report->arena);
	*io_report = (struct doctor_report){ 0 };
}
