// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "json/bind.h"
#include "json/string.h"

struct writer {
	struct text *text;
	enum json_style style;
	int depth;
};

typedef void item_function(struct writer *w, const struct json_field *field, const void *at);

static item_function write_value;

/* Members that are pointers have many types; their bytes are copied, as bind.c does. */
static const void *pointer_at(const void *at)
{
	const void *pointer;

	memcpy(&pointer, at, sizeof(pointer));
	return pointer;
}

static void start_line(struct writer *w)
{
	if (w->style != JSON_INDENTED)
		return;
	text_add_bytes(w->text, "\n", 1);
	for (int i = 0; i < w->depth; i++)
		text_add_bytes(w->text, "\t", 1);
}

/* Before the next item of a list or object; @is_first after its bracket. */
static void start_item(struct writer *w, bool is_first)
{
	if (!is_first)
		text_add_bytes(w->text, ",", 1);
	start_line(w);
}

static void open_bracket(struct writer *w, char bracket)
{
	text_add_bytes(w->text, &bracket, 1);
	w->depth++;
}

static void close_bracket(struct writer *w, char bracket, bool is_empty)
{
	w->depth--;
	if (!is_empty)
		start_line(w);
	text_add_bytes(w->text, &bracket, 1);
}

static void write_key(struct writer *w, const char *key)
{
	string_quote(key, w->text);
	if (w->style == JSON_INDENTED)
		text_add_bytes(w->text, ": ", 2);
	else
		text_add_bytes(w->text, ":", 1);
}

static const char *find_word(const struct json_field *field, int value)
{
	for (const struct json_word *w = field->words; w->word; w++)
		if (w->value == value)
			return w->word;
	return NULL;
}

static bool is_present(const struct json_field *field, const void *at)
{
	switch (field->type) {
	case JSON_TYPE_BOOL:
		return ((const struct maybe_bool *)at)->is_set;
	case JSON_TYPE_INT:
		return ((const struct maybe_int *)at)->is_set;
	case JSON_TYPE_UINT:
		return ((const struct maybe_uint *)at)->is_set;
	case JSON_TYPE_ENUM:
		return ((const struct maybe_enum *)at)->is_set &&
		       find_word(field, ((const struct maybe_enum *)at)->value);
	case JSON_TYPE_STRING:
	case JSON_TYPE_OBJECT:
	case JSON_TYPE_STRINGS:
	case JSON_TYPE_NUMBERS:
	case JSON_TYPE_ENUMS:
	case JSON_TYPE_LIST:
	case JSON_TYPE_PAIRS:
	case JSON_TYPE_MAP:
		break;
	}
	return pointer_at(at) != NULL;
}

static void write_members(struct writer *w, const struct json_table *table, const char *object)
{
	bool is_empty = true;

	open_bracket(w, '{');
	for (size_t i = 0; i < table->count; i++) {
		const struct json_field *field = &table->fields[i];

		if (!is_present(field, object + field->offset))
			continue;
		start_item(w, is_empty);
		write_key(w, field->key);
		write_value(w, field, object + field->offset);
		is_empty = false;
	}
	close_bracket(w, '}', is_empty);
}

static void write_object(struct writer *w, const struct json_field *field, const void *at)
{
	write_members(w, field->table, at);
}

static void write_text(struct writer *w, const struct json_field *field UNUSED, const void *at)
{
	string_quote(pointer_at(at), w->text);
}

static void write_number(struct writer *w, const struct json_field *field UNUSED, const void *at)
{
	text_add(w->text, "%" PRIu64, *(const uint64_t *)at);
}

static void write_pair(struct writer *w, const struct json_field *field UNUSED, const void *at)
{
	string_quote(((const struct json_pair *)at)->value, w->text);
}

static void write_items(struct writer *w, const struct json_field *field, const void *at,
			size_t item_size, item_function *write_item)
{
	struct json_list list;

	memcpy(&list, pointer_at(at), sizeof(list));
	open_bracket(w, '[');
	for (size_t i = 0; i < list.count; i++) {
		start_item(w, i == 0);
		write_item(w, field, (const char *)list.item + i * item_size);
	}
	close_bracket(w, ']', list.count == 0);
}

static void write_words(struct writer *w, const struct json_field *field, const void *at)
{
	const struct json_enums *list = pointer_at(at);
	bool is_empty = true;

	open_bracket(w, '[');
	for (size_t i = 0; i < list->count; i++) {
		const char *word = find_word(field, list->item[i]);

		if (!word)
			continue;
		start_item(w, is_empty);
		string_quote(word, w->text);
		is_empty = false;
	}
	close_bracket(w, ']', is_empty);
}

static void write_entries(struct writer *w, const struct json_field *field, const void *at,
			  size_t item_size, item_function *write_item)
{
	struct json_list list;

	memcpy(&list, pointer_at(at), sizeof(list));
	open_bracket(w, '{');
	for (size_t i = 0; i < list.count; i++) {
		const char *item = (const char *)list.item + i * item_size;

		start_item(w, i == 0);
		write_key(w, pointer_at(item));
		write_item(w, field, item);
	}
	close_bracket(w, '}', list.count == 0);
}

static void write_value(struct writer *w, const struct json_field *field, const void *at)
{
	switch (field->type) {
	case JSON_TYPE_BOOL:
		text_add(w->text, "%s", ((const struct maybe_bool *)at)->value ? "true" : "false");
		break;
	case JSON_TYPE_INT:
		text_add(w->text, "%" PRId64, ((const struct maybe_int *)at)->value);
		break;
	case JSON_TYPE_UINT:
		text_add(w->text, "%" PRIu64, ((const struct maybe_uint *)at)->value);
		break;
	case JSON_TYPE_ENUM:
		string_quote(find_word(field, ((const struct maybe_enum *)at)->value), w->text);
		break;
	case JSON_TYPE_STRING:
		write_text(w, field, at);
		break;
	case JSON_TYPE_OBJECT:
		write_object(w, field, pointer_at(at));
		break;
	case JSON_TYPE_STRINGS:
		write_items(w, field, at, sizeof(char *), write_text);
		break;
	case JSON_TYPE_NUMBERS:
		write_items(w, field, at, sizeof(uint64_t), write_number);
		break;
	case JSON_TYPE_ENUMS:
		write_words(w, field, at);
		break;
	case JSON_TYPE_LIST:
		write_items(w, field, at, field->table->size, write_object);
		break;
	case JSON_TYPE_PAIRS:
		write_entries(w, field, at, sizeof(struct json_pair), write_pair);
		break;
	case JSON_TYPE_MAP:
		write_entries(w, field, at, field->table->size, write_object);
		break;
	}
}

void json_write(const struct json_table *table, const void *object, enum json_style style,
		struct text *io_text)
{
	struct writer w = { .text = io_text, .style = style };

	write_members(&w, table, object);
}
