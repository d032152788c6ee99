// SPDX-License-Identifier: GPL-2.0-or-later
/* ps_row - which processes are shown, and in which order */
#include "view/ps_part.h"

/* Where a walk is; it needs no stack, the table has the links. */
struct walk {
	const struct survey *survey;
	int container; /* only its members; SURVEY_NONE: everybody */
	int top, at;
	size_t depth;
};

static bool belongs(const struct walk *walk, int at)
{
	return walk->container == SURVEY_NONE ||
	       walk->survey->process[at].container == walk->container;
}

static int first_of(const struct walk *walk, int sibling)
{
	while (sibling != SURVEY_NONE && !belongs(walk, sibling))
		sibling = walk->survey->process[sibling].next;
	return sibling;
}

static bool step(struct walk *io_walk)
{
	const struct survey_process *process = io_walk->survey->process;
	int found = first_of(io_walk, process[io_walk->at].first_child);

	if (found != SURVEY_NONE) {
		io_walk->at = found;
		io_walk->depth++;
		return true;
	}
	while (io_walk->at != io_walk->top) {
		found = first_of(io_walk, process[io_walk->at].next);
		if (found != SURVEY_NONE) {
			io_walk->at = found;
			return true;
		}
		io_walk->at = process[io_walk->at].parent;
		io_walk->depth--;
	}
	return false;
}

static void add_tree(struct walk *io_walk, struct arena *io_arena, struct ps_rows *io_rows)
{
	do {
		io_rows->row = arena_grow(io_arena, io_rows->row, io_rows->count,
					  sizeof(*io_rows->row));
		io_rows->row[io_rows->count++] =
			(struct ps_row){ .at = io_walk->at, .depth = io_walk->depth };
	} while (step(io_walk));
}

static bool is_top(const struct walk *walk, int at)
{
	int parent = walk->survey->process[at].parent;

	return belongs(walk, at) && (parent == SURVEY_NONE || !belongs(walk, parent));
}

void ps_rows_of_container(const struct survey *survey, int container, struct arena *io_arena,
			  struct ps_rows *ret_rows)
{
	struct walk walk = { .survey = survey, .container = container };
	int first = survey->container[container].first;

	*ret_rows = (struct ps_rows){ 0 };
	/* Its PID 1 and what is below it come before what was put in from outside. */
	for (size_t i = 0; i <= survey->count; i++) {
		int at = i ? (int)i - 1 : first;

		if ((i && at == first) || !is_top(&walk, at))
			continue;
		walk.top = walk.at = at;
		walk.depth = 0;
		add_tree(&walk, io_arena, ret_rows);
	}
}

void ps_rows_of_process(const struct survey *survey, int top, struct arena *io_arena,
			struct ps_rows *ret_rows)
{
	struct walk walk = { .survey = survey, .container = SURVEY_NONE, .top = top, .at = top };

	*ret_rows = (struct ps_rows){ 0 };
	add_tree(&walk, io_arena, ret_rows);
}
