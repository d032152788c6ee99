// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * top - the containers of the machine, living: what each uses against its limits
 *
 * Samples are taken from a survey, compared with the ones before, sorted, filtered and put
 * into lines. None of that knows a terminal: top_run, a part of husk-top alone, is the program
 * around it on one, top_batch without.
 */
#ifndef HUSK_VIEW_TOP_H
#define HUSK_VIEW_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/text.h"
#include "state/store.h"
#include "view/survey.h"

enum { TOP_FILTER_SIZE = 64 };

enum top_sort {
	TOP_CPU,
	TOP_MEMORY,
	TOP_TASKS,
	TOP_ZOMBIES,
	TOP_SIGNALS,
	TOP_NAME,
	TOP_SORTS,
};

struct top_row {
	enum engine engine;
	const char *id, *name, *command; /* in the arena of the sample */
	struct maybe_uint cpu_permille;	 /* of one processor; set from the second sample on */
	uint64_t cpu_ns;
	struct maybe_uint memory, memory_limit, tasks, tasks_limit;
	size_t processes, zombies;
	size_t pending; /* processes for which signals wait */
	struct detail_pressure pressure[SURVEY_PRESSURES];
};

struct top_sample {
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	size_t count, processes, zombies;
	struct top_row *row;
	struct arena arena;
};

struct top {
	struct top_sample sample;
	enum top_sort sort;
	bool is_reverse;
	bool is_typing; /* the filter */
	char filter[TOP_FILTER_SIZE];
	size_t scroll; /* rows above the first that is shown */
};

#define autotop autoclean(top_clear)

enum top_action { TOP_STAY, TOP_REDRAW, TOP_REPAINT, TOP_SAMPLE, TOP_QUIT };

/**
 * top_take - a new sample; the one before gives the rates and is let go
 *
 * @time_ns: when @survey was read.
 */
void top_take(const struct survey *survey, uint64_t time_ns, struct top *io_top);

/* What a key does; @key as display_read_key gives it. */
enum top_action top_key(int key, struct top *io_top);

/**
 * top_compose - the lines of a screen, for display_draw
 *
 * @rows: 0 for all, without the line of keys: for scripts.
 */
void top_compose(struct top *io_top, unsigned int rows, struct text *io_lines);

/* "cpu", "memory", ...: -EINVAL names all that there are. */
MUST_USE int top_parse_sort(const char *word, enum top_sort *ret_sort, struct error *err);

void top_clear(struct top *io_top);

struct top_request {
	const struct store *store;
	enum top_sort sort;
	const char *filter; /* NULL: none */
	int64_t delay_ms;
	int64_t count;	    /* of samples shown; 0: until somebody ends it */
};

/* The filter and the order that were asked for, and no sample yet. */
void top_begin(const struct top_request *request, struct top *ret_top);

/* Takes a sample of the machine as it is now. */
MUST_USE int top_look(const struct store *store, struct top *io_top, struct error *err);

/* Until then the first rates are there, whatever the delay. */
int64_t top_first_ms(const struct top_request *request);

/**
 * top_batch - plain lines on stdout, from the first that have rates on
 *
 * Returns 0 after the last; without a count it goes on until a signal ends the process.
 */
MUST_USE int top_batch(const struct top_request *request, struct error *err);

/**
 * top_run - show it on the terminal until a key, a signal or the count ends it
 *
 * The terminal is given back as it was, whatever ends it. Returns the exit status: 0, or 128 + the
 * number of the signal; a negative errno: -ENOTTY without a terminal that can be drawn on.
 */
MUST_USE int top_run(const struct top_request *request, struct error *err);

#endif
