// SPDX-License-Identifier: GPL-2.0-or-later
/* survey_tree - the processes as a forest, walked without recursion */
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "view/survey.h"

int survey_find(const struct survey *survey, pid_t pid)
{
	size_t low = 0, high = survey->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (survey->process[middle].status.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < survey->count && survey->process[low].status.pid == pid ? (int)low
									    : SURVEY_NONE;
}

bool survey_is_zombie(const struct survey_process *process)
{
	const struct status *s = &process->status;

	return (s->state == 'Z' || s->state == 'X') && s->threads <= 1;
}

int survey_next(const struct survey *survey, int top, int at)
{
	if (survey->process[at].first_child != SURVEY_NONE)
		return survey->process[at].first_child;
	while (at != top) {
		if (survey->process[at].next != SURVEY_NONE)
			return survey->process[at].next;
		at = survey->process[at].parent;
	}
	return SURVEY_NONE;
}

size_t survey_depth(const struct survey *survey, int top, int at)
{
	size_t depth = 0;

	for (; at != top && at != SURVEY_NONE; at = survey->process[at].parent)
		depth++;
	return depth;
}

/*
 * Marks all on the way up from @at with @turn. A process that has this turn's mark already
 * stands in a circle; one with an earlier mark is known to lead to a root.
 */
static void cut_circle(struct survey *io_survey, int at, int turn, int *io_mark)
{
	while (at != SURVEY_NONE && !io_mark[at]) {
		int above = io_survey->process[at].parent;

		io_mark[at] = turn;
		if (above != SURVEY_NONE && io_mark[above] == turn)
			io_survey->process[at].parent = above = SURVEY_NONE;
		at = above;
	}
}

static void find_parents(struct survey *io_survey)
{
	autofree int *mark = mem_new((io_survey->count + 1) * sizeof(*mark));

	for (size_t i = 0; i < io_survey->count; i++) {
		struct survey_process *process = &io_survey->process[i];

		process->parent = survey_find(io_survey, process->status.parent_pid);
		process->first_child = process->next = SURVEY_NONE;
	}
	for (size_t i = 0; i < io_survey->count; i++)
		cut_circle(io_survey, (int)i, (int)i + 1, mark);
}

void survey_link(struct survey *io_survey)
{
	find_parents(io_survey);
	/* From the end, so that the first of the siblings is the last to be put in front. */
	for (size_t i = io_survey->count; i-- > 0; ) {
		struct survey_process *process = &io_survey->process[i];
		struct survey_process *parent;

		if (process->parent == SURVEY_NONE)
			continue;
		parent = &io_survey->process[process->parent];
		process->next = parent->first_child;
		parent->first_child = (int)i;
	}
}

int survey_init_of(const struct survey *survey, int at)
{
	size_t level = survey->process[at].status.level_count;

	/* Up the tree: the parent of a process of the same namespace is as deep in it. */
	for (int up = at; up != SURVEY_NONE; up = survey->process[up].parent) {
		const struct status *s = &survey->process[up].status;

		if (s->level_count != level)
			break;
		if (status_is_init(s))
			return up;
	}
	/* A process that was put in from outside. */
	for (size_t i = 0; survey->process[at].pid_ns && i < survey->count; i++)
		if (survey->process[i].pid_ns == survey->process[at].pid_ns &&
		    status_is_init(&survey->process[i].status))
			return (int)i;
	return SURVEY_NONE;
}

pid_t survey_inner_parent(const struct survey *survey, int at)
{
	const struct survey_process *process = &survey->process[at];
	const struct status *parent;

	if (process->parent == SURVEY_NONE)
		return process->status.level_count <= 1 ? process->status.parent_pid : 0;
	parent = &survey->process[process->parent].status;
	if (parent->level_count < process->status.level_count || !parent->level_count)
		return 0;
	return parent->level[parent->level_count - 1];
}
