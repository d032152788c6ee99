// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor_rule - the rules of `husk doctor`: facts in, a fault or none out
 *
 * Pure. doctor_read and doctor_spec gather the facts; a rule looks at them and, when it finds its
 * fault, says it in words. Each rule is a row of doctor_rules, its judges are in the file of its
 * group. One cause is one fault: where two rules could see the same cause, the one with the
 * better advice takes it and the other leaves it.
 */
#ifndef HUSK_VIEW_DOCTOR_RULE_H
#define HUSK_VIEW_DOCTOR_RULE_H

#include "base/mem.h"
#include "json/bind.h"
#include "proc/role.h"
#include "proc/waits.h"
#include "view/doctor.h"
#include "view/facts.h"

/* --- facts --- */

/* One process, as it is at the second look. */
struct doctor_process {
	pid_t pid, parent_pid;
	pid_t number; /* within its own pid namespace */
	char name[TASK_NAME_SIZE];
	char state; /* of proc(5) */
	enum role role;
	const char *const *args; /* of its command line; a dead one has none */
	size_t arg_count;
	bool is_parent_outside; /* the parent is no process of the container */
	bool has_stayed;	/* in that state at both looks, and never ran between them */
	char place[WAITS_PLACE_SIZE]; /* where in the kernel a task in state D sleeps, or "" */
	const struct facts *facts;    /* about signals; NULL: nobody asked */
};

/* Something that a fork can be refused for. */
struct doctor_limit {
	const char *name;  /* "pids.max of the container" */
	const char *file;  /* that has the limit */
	const char *source; /* that has the number in use */
	const char *raise; /* a command that raises it */
	uint64_t limit, used, used_before;
};

struct doctor_memory {
	struct maybe_uint limit_bytes;
	struct maybe_uint used_bytes; /* without what is in memory only as a copy of a file */
	struct maybe_uint oom_kills;
	const char *folder; /* of the cgroup */
};

struct doctor_privilege {
	bool is_known;
	uint32_t uid; /* within the container, where that can be told */
	bool no_new_privs, has_user_namespace;
	uint64_t capabilities; /* bit N: number N; those that the program could use */
	const char *file;
};

/* RLIMIT_CORE. */
struct doctor_core {
	struct maybe_uint limit_bytes; /* soft */
	struct maybe_uint size_bytes;  /* what a dump would have at least */
	bool is_piped; /* the kernel hands it to a program, and then the limit does not cut it */
};

struct doctor_facts {
	const char *id;	      /* as the caller named it */
	bool is_own;	      /* husk knows it by that id: husk's commands take it */
	bool is_container;    /* not a process of the machine's */
	bool owns_pid_namespace; /* the first process is PID 1 of it */
	bool is_in_own_namespace; /* the pid namespace is that of this husk; of a bundle: none */
	bool is_init_wanted;  /* of a bundle */
	const char *init_error; /* why the annotation for it is refused; of a bundle */
	int stop_signal;
	const char *stop_text; /* as the annotation has it; NULL: there is none */
	bool is_stop_text_bad; /* it is no signal; @stop_signal is TERM then */

	/* Of a container that runs. process[0] is the first process. */
	size_t process_count;
	const struct doctor_process *process;
	const struct doctor_process *main; /* the program: the first, or the child of an init */
	bool is_ending;	      /* the first process ends and waits for the others */
	int64_t interval_ms;  /* between the two looks */
	size_t limit_count;
	const struct doctor_limit *limit;
	struct maybe_uint forks_refused;
	const char *refused_file;
	const char *freeze_file, *freeze_text; /* NULL: not frozen */

	/* Of a bundle. */
	const char *const *args;
	size_t arg_count;
	struct maybe_int pids_limit;
	struct maybe_bool disable_oom_killer;

	struct doctor_memory memory;
	struct doctor_privilege privilege;
	struct doctor_core core;
	size_t gap_count;
	const char **gap; /* what could not be looked at, and why */
};

/* --- findings --- */

struct doctor_evidence {
	const char *file; /* or another source */
	const char *text;
};

struct doctor_finding {
	const struct doctor_rule *rule;
	enum doctor_severity severity; /* the rule's; its judge may lower it */
	const char *summary; /* one line, no full stop */
	size_t evidence_count, fix_count;
	struct doctor_evidence *evidence;
	const char **fix;
	struct arena *arena; /* owns the words; borrowed */
};

/* The three of them fill in @format and keep a copy. */
void doctor_say(struct doctor_finding *io_finding, const char *format, ...) PRINTF(2, 3);
void doctor_show(struct doctor_finding *io_finding, const char *file, const char *format, ...)
	PRINTF(3, 4);
void doctor_fix(struct doctor_finding *io_finding, const char *format, ...) PRINTF(2, 3);

/* The fix "put an init in front", for each engine that one may have. */
void doctor_fix_init(const struct doctor_facts *facts, struct doctor_finding *io_finding);

/* "sleep (process 4711, 2 in the container)"; in the arena of the finding. */
const char *doctor_name(const struct doctor_process *process, struct doctor_finding *io_finding);

/* --- rules --- */

/* Returns true when the fault is there, and then has filled the finding. */
typedef bool doctor_judge(const struct doctor_facts *facts, struct doctor_finding *io_finding);

struct doctor_rule {
	const char *name;
	enum doctor_severity severity;
	doctor_judge *judge;	    /* of what runs; NULL: nothing to look at there */
	doctor_judge *judge_bundle; /* of a configuration */
	const char *text;	    /* what is wrong about it: whole sentences */
};

/* "none", "warning", "problem" */
const char *doctor_severity_name(enum doctor_severity severity);

/* In the order in which faults are told; @doctor_rule_count rows. */
extern const struct doctor_rule doctor_rules[];
extern const size_t doctor_rule_count;

/* doctor_signal.c */
doctor_judge doctor_signal_deaf, doctor_signal_blocked, doctor_signal_others_blocked,
	doctor_signal_ignored, doctor_signal_child, doctor_signal_unfit;

/* doctor_front.c: what stands in front of the program */
doctor_judge doctor_front_shell, doctor_front_shell_below_init, doctor_front_wrapper,
	doctor_front_two_inits, doctor_front_late_init;

/* doctor_zombie.c */
doctor_judge doctor_zombie_of_first, doctor_zombie_of_program, doctor_zombie_of_outsider,
	doctor_zombie_teardown;

/* doctor_limit.c */
doctor_judge doctor_limit_reached, doctor_limit_near, doctor_limit_refused;

/* doctor_memory.c */
doctor_judge doctor_memory_killed, doctor_memory_near;

/* doctor_state.c */
doctor_judge doctor_state_frozen, doctor_state_stopped, doctor_state_stuck, doctor_state_core;

/* doctor_privilege.c */
doctor_judge doctor_privilege_capabilities, doctor_privilege_gain, doctor_privilege_host_pids;

/* doctor_bundle.c */
doctor_judge doctor_bundle_deaf, doctor_bundle_shell, doctor_bundle_wrapper,
	doctor_bundle_two_inits, doctor_bundle_pids, doctor_bundle_memory,
	doctor_bundle_oom_killer, doctor_bundle_init;

#endif
