// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * question - the 95 questions and claims that the lab was built for, each with its answer
 *
 * The one place that says which experiment answers which number.
 */
#ifndef HUSK_LAB_QUESTION_H
#define HUSK_LAB_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

/* What it is: a question, or a claim and whether it holds. */
enum question_mark { QUESTION_ASKED, QUESTION_RIGHT, QUESTION_HALF, QUESTION_WRONG };

struct question {
	int number;
	enum question_mark mark;
	const char *text;
	const char *answer;
	const char *experiments; /* ids with blanks between: "E19 E21"; "" for none */
};

/* By number; ends with a row without text. */
extern const struct question questions[];

/* NULL when there is none of that number. */
const struct question *question_find(int number);

/* True when the experiment @id is among those of the question. */
bool question_has(const struct question *question, const char *id);

/**
 * question_search - the questions that hold the most of some words
 *
 * @words: "sigchld lost"; case and order do not matter, rare words count most.
 * @ret_found: at most @most, the best first.
 * Returns how many.
 */
size_t question_search(const char *words, const struct question **ret_found, size_t most);

/* "question", "right", "half right", "wrong" */
const char *question_mark_name(enum question_mark mark);

#endif
