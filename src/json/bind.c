// SPDX-License-Identifier: GPL-2.0-or-later
#include "json/bind.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <jansson.h>

#include "json/number.h"

enum { TEXT_MAX = 16 << 20, WORDS_SHOWN = 8 };

struct reader {
	const char *name;
	struct arena *arena;
	struct number_list numbers;
	struct error *err;
};

/* One value on its way into a struct: where it stands in the text and what it shall be. */
struct spot {
	const struct spot *up; /* NULL for the whole text */
	const char *key;       /* of a member or an entry; NULL for an item of a list */
	size_t index;	       /* of an item */
	bool is_entry;	       /* of a map, so that the key is the user's word */
	const struct json_field *field;
	json_t *value;
};

typedef int reader_function(const struct reader *r, const struct spot *spot, void *at);

static reader_function bind_value;

/* --- errors --- */

static void add_place(struct text *io_text, const struct spot *spot)
{
	if (!spot->up)
		return;
	add_place(io_text, spot->up);
	if (!spot->key)
		text_add(io_text, "[%zu]", spot->index);
	else if (spot->is_entry)
		text_add(io_text, "[\"%s\"]", json_show(spot->key).text);
	else
		text_add(io_text, "%s%s", io_text->size ? "." : "", spot->key);
}

static PRINTF(3, 4) int wrong(const struct reader *r, const struct spot *spot,
			      const char *format, ...)
{
	autotext struct text place = { 0 };
	char reason[ERROR_TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	add_place(&place, spot);
	return error_set(r->err, EINVAL, "%s: %s%s%s", r->name, text_get(&place),
			 place.size ? ": " : "", reason);
}

static const char *kind_of(const json_t *value)
{
	static const char *const kinds[] = {
		[JSON_OBJECT] = "an object",  [JSON_ARRAY] = "a list",	[JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number",  [JSON_REAL] = "a number", [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",	      [JSON_NULL] = "null",
	};

	return kinds[json_typeof(value)];
}

static int wrong_type(const struct reader *r, const struct spot *spot, const char *wanted)
{
	return wrong(r, spot, "%s is wanted, not %s", wanted, kind_of(spot->value));
}

static int wrong_word(const struct reader *r, const struct spot *spot)
{
	const struct json_word *word = spot->field->words;
	autotext struct text list = { 0 };

	for (int i = 0; word->word && i < WORDS_SHOWN; word++, i++)
		text_add(&list, "%s%s", i ? ", " : "", word->word);
	return wrong(r, spot, "\"%s\" is not one of %s%s",
		     json_show(json_string_value(spot->value)).text, text_get(&list),
		     word->word ? ", ..." : "");
}

static int wrong_range(const struct reader *r, const struct spot *spot, const char *range)
{
	const struct number_token *token;

	if (json_is_integer(spot->value))
		return wrong(r, spot, "%" JSON_INTEGER_FORMAT " is not within %s",
			     json_integer_value(spot->value), range);
	token = number_find(&r->numbers, json_real_value(spot->value));
	return wrong(r, spot, "%.*s is not within %s", (int)token->size, token->text, range);
}

/* --- one value, as an item of a list or a member holds it --- */

/* A whole number: in *@ret_value, or behind *@ret_token when it is outside of int64. */
static int read_whole(const struct reader *r, const struct spot *spot, int64_t *ret_value,
		      const struct number_token **ret_token)
{
	const struct number_token *token = NULL;

	if (!json_is_number(spot->value))
		return wrong_type(r, spot, "a number");
	if (json_is_real(spot->value)) {
		token = number_find(&r->numbers, json_real_value(spot->value));
		if (!token)
			return wrong(r, spot, "a whole number is wanted");
	}
	*ret_value = json_integer_value(spot->value);
	*ret_token = token;
	return 0;
}

static int read_int(const struct reader *r, const struct spot *spot, void *at)
{
	const struct json_field *field = spot->field;
	bool is_bounded = field->minimum || field->maximum;
	int64_t low = is_bounded ? field->minimum : INT64_MIN;
	int64_t high = is_bounded ? field->maximum : INT64_MAX;
	const struct number_token *token = NULL;
	int64_t value = 0;
	char range[64];

	TRY(read_whole(r, spot, &value, &token));
	if (token || value < low || value > high) {
		snprintf(range, sizeof(range), "%" PRId64 "..%" PRId64, low, high);
		return wrong_range(r, spot, range);
	}
	memcpy(at, &value, sizeof(value));
	return 0;
}

static int read_uint(const struct reader *r, const struct spot *spot, void *at)
{
	uint64_t high = spot->field->umaximum ? spot->field->umaximum : UINT64_MAX;
	const struct number_token *token = NULL;
	char range[64];
	uint64_t number;
	int64_t value = 0;
	bool fits;

	TRY(read_whole(r, spot, &value, &token));
	number = (uint64_t)value;
	fits = token ? number_parse(token, &number) == 0 : value >= 0;
	if (!fits || number > high) {
		snprintf(range, sizeof(range), "0..%" PRIu64, high);
		return wrong_range(r, spot, range);
	}
	memcpy(at, &number, sizeof(number));
	return 0;
}

static int read_word(const struct reader *r, const struct spot *spot, void *at)
{
	if (!json_is_string(spot->value))
		return wrong_type(r, spot, "a string");
	for (const struct json_word *w = spot->field->words; w->word; w++)
		if (strcmp(w->word, json_string_value(spot->value)) == 0) {
			memcpy(at, &w->value, sizeof(w->value));
			return 0;
		}
	return wrong_word(r, spot);
}

static int read_string(const struct reader *r, const struct spot *spot, void *at)
{
	char *text;

	if (!json_is_string(spot->value))
		return wrong_type(r, spot, "a string");
	text = arena_text(r->arena, json_string_value(spot->value));
	memcpy(at, &text, sizeof(text));
	return 0;
}

static int read_pair(const struct reader *r, const struct spot *spot, void *at)
{
	struct json_pair *pair = at;

	return read_string(r, spot, &pair->value);
}

static bool is_absent(const struct json_field *field, const json_t *value)
{
	return !value || json_is_null(value) ||
	       (field->empty_is_absent && json_is_string(value) && !json_string_length(value));
}

static int read_members(const struct reader *r, const struct spot *spot,
			const struct json_table *table, char *object)
{
	if (!json_is_object(spot->value))
		return wrong_type(r, spot, "an object");
	for (size_t i = 0; i < table->count; i++) {
		const struct json_field *field = &table->fields[i];
		struct spot member = { .up = spot, .key = field->key, .field = field };

		member.value = json_object_get(spot->value, field->key);
		if (!is_absent(field, member.value))
			TRY(bind_value(r, &member, object + field->offset));
		else if (field->is_required)
			return wrong(r, &member, "is %s",
				     json_is_string(member.value) ? "empty" : "missing");
	}
	return 0;
}

static int read_object(const struct reader *r, const struct spot *spot, void *at)
{
	return read_members(r, spot, spot->field->table, at);
}

/* --- one member of a struct --- */

/*
 * Lists are written as struct json_list and read through types of the same layout; the
 * bytes are copied, so that no pointer type has to alias another.
 */
static void put_list(const struct reader *r, size_t count, void *items, void *at)
{
	struct json_list list = { count, items };
	void *header = memcpy(arena_new(r->arena, sizeof(list)), &list, sizeof(list));

	memcpy(at, &header, sizeof(header));
}

static int bind_items(const struct reader *r, const struct spot *spot, size_t item_size,
		      reader_function *read_item, void *at)
{
	size_t count = json_array_size(spot->value);
	char *items;

	if (!json_is_array(spot->value))
		return wrong_type(r, spot, "a list");
	/* One item more stays zero: the NULL behind a list of strings. */
	items = arena_new(r->arena, (count + 1) * item_size);
	for (size_t i = 0; i < count; i++) {
		struct spot item = { .up = spot, .index = i, .field = spot->field };

		item.value = json_array_get(spot->value, i);
		TRY(read_item(r, &item, items + i * item_size));
	}
	put_list(r, count, items, at);
	return 0;
}

static int bind_entries(const struct reader *r, const struct spot *spot, size_t item_size,
			reader_function *read_item, void *at)
{
	char *items, *item;
	const char *key;
	json_t *value;

	if (!json_is_object(spot->value))
		return wrong_type(r, spot, "an object");
	items = item = arena_new(r->arena, json_object_size(spot->value) * item_size);
	json_object_foreach(spot->value, key, value) {
		struct spot entry = { spot, key, 0, true, spot->field, value };
		char *copy = arena_text(r->arena, key);

		memcpy(item, &copy, sizeof(copy));
		TRY(read_item(r, &entry, item));
		item += item_size;
	}
	put_list(r, json_object_size(spot->value), items, at);
	return 0;
}

static int bind_bool(const struct reader *r, const struct spot *spot, struct maybe_bool *at)
{
	if (!json_is_boolean(spot->value))
		return wrong_type(r, spot, "true or false");
	*at = (struct maybe_bool){ true, json_is_true(spot->value) };
	return 0;
}

static int bind_int(const struct reader *r, const struct spot *spot, struct maybe_int *at)
{
	at->is_set = true;
	return read_int(r, spot, &at->value);
}

static int bind_uint(const struct reader *r, const struct spot *spot, struct maybe_uint *at)
{
	at->is_set = true;
	return read_uint(r, spot, &at->value);
}

static int bind_enum(const struct reader *r, const struct spot *spot, struct maybe_enum *at)
{
	at->is_set = true;
	return read_word(r, spot, &at->value);
}

static int bind_object(const struct reader *r, const struct spot *spot, void *at)
{
	void *object = arena_new(r->arena, spot->field->table->size);

	memcpy(at, &object, sizeof(object));
	return read_object(r, spot, object);
}

static int bind_value(const struct reader *r, const struct spot *spot, void *at)
{
	switch (spot->field->type) {
	case JSON_TYPE_BOOL:
		return bind_bool(r, spot, at);
	case JSON_TYPE_INT:
		return bind_int(r, spot, at);
	case JSON_TYPE_UINT:
		return bind_uint(r, spot, at);
	case JSON_TYPE_ENUM:
		return bind_enum(r, spot, at);
	case JSON_TYPE_STRING:
		return read_string(r, spot, at);
	case JSON_TYPE_OBJECT:
		return bind_object(r, spot, at);
	case JSON_TYPE_STRINGS:
		return bind_items(r, spot, sizeof(char *), read_string, at);
	case JSON_TYPE_NUMBERS:
		return bind_items(r, spot, sizeof(uint64_t), read_uint, at);
	case JSON_TYPE_ENUMS:
		return bind_items(r, spot, sizeof(int), read_word, at);
	case JSON_TYPE_LIST:
		return bind_items(r, spot, spot->field->table->size, read_object, at);
	case JSON_TYPE_PAIRS:
		return bind_entries(r, spot, sizeof(struct json_pair), read_pair, at);
	case JSON_TYPE_MAP:
		return bind_entries(r, spot, spot->field->table->size, read_object, at);
	}
	return wrong(r, spot, "has a row of no type");
}

/* --- the text --- */

static bool is_blank(const char *text, size_t size)
{
	while (size && *text && strchr(" \t\r\n", *text))
		text++, size--;
	return size == 0;
}

/* The library quotes a short token that it met, which may be a password. One sign is none. */
static void cut_token(char *io_reason)
{
	static const char near[] = " near '";
	char *found = strstr(io_reason, near);

	if (found && strlen(found) > strlen(near) + strlen("x'"))
		*found = '\0';
}

static int wrong_syntax(const struct reader *r, json_error_t *io_problem, const char *text,
			size_t size)
{
	enum json_error_code code = json_error_code(io_problem);
	const char *reason = io_problem->text;

	/* A name that is there twice is no value. */
	if (code != json_error_duplicate_key)
		cut_token(io_problem->text);
	if (is_blank(text, size))
		reason = "the text is empty";
	else if (code == json_error_null_character || code == json_error_null_byte_in_key)
		reason = "\\u0000 is not allowed";
	/* Column 0 is an end of file right after an end of line. */
	return error_set(r->err, EINVAL, "%s: line %d, column %d: %s", r->name, io_problem->line,
			 io_problem->column ? io_problem->column : 1, json_show(reason).text);
}

/*
 * The library hashes keys with a secret, so that nobody can choose them to collide. It would read
 * it out of /dev/urandom, and does when it is 0; what comes after the first is passed over.
 */
static void seed(void)
{
	size_t secret = 0;

	(void)!getrandom(&secret, sizeof(secret), GRND_NONBLOCK);
	json_object_seed(secret);
}

static json_t *load(const char *text, size_t size, json_error_t *ret_problem)
{
	seed();
	return json_loadb(text, size, JSON_REJECT_DUPLICATES, ret_problem);
}

static int parse(struct reader *io_reader, const char *text, size_t size,
		 struct arena *io_scratch, json_t **ret_root)
{
	json_error_t problem;

	if (size > TEXT_MAX)
		return error_set(io_reader->err, E2BIG, "%s: is larger than 16 MiB",
				 io_reader->name);
	*ret_root = load(text, size, &problem);
	if (!*ret_root && json_error_code(&problem) == json_error_numeric_overflow)
		*ret_root = load(number_hide(text, size, io_scratch, &io_reader->numbers), size,
				 &problem);
	return *ret_root ? 0 : wrong_syntax(io_reader, &problem, text, size);
}

int json_read(const char *name, const char *text, size_t size, const struct json_table *table,
	      struct arena *io_arena, void *ret_object, struct error *err)
{
	autoclean(arena_clear) struct arena scratch = { 0 };
	struct reader r = { .name = name, .arena = io_arena, .err = err };
	json_auto_t *root = NULL;

	memset(ret_object, 0, table->size);
	TRY(parse(&r, text, size, &scratch, &root));
	return read_members(&r, &(struct spot){ .value = root }, table, ret_object);
}

int json_read_member(const char *name, const char *text, size_t size,
		     const struct json_table *table, struct arena *io_arena, void *ret_object,
		     struct error *err)
{
	autoclean(arena_clear) struct arena scratch = { 0 };
	struct reader r = { .name = name, .arena = io_arena, .err = err };
	json_auto_t *root = json_object();
	json_t *value = NULL;

	memset(ret_object, 0, table->size);
	TRY(parse(&r, text, size, &scratch, &value));
	json_object_set_new(root, table->fields[0].key, value);
	return read_members(&r, &(struct spot){ .value = root }, table, ret_object);
}
