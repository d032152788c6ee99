// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum kind { NOT_A_NUMBER, INTEGER, REAL };

static size_t count_digits(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return (size_t)(at - text);
}

/* -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?  over the whole token. */
static enum kind classify(const char *at, const char *end)
{
	enum kind kind = INTEGER;
	size_t digits;

	at += at < end && *at == '-';
	digits = count_digits(at, end);
	if (!digits || (digits > 1 && *at == '0'))
		return NOT_A_NUMBER;
	at += digits;
	if (at < end && *at == '.') {
		digits = count_digits(++at, end);
		if (!digits)
			return NOT_A_NUMBER;
		at += digits;
		kind = REAL;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		digits = count_digits(at, end);
		if (!digits)
			return NOT_A_NUMBER;
		at += digits;
		kind = REAL;
	}
	return at == end ? kind : NOT_A_NUMBER;
}

static bool fits_int64(const struct number_token *token)
{
	bool is_negative = *token->text == '-';
	const struct number_token digits = { token->text + is_negative,
					     token->size - is_negative };
	uint64_t value;

	return number_parse(&digits, &value) == 0 && value <= (uint64_t)INT64_MAX + is_negative;
}

/* "WHOLE.5000..." or "0.000...", exactly @size bytes: at least 3 for a real, 19 for an integer. */
static void put_real(char *at, size_t size, size_t whole)
{
	char head[32];
	int length = snprintf(head, sizeof(head), whole ? "%zu.5" : "%zu.0", whole);

	memset(at, '0', size);
	memcpy(at, head, (size_t)length);
}

static void hide(char *copy, const struct number_token *token, struct arena *io_arena,
		 struct number_list *io_list)
{
	enum kind kind = classify(token->text, token->text + token->size);

	if (kind == REAL)
		put_real(copy, token->size, 0);
	if (kind != INTEGER || fits_int64(token))
		return;
	io_list->item = arena_grow(io_arena, io_list->item, io_list->count,
				   sizeof(*io_list->item));
	io_list->item[io_list->count++] = *token;
	put_real(copy, token->size, io_list->count);
}

static size_t string_size(const char *text, const char *end)
{
	const char *at = text + 1;

	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return (size_t)(at - text) + (at < end);
}

static size_t number_size(const char *text, const char *end)
{
	const char *at = text;

	while (at < end && *at && strchr("+-.eE0123456789", *at))
		at++;
	return (size_t)(at - text);
}

char *number_hide(const char *text, size_t size, struct arena *io_arena,
		  struct number_list *ret_list)
{
	const char *end = text + size;
	char *copy = memcpy(arena_new(io_arena, size + 1), text, size);

	*ret_list = (struct number_list){ 0 };
	for (const char *at = text; at < end;) {
		struct number_token token = { at, 1 };

		if (*at == '"') {
			token.size = string_size(at, end);
		} else if (*at == '-' || (*at >= '0' && *at <= '9')) {
			token.size = number_size(at, end);
			hide(copy + (at - text), &token, io_arena, ret_list);
		}
		at += token.size;
	}
	return copy;
}

const struct number_token *number_find(const struct number_list *list, double value)
{
	size_t index;

	/* A text that jansson took at once has no list, and its reals are what they seem. */
	if (!list->count)
		return NULL;
	index = (size_t)value;
	return index ? &list->item[index - 1] : NULL;
}

int number_parse(const struct number_token *token, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (size_t i = 0; i < token->size; i++)
		if (token->text[i] == '-' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(token->text[i] - '0'), &value))
			return -ERANGE;
	*ret_value = value;
	return 0;
}
