// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/survey.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"
#include "view/table.h"

TEST(children_follow_their_parents_in_the_order_of_their_numbers)
{
	struct survey_process p[] = {
		table_process(1, 0, 0), table_process(5, 0, 1), table_process(7, 0, 5),
		table_process(8, 0, 1), table_process(9, 0, 5),
	};
	struct survey survey = table_survey(p, countof(p));
	static const int order[] = { 0, 1, 2, 4, 3 };
	size_t i = 0;

	for (int at = 0; at != SURVEY_NONE; at = survey_next(&survey, 0, at))
		CHECK_INT(at, order[i++]);
	CHECK_INT(i, countof(order));
	CHECK_INT(survey_depth(&survey, 0, 4), 2);
	CHECK_INT(survey_next(&survey, 2, 2), SURVEY_NONE);
}

TEST(a_parent_that_is_not_there_makes_a_root)
{
	struct survey_process p[] = { table_process(5, 0, 4), table_process(6, 0, 5) };
	struct survey survey = table_survey(p, countof(p));

	CHECK_INT(p[0].parent, SURVEY_NONE);
	CHECK_INT(p[1].parent, 0);
	CHECK_INT(survey_find(&survey, 6), 1);
	CHECK_INT(survey_find(&survey, 4), SURVEY_NONE);
	CHECK_INT(survey_find(&survey, 7), SURVEY_NONE);
}

TEST(a_circle_of_parents_is_cut_and_nobody_is_lost)
{
	struct survey_process p[] = {
		table_process(1, 0, 0), table_process(5, 0, 7), table_process(6, 0, 5),
		table_process(7, 0, 6), table_process(9, 0, 9),
	};
	struct survey survey = table_survey(p, countof(p));
	size_t seen = 0;

	for (size_t i = 0; i < countof(p); i++)
		if (p[i].parent == SURVEY_NONE)
			for (int at = (int)i; at != SURVEY_NONE;
			     at = survey_next(&survey, (int)i, at))
				seen++;
	CHECK_INT(seen, countof(p));
}

TEST(a_chain_of_any_depth_is_walked)
{
	enum { DEPTH = 100000 };
	autofree struct survey_process *p = mem_new(DEPTH * sizeof(*p));
	struct survey survey;
	int at = 0, steps = 0;

	for (pid_t i = 0; i < DEPTH; i++)
		p[i] = table_process(i + 1, 0, i);
	survey = table_survey(p, DEPTH);
	while ((at = survey_next(&survey, 0, at)) != SURVEY_NONE)
		steps++;
	CHECK_INT(steps, DEPTH - 1);
	CHECK_INT(survey_depth(&survey, 0, DEPTH - 1), DEPTH - 1);
}

TEST(the_inner_parent_is_0_when_it_lives_outside)
{
	struct survey_process p[] = {
		table_process(10, 0, 0), table_process(11, 1, 10), table_process(12, 2, 11),
		table_process(13, 3, 10), table_process(14, 0, 10),
	};
	struct survey survey = table_survey(p, countof(p));

	CHECK_INT(survey_inner_parent(&survey, 1), 0);
	CHECK_INT(survey_inner_parent(&survey, 2), 1);
	CHECK_INT(survey_inner_parent(&survey, 3), 0);
	CHECK_INT(survey_inner_parent(&survey, 4), 10);
	CHECK_INT(survey_init_of(&survey, 2), 1);
	CHECK_INT(survey_init_of(&survey, 3), SURVEY_NONE);
	p[1].pid_ns = p[3].pid_ns = 77;
	CHECK_INT(survey_init_of(&survey, 3), 1);
}

TEST(a_dead_leader_of_living_threads_is_no_zombie)
{
	struct survey_process p = table_process(5, 0, 1);

	p.status.state = 'Z';
	CHECK_TRUE(survey_is_zombie(&p));
	p.status.threads = 2;
	CHECK_TRUE(!survey_is_zombie(&p));
}

TEST(the_machine_itself_can_be_surveyed)
{
	autosurvey struct survey survey = { 0 };
	struct error err;
	int own;

	CHECK_OK(survey_read(SURVEY_TIMES | SURVEY_COUNTS | SURVEY_PRESSURE, &survey, &err), err);
	own = survey_find(&survey, getpid());
	CHECK_TRUE(own != SURVEY_NONE);
	CHECK_INT(survey.process[own].status.parent_pid, getppid());
	CHECK_TRUE(survey.process[own].has_times && survey.process[own].start_time > 0);
	for (size_t i = 0; i < survey.container_count; i++)
		CHECK_INT(survey.process[survey.container[i].first].container, (int)i);
}

TEST(a_zombie_is_seen_with_its_parent)
{
	autosurvey struct survey survey = { 0 };
	struct error err;
	siginfo_t ended;
	pid_t child = fork();
	int at;

	if (child == 0)
		_exit(0);
	CHECK_INT(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	CHECK_OK(survey_read(0, &survey, &err), err);
	at = survey_find(&survey, child);
	CHECK_TRUE(at != SURVEY_NONE && survey_is_zombie(&survey.process[at]));
	CHECK_INT(survey.process[at].parent, survey_find(&survey, getpid()));
	CHECK_INT(waitpid(child, NULL, 0), child);
}
