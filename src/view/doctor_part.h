// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_part - the parts that doctor_read and doctor_spec are made of */
#ifndef HUSK_VIEW_DOCTOR_PART_H
#define HUSK_VIEW_DOCTOR_PART_H

#include "view/doctor_rule.h"

/* Walks the rules; the finding and gap members are filled. The facts live in its arena. */
void doctor_judge_all(const struct doctor_facts *facts, struct doctor_report *io_report);

/*
 * The stop signal of an annotation, in stop_signal, stop_text and is_stop_text_bad. @text NULL:
 * there is none.
 */
void doctor_set_stop(const char *text, struct doctor_facts *io_facts);

/* Adds what could not be looked at; a copy is kept. */
void doctor_add_gap(struct arena *io_arena, struct doctor_facts *io_facts, const char *text);

/* Whose limits are looked for. */
struct doctor_place {
	int first; /* index into looks->after */
	const struct doctor_looks *looks;
};

/* Fills the limits of a fork, the counter of refusals and the memory. (doctor_read_limit.c) */
void doctor_read_limits(const struct doctor_place *place, struct arena *io_arena,
			struct doctor_facts *io_facts);

/* RLIMIT_CORE and what a dump would have. (doctor_read_limit.c) */
void doctor_read_core(pid_t pid, struct doctor_facts *io_facts);

#endif
