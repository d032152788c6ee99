// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * matrix - the rows of tests/data/signal-verdicts.csv, which were measured on a live kernel
 *
 * Each row is one signal sent to one process that is PID 1 of a pid namespace or not, from
 * within that namespace or from its parent, and what became of it.
 */
#ifndef HUSK_TESTS_UNIT_SIGNAL_MATRIX_H
#define HUSK_TESTS_UNIT_SIGNAL_MATRIX_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "signal/set.h"
#include "signal/verdict.h"
#include "test.h"

#ifndef TEST_DATA
#define TEST_DATA "tests/data"
#endif

enum { MATRIX_ROWS = 1280, MATRIX_WORD = 24 };

struct matrix_row {
	int number; /* line of the file */
	int signal;
	char disposition[MATRIX_WORD]; /* default, ignored, caught, blocked+default, ... */
	char target[MATRIX_WORD];      /* ns_init, ordinary */
	char sender[MATRIX_WORD];      /* same_ns, parent_ns */
	char result[MATRIX_WORD];      /* of the tracepoint: delivered, ignored */
	char outcome[MATRIX_WORD];     /* alive, pending, handler_ran, killed_15, stopped_19 */
	int pid_in_queue;	       /* what the target is told of the sender */
	int exit_signal;
	uint64_t pending_after;
};

/* The text between commas; @io_at moves behind it. */
static inline const char *matrix_field(char **io_at)
{
	return strsep(io_at, ",");
}

static inline void matrix_word(char **io_at, char ret_word[MATRIX_WORD])
{
	snprintf(ret_word, MATRIX_WORD, "%s", matrix_field(io_at));
}

static inline int matrix_int(char **io_at)
{
	return atoi(matrix_field(io_at));
}

static inline void matrix_skip(char **io_at, int count)
{
	while (count-- > 0)
		matrix_field(io_at);
}

static inline void matrix_parse(char *line, int number, struct matrix_row *ret_row)
{
	char *at = line;

	*ret_row = (struct matrix_row){ .number = number };
	matrix_skip(&at, 1); /* kernel */
	ret_row->signal = matrix_int(&at);
	matrix_skip(&at, 1); /* name */
	matrix_word(&at, ret_row->disposition);
	matrix_skip(&at, 1); /* disp_errno */
	matrix_word(&at, ret_row->target);
	matrix_word(&at, ret_row->sender);
	matrix_skip(&at, 2); /* sender_errno, result as a number */
	matrix_word(&at, ret_row->result);
	matrix_skip(&at, 3); /* predicted, match, si_code */
	ret_row->pid_in_queue = matrix_int(&at);
	matrix_skip(&at, 5); /* sender's pids, group, flags, sighandler */
	matrix_word(&at, ret_row->outcome);
	matrix_skip(&at, 5); /* what the handler saw, deliver events, group_exit_code */
	ret_row->exit_signal = matrix_int(&at);
	ret_row->pending_after = strtoull(matrix_field(&at), NULL, 16);
}

/* All rows; the caller frees them. */
static inline struct matrix_row *matrix_read(void)
{
	struct matrix_row *rows = calloc(MATRIX_ROWS, sizeof(*rows));
	autofree char *text = NULL;
	struct error err;
	char *at, *line;
	int number = 1;

	CHECK_OK(file_read(AT_FDCWD, TEST_DATA "/signal-verdicts.csv", 1 << 20, &text, NULL, &err),
		 err);
	at = text;
	strsep(&at, "\n"); /* the names of the columns */
	while ((line = strsep(&at, "\n")) && *line) {
		CHECK_TRUE(number <= MATRIX_ROWS);
		matrix_parse(line, number + 1, &rows[number - 1]);
		number++;
	}
	CHECK_INT(number - 1, MATRIX_ROWS);
	return rows;
}

static inline bool matrix_is(const char *word, const char *expected)
{
	return strcmp(word, expected) == 0;
}

/* What husk says to the row: the first step of the verdict. */
static inline struct verdict matrix_verdict(const struct matrix_row *row)
{
	uint64_t set = signal_set_of(row->signal);
	bool is_caught = strstr(row->disposition, "caught");
	struct verdict_thread thread = {
		.tid = 2, .state = 'S', .blocked = strstr(row->disposition, "blocked") ? set : 0
	};
	struct verdict_target target = {
		.exists = true,
		.is_init = matrix_is(row->target, "ns_init"),
		.ignored = matrix_is(row->disposition, "ignored") ? set : 0,
		.caught = is_caught ? set : 0,
		.queue_limit = 1000,
		.thread_count = 1,
		.thread = &thread,
	};
	struct verdict_sender sender = {
		.sees_target = true, .is_seen = matrix_is(row->sender, "same_ns")
	};

	return verdict_reach(row->signal, &target, &sender);
}

#endif
