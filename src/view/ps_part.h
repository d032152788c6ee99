// SPDX-License-Identifier: GPL-2.0-or-later
/* ps_part - the parts that ps_text and ps_json share */
#ifndef HUSK_VIEW_PS_PART_H
#define HUSK_VIEW_PS_PART_H

#include "base/mem.h"
#include "view/ps.h"

/* --- rows (ps_row.c) --- */

struct ps_row {
	int at;	      /* index of the process */
	size_t depth; /* below the top of its tree */
};

struct ps_rows {
	size_t count;
	struct ps_row *row;
};

/* The members of a container in the order of its trees: parents first. In @io_arena. */
void ps_rows_of_container(const struct survey *survey, int container, struct arena *io_arena,
			  struct ps_rows *ret_rows);

/* The process and all below it, whatever container they are in. */
void ps_rows_of_process(const struct survey *survey, int top, struct arena *io_arena,
			struct ps_rows *ret_rows);

/* --- columns (ps_column.c) --- */

struct ps_cell {
	const struct survey *survey;
	const struct ps_row *row;
	const struct status *status; /* of the thread, or of the process */
};

/* What is as long as it likes is not filled up with blanks. */
enum ps_place { PS_LEFT, PS_RIGHT, PS_FREE };

struct ps_column {
	const char *name, *title;
	enum ps_place place;
	unsigned int want; /* enum survey_want */
	void (*add)(const struct ps_cell *cell, struct text *io_text);
};

const struct ps_column *ps_find_column(const char *name, size_t size);

/* Those of `husk ps` without -o; NULL ends the list. */
extern const char *const ps_usual_columns[];

/* All names, with a comma between. */
void ps_name_columns(struct text *io_text);

/* --- what is remarkable (ps_note.c) --- */

enum ps_parent {
	PS_PARENT_SEEN,	   /* a process of the same namespace */
	PS_PARENT_OUTSIDE, /* lives in an outer namespace */
	PS_PARENT_HIDDEN,  /* not in the caller's /proc: outside of that namespace, or gone */
	PS_PARENT_KERNEL,  /* started by the kernel: it has none */
};

enum ps_parent ps_parent_kind(const struct survey *survey, int at);

/*
 * Was it made by another process than its parent? Then its process group or session begins
 * with a process that is neither itself nor its parent's. One that has never left its parent's
 * group cannot be told from an orphan, so false means: nothing says so.
 */
bool ps_is_orphan(const struct survey *survey, int at);

enum ps_catch { PS_DEFAULT, PS_CAUGHT, PS_IGNORED, PS_BLOCKED, PS_AWAITED };

/* What the process does with @signal, as far as its status tells; a PID 1 may also await it. */
enum ps_catch ps_catch_of(const struct status *status, int signal);
const char *ps_catch_name(enum ps_catch catch);

struct ps_zombie {
	bool has_age;
	uint64_t age_ms;
	bool has_end;
	int wait_status;
	int reaper; /* index, or SURVEY_NONE */
	bool is_reaper_stopped;
	enum ps_catch on_child; /* what the reaper does with SIGCHLD */
	bool is_waiting; /* its main thread is in wait(2) right now */
};

/* Reads what the table does not have, which is little and of this process and its parent. */
void ps_read_zombie(const struct survey *survey, int at, struct ps_zombie *ret_zombie);

/* One line without an end: why its parent is 0, whether it is a zombie, an orphan; or nothing. */
void ps_add_note(const struct survey *survey, int at, struct text *io_text);

/* "2d3h", "3m12s", "1.2s" */
void ps_add_age(uint64_t ms, struct text *io_text);

/* "512B", "1.5M", "64.0M" */
void ps_add_size(uint64_t bytes, struct text *io_text);

/* The words of the process, or its name in brackets; nothing in it that a terminal obeys. */
void ps_add_command(const struct status *status, struct text *io_text);

/* The same, from what the survey has read already, if it has. */
void ps_add_read_command(const struct survey_process *process, struct text *io_text);

/* The signal by which its container is asked to stop. */
int ps_stop_signal(const struct survey *survey, int at);

#endif
