// SPDX-License-Identifier: 0BSD
/*
 * text - a string that grows
 *
 * A zeroed struct text is the empty string with data NULL; text_get is never
 * NULL. Release with text_clear, or declare it `autotext struct text t = { 0 };`.
 */
#ifndef HUSK_BASE_TEXT_H
#define HUSK_BASE_TEXT_H

#include <stddef.h>

#include "base/error.h"
#include "base/scope.h"

struct text {
	char *data;
	size_t size, room;
};

#define autotext autoclean(text_clear)

/* printf at the end. */
void text_add(struct text *io_text, const char *format, ...) PRINTF(2, 3);

/* @size bytes at the end; they may hold zeros. */
void text_add_bytes(struct text *io_text, const void *bytes, size_t size);

/*
 * The same for words that others chose: what a terminal would obey and what is no UTF-8 becomes
 * '?', a 0 byte a blank.
 */
void text_add_plain(struct text *io_text, const void *bytes, size_t size);

/* The string so far, "" when nothing was added; borrowed until the next change. */
const char *text_get(const struct text *text);

/* Moves the string out; the caller frees it. Never NULL. */
char *text_take(struct text *io_text);

void text_clear(struct text *io_text);

/* True when @text begins with @start. */
int text_begins(const char *text, const char *start);

/**
 * text_number - a whole string as a decimal number
 *
 * No blank, no sign but a leading '-' where @min is negative, nothing behind.
 *
 * Returns 0, or -EINVAL (not a number) or -ERANGE (outside of @min..@max).
 */
MUST_USE int text_number(const char *text, long long min, long long max,
			 long long *ret_number);

#endif
