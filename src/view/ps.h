// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ps - the processes of the containers, for people and for programs
 *
 * Numbers on the machine and in each namespace, who is a parent of whom, who is dead and who
 * would have to reap, and the cgroup's counts against its limits.
 */
#ifndef HUSK_VIEW_PS_H
#define HUSK_VIEW_PS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "view/find.h"
#include "view/survey.h"

enum { PS_COLUMNS_MAX = 32, PS_JSON_VERSION = 1 };

struct ps_column;

struct ps_request {
	const struct survey *survey;
	size_t target_count; /* 0: all containers */
	const struct find *target;
	size_t column_count; /* 0: the usual ones, and a head line for each container */
	const struct ps_column *column[PS_COLUMNS_MAX];
	bool has_threads; /* a row for each thread */
};

/**
 * ps_parse_columns - "pid,nspid,command", with commas or blanks between
 *
 * Returns 0; -EINVAL names the word that is no column, and all that there are; -E2BIG.
 */
MUST_USE int ps_parse_columns(const char *list, struct ps_request *io_request,
			      struct error *err);

/* What of enum survey_want the request takes. */
unsigned int ps_wants(const struct ps_request *request);

/* The trees, as text. Processes that end meanwhile may lack their words. */
void ps_text(const struct ps_request *request, struct text *io_text);

/* The same as one JSON document: docs/schema/ps.schema.json. */
void ps_json(const struct ps_request *request, struct text *io_text);

#endif
