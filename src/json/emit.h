// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * emit - JSON written piece by piece, where a table over a struct would be no help
 *
 * The commas come by themselves: a member or an item puts one in front unless it is the first.
 */
#ifndef HUSK_JSON_EMIT_H
#define HUSK_JSON_EMIT_H

#include <stdbool.h>

#include "base/text.h"

/* "KEY": and nothing behind it yet; @key needs no escapes. */
void emit_key(const char *key, struct text *io_text);

/* Before an item of a list. */
void emit_item(struct text *io_text);

/* '{', '[', '}' or ']' */
void emit_bracket(char bracket, struct text *io_text);

/* NULL is null. */
void emit_string(const char *key, const char *value, struct text *io_text);

void emit_number(const char *key, long long value, struct text *io_text);
void emit_bool(const char *key, bool value, struct text *io_text);
void emit_null(const char *key, struct text *io_text);

#endif
