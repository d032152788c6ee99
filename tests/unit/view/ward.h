// SPDX-License-Identifier: GPL-2.0-or-later
/* ward - a patient that is not there, for tests of what doctor says about it */
#ifndef HUSK_TESTS_UNIT_VIEW_WARD_H
#define HUSK_TESTS_UNIT_VIEW_WARD_H

#include <string.h>

#include "scene.h"
#include "test.h"
#include "view/doctor_part.h"

enum { WARD_BEDS = 6 };

struct ward {
	struct doctor_facts facts;
	struct doctor_process process[WARD_BEDS];
	struct scene scene[WARD_BEDS]; /* the signals of each */
	struct doctor_limit limit[3];
	struct doctor_report report;
};

#define autoward autoclean(ward_clear)

static inline void ward_clear(struct ward *io_ward)
{
	doctor_clear(&io_ward->report);
}

/* One more process; @args: its command line, up to NULL. Returns it. */
static inline struct doctor_process *ward_add(struct ward *io_ward, pid_t parent_pid,
					      const char *const *args)
{
	size_t at = io_ward->facts.process_count++;
	struct doctor_process *process = &io_ward->process[at];

	scene_set(&io_ward->scene[at]);
	io_ward->scene[at].facts.target.is_init = at == 0;
	io_ward->scene[at].facts.target.caught = signal_set_of(SIGTERM);
	*process = (struct doctor_process){
		.pid = 100 + (pid_t)at,
		.parent_pid = parent_pid,
		.number = 1 + (pid_t)at,
		.state = 'S',
		.args = args,
		.facts = &io_ward->scene[at].facts,
	};
	while (args && args[process->arg_count])
		process->arg_count++;
	process->role = role_of(args, process->arg_count);
	snprintf(process->name, sizeof(process->name), "%s",
		 process->arg_count ? role_base_name(args[0]) : "gone");
	return process;
}

/* A container in health: PID 1 is "web", which has a handler for TERM. */
static inline void ward_set(struct ward *ret)
{
	static const char *const web[] = { "web", NULL };

	*ret = (struct ward){ 0 };
	ret->facts = (struct doctor_facts){
		.id = "box",
		.is_own = true,
		.is_container = true,
		.owns_pid_namespace = true,
		.stop_signal = SIGTERM,
		.process = ret->process,
		.interval_ms = 500,
		.limit = ret->limit,
		.privilege = { .is_known = true, .no_new_privs = true, .file = "status" },
	};
	ret->facts.main = ward_add(ret, 5, web);
}

/* The same before it runs. */
static inline void ward_set_bundle(struct ward *ret, const char *const *args)
{
	ward_set(ret);
	ret->report.is_bundle = true;
	ret->facts.process_count = 0;
	ret->facts.main = NULL;
	ret->facts.args = args;
	for (ret->facts.arg_count = 0; args[ret->facts.arg_count];)
		ret->facts.arg_count++;
}

/* The rules that find a fault, "a b"; "" for none. */
static inline const char *ward_rules(struct ward *io_ward)
{
	bool is_bundle = io_ward->report.is_bundle;
	struct text names = { 0 };
	const char *kept;

	doctor_clear(&io_ward->report);
	io_ward->report.is_bundle = is_bundle;
	doctor_judge_all(&io_ward->facts, &io_ward->report);
	for (size_t i = 0; i < io_ward->report.finding_count; i++)
		text_add(&names, "%s%s", i ? " " : "", io_ward->report.finding[i].rule->name);
	kept = arena_text(&io_ward->report.arena, text_get(&names));
	text_clear(&names);
	return kept;
}

/* What the first finding says, all of it in one text. */
static inline const char *ward_words(struct ward *io_ward)
{
	const struct doctor_finding *finding = io_ward->report.finding;
	struct text words = { 0 };
	const char *kept;

	text_add(&words, "%s\n", finding->summary);
	for (size_t i = 0; i < finding->evidence_count; i++)
		text_add(&words, "%s: %s\n", finding->evidence[i].file, finding->evidence[i].text);
	for (size_t i = 0; i < finding->fix_count; i++)
		text_add(&words, "%s\n", finding->fix[i]);
	kept = arena_text(&io_ward->report.arena, text_get(&words));
	text_clear(&words);
	return kept;
}

#define CHECK_SAYS(ward, part) CHECK_TRUE(strstr(ward_words(ward), part))

#endif
