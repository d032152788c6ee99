// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/emit.h"

#include <string.h>

#include "json/string.h"

static void add_comma(struct text *io_text)
{
	char last = io_text->size ? io_text->data[io_text->size - 1] : '{';

	if (!strchr("{[:,", last))
		text_add_bytes(io_text, ",", 1);
}

void emit_key(const char *key, struct text *io_text)
{
	add_comma(io_text);
	text_add(io_text, "\"%s\":", key);
}

void emit_item(struct text *io_text)
{
	add_comma(io_text);
}

void emit_bracket(char bracket, struct text *io_text)
{
	text_add_bytes(io_text, &bracket, 1);
}

void emit_string(const char *key, const char *value, struct text *io_text)
{
	if (!value) {
		emit_null(key, io_text);
		return;
	}
	emit_key(key, io_text);
	string_quote(value, io_text);
}

void emit_number(const char *key, long long value, struct text *io_text)
{
	emit_key(key, io_text);
	text_add(io_text, "%lld", value);
}

void emit_bool(const char *key, bool value, struct text *io_text)
{
	emit_key(key, io_text);
	text_add(io_text, "%s", value ? "true" : "false");
}

void emit_null(const char *key, struct text *io_text)
{
	emit_key(key, io_text);
	text_add_bytes(io_text, "null", 4);
}
