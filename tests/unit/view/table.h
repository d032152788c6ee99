// SPDX-License-Identifier: GPL-2.0-or-later
/* table - a survey made by hand, for tests of what is done with one */
#ifndef HUSK_TESTS_UNIT_VIEW_TABLE_H
#define HUSK_TESTS_UNIT_VIEW_TABLE_H

#include <signal.h>
#include <stdio.h>

#include "view/survey.h"

/* A process with a number on the machine, one in its namespace (0: the machine's), a parent. */
static inline struct survey_process table_process(pid_t pid, pid_t inner, pid_t parent)
{
	struct survey_process process = {
		.status = { .name = "app", .state = 'S', .pid = pid, .tgid = pid,
			    .parent_pid = parent, .threads = 1, .level_count = 1, .level = { pid },
			    .group = pid, .session = pid },
		.container = SURVEY_NONE, .parent = SURVEY_NONE, .first_child = SURVEY_NONE,
		.next = SURVEY_NONE,
	};

	if (inner) {
		process.status.level_count = 2;
		process.status.level[1] = inner;
	}
	return process;
}

static inline struct survey table_survey(struct survey_process *process, size_t count)
{
	struct survey survey = { .count = count, .process = process };

	survey_link(&survey);
	return survey;
}

#endif
