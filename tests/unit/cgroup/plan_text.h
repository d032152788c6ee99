// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_text - a limit plan as text, one write a line, so that a test can be a table */
#ifndef HUSK_TESTS_UNIT_CGROUP_PLAN_TEXT_H
#define HUSK_TESTS_UNIT_CGROUP_PLAN_TEXT_H

#include "base/text.h"
#include "cgroup/limit.h"

#define INT(number) { .is_set = true, .value = number }
#define TRUE { .is_set = true, .value = true }
#define FALSE { .is_set = true, .value = false }

/*
 * "memory memory.max=5": controller, file, text. In front a '1' for v1. Behind: " | FILE=TEXT"
 * the other file; " ?" may be missing; " &" agrees with neighbours; " ..." keeps the first
 * word; " ^" parents first; " <FILE" the usage file.
 */
static inline void plan_text(const struct limit_plan *plan, struct text *io_text)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct limit_write *w = &plan->write[i];

		text_add(io_text, "%s%s%s %s=%s", i ? "\n" : "",
			 w->version == CGROUP_MODE_V1 ? "1 " : "", w->controller, w->file, w->text);
		if (w->other_file)
			text_add(io_text, " | %s=%s", w->other_file, w->other_text);
		if (w->usage_file)
			text_add(io_text, " <%s", w->usage_file);
		text_add(io_text, "%s%s%s%s", w->rules & LIMIT_MAY_BE_MISSING ? " ?" : "",
			 w->rules & LIMIT_AGREES ? " &" : "",
			 w->rules & LIMIT_KEEPS_FIRST_WORD ? " ..." : "",
			 w->rules & LIMIT_PARENTS_FIRST ? " ^" : "");
	}
}

struct plan_row {
	struct spec_resources resources;
	bool is_update;
	const char *plan;  /* or */
	const char *error;
};

/* One struct literal as a pointer, for the members of spec_resources. */
#define PART(type, ...) &(struct type){ __VA_ARGS__ }

static inline void plan_check(const struct plan_row *row, struct limit_facts facts)
{
	autolimit struct limit_plan plan = { 0 };
	autotext struct text text = { 0 };
	struct error err;
	int r;

	facts.is_update = row->is_update;
	r = cgroup_limit_plan(&row->resources, &facts, &plan, &err);
	if (row->error) {
		CHECK_TRUE(r < 0);
		CHECK_STR(err.text, row->error);
	} else {
		CHECK_OK(r, err);
		plan_text(&plan, &text);
		CHECK_STR(text_get(&text), row->plan);
	}
}

#endif
