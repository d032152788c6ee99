// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * number - integers that jansson cannot hold
 *
 * jansson keeps integers as int64 and refuses a text with a larger one. No member of any
 * table is a real number, so reals are free to carry something else: number_hide puts a
 * real k.5 in the place of the k-th such integer and 0.0 in the place of every real that
 * was one before. Each takes exactly the room of what it stands for, so that line and
 * column in later errors stay those of the user's text.
 */
#ifndef HUSK_JSON_NUMBER_H
#define HUSK_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/* One number of the text as it was written. */
struct number_token {
	const char *text;
	size_t size;
};

struct number_list {
	size_t count;
	struct number_token *item;
};

/**
 * number_hide - a copy of @text without numbers that jansson refuses
 *
 * @io_arena:  owns the copy and the list.
 * @ret_list:  the integers outside of int64; its tokens point into @text.
 *
 * Returns the copy, @size bytes. What is not a number by the grammar stays as it is, for
 * jansson to complain about. Source: RFC 8259, section 6.
 */
char *number_hide(const char *text, size_t size, struct arena *io_arena,
		  struct number_list *ret_list);

/* The integer that the real @value stands for, or NULL when it is only a real. */
const struct number_token *number_find(const struct number_list *list, double value);

/* The value of an integer without a fraction; -ERANGE when it is negative or does not fit. */
MUST_USE int number_parse(const struct number_token *token, uint64_t *ret_value);

#endif
