// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * render - the one interface of all formats: text, json, chrome, html
 *
 * A format gets the steps in the order of their time and writes as it likes: line by line, or
 * all at the end. To add one: one file, one row in render.c.
 */
#ifndef HUSK_TRACE_RENDER_H
#define HUSK_TRACE_RENDER_H

#include <stdio.h>

#include "base/text.h"
#include "trace/joins.h"

struct life; /* state/life.h */

struct render_request {
	FILE *out;	      /* borrowed */
	bool has_colour;
	const struct model *model;
	const struct joins *joins; /* final when end is called */
	/* CLOCK_REALTIME minus CLOCK_BOOTTIME when the recording began. */
	int64_t wall_offset_ns;
	/* How a life is told in words, those of `husk why`; NULL: as words_obituary does. */
	void (*tell_life)(const struct life *life, struct text *io_text);
	const uint64_t *lost; /* EVENT_KINDS elements; final when end is called */
};

struct render {
	const char *name;
	/* Returns the format's own data, which end frees. */
	void *(*begin)(const struct render_request *request);
	void (*step)(void *data, const struct model_step *step);
	void (*end)(void *data);
};

extern const struct render render_text, render_json, render_chrome, render_html;

/* The row of the name; NULL: there is none. */
const struct render *render_find(const char *name);

/* The last paragraph on a process. */
void render_obituary(const struct render_request *request, const struct model_process *process,
		     struct text *io_text);

/* "text, json, chrome": for error texts and help. Borrowed. */
const char *render_names(void);

#endif
