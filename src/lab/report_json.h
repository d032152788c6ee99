// SPDX-License-Identifier: GPL-2.0-or-later
/* report_json - the same for machines: docs/schema/lab.schema.json */
#ifndef HUSK_LAB_REPORT_JSON_H
#define HUSK_LAB_REPORT_JSON_H

#include "base/text.h"
#include "lab/question.h"
#include "lab/run.h"

/* {"version":1,"experiments":[...]} */
void report_json_list(struct text *io_text);

/* {"version":1,"kernel":...,"results":[...]} */
void report_json_results(const struct run_result *results, size_t count, struct text *io_text);

/* {"version":1,"questions":[...]} */
void report_json_questions(const struct question *const *found, size_t count,
			   struct text *io_text);

#endif
