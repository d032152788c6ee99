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

#include "trace/model.h"

struct render_request {
	FILE *out;	      /* borrowed */
	bool has_colour;
	const struct model *model;
	/* CLOCK_REALTIME minus CLOCK_BOOTTIME when the recording began. */
	int64_t wall_offset_ns;
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

/* "fork", "signal": the words of enum event_kind; stable, for machines. */
const char *render_kind_name(enum event_kind kind);

/* The kind of the word; -EINVAL: there is none. */
int render_kind(const char *word);

/* "text, json, chrome": for error texts and help. Borrowed. */
const char *render_names(void);

#endif
