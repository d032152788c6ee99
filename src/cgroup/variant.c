// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/variant.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"
#include "cgroup/words.h"

enum { DEPTH_MAX = 16 };

/* Where the reader is in the text. */
struct reader {
	const char *text, *at;
	int depth;
	struct error *err;
};

/* What a value is read into. */
struct value {
	struct text signature, words;
};

static void value_clear(struct value *io_value)
{
	text_clear(&io_value->signature);
	text_clear(&io_value->words);
}

static int wrong(const struct reader *r, const char *what)
{
	return error_set(r->err, EINVAL, "at %zu: %s", (size_t)(r->at - r->text), what);
}

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\n");
}

static bool take(struct reader *r, char mark)
{
	skip_blanks(r);
	if (*r->at != mark)
		return false;
	r->at++;
	return true;
}

/* --- basic types --- */

enum { INT32 = 3 };

static const struct type {
	const char *word;
	char code;
	int64_t min;
	uint64_t max;
} types[] = {
	{ "byte", 'y', 0, UINT8_MAX },
	{ "int16", 'n', INT16_MIN, INT16_MAX },
	{ "uint16", 'q', 0, UINT16_MAX },
	[INT32] = { "int32", 'i', INT32_MIN, INT32_MAX },
	{ "uint32", 'u', 0, UINT32_MAX },
	{ "int64", 'x', INT64_MIN, INT64_MAX },
	{ "uint64", 't', 0, UINT64_MAX },
	{ "double", 'd', 0, 0 },
	{ "boolean", 'b', 0, 0 },
	{ "string", 's', 0, 0 },
	{ "objectpath", 'o', 0, 0 },
	{ "signature", 'g', 0, 0 },
};

static const struct type *find_type(const char *word, size_t size)
{
	for (size_t i = 0; i < countof(types); i++)
		if (strlen(types[i].word) == size && memcmp(types[i].word, word, size) == 0)
			return &types[i];
	return NULL;
}

static const struct type *find_code(char code)
{
	for (size_t i = 0; i < countof(types); i++)
		if (types[i].code == code)
			return &types[i];
	return NULL;
}

/* One character of a string, the reader behind it. */
static int read_character(struct reader *r, char *ret_character)
{
	static const char marks[] = "\\'\"nt", meant[] = "\\'\"\n\t";
	const char *mark;

	*ret_character = *r->at++;
	if (*ret_character != '\\')
		return 0;
	mark = *r->at ? strchr(marks, *r->at) : NULL;
	if (!mark)
		return wrong(r, "this escape is not known");
	*ret_character = meant[mark - marks];
	r->at++;
	return 0;
}

static int read_quoted(struct reader *r, struct text *io_string)
{
	char quote = *r->at, character;

	if (quote != '\'' && quote != '"')
		return wrong(r, "a string in quotes is missing");
	r->at++;
	while (*r->at != quote) {
		if (!*r->at)
			return wrong(r, "the end of the string is missing");
		TRY(read_character(r, &character));
		text_add_bytes(io_string, &character, 1);
	}
	r->at++;
	return 0;
}

static int read_string(struct reader *r, char code, struct value *io_value)
{
	autotext struct text string = { 0 };

	TRY(read_quoted(r, &string));
	text_add(&io_value->signature, "%c", code);
	cgroup_words_add(&io_value->words, text_get(&string));
	return 0;
}

/* systemd takes paths and commands as bytes: with the 0 that ends them. */
static int read_bytes(struct reader *r, struct value *io_value)
{
	autotext struct text string = { 0 };

	r->at++;
	TRY(read_quoted(r, &string));
	text_add(&io_value->signature, "ay");
	cgroup_words_format(&io_value->words, "%zu", string.size + 1);
	for (size_t i = 0; i < string.size; i++)
		cgroup_words_format(&io_value->words, "%d", (unsigned char)string.data[i]);
	cgroup_words_add(&io_value->words, "0");
	return 0;
}

static int read_double(struct reader *r, struct value *io_value)
{
	char *end;
	double number = strtod(r->at, &end);

	if (end == r->at || !isfinite(number))
		return wrong(r, "a number is missing");
	r->at = end;
	text_add(&io_value->signature, "d");
	cgroup_words_format(&io_value->words, "%.17g", number);
	return 0;
}

static int read_integer(struct reader *r, const struct type *type, struct value *io_value)
{
	bool is_negative = *r->at == '-';
	const char *digits = r->at + is_negative;
	unsigned long long size;
	char *end;

	if (!isdigit((unsigned char)*digits))
		return wrong(r, "a number is missing");
	errno = 0;
	size = strtoull(digits, &end, 0);
	if (errno || (!is_negative && size > type->max) ||
	    (is_negative && size > (uint64_t)-(type->min + 1) + 1) || (is_negative && !type->min))
		return wrong(r, "the number is out of the range of its type");
	r->at = end;
	text_add(&io_value->signature, "%c", type->code);
	cgroup_words_format(&io_value->words, "%s%llu", is_negative ? "-" : "", size);
	return 0;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t size = strlen(word);

	if (strncmp(r->at, word, size) != 0 || isalnum((unsigned char)r->at[size]))
		return false;
	r->at += size;
	return true;
}

static int read_boolean(struct reader *r, struct value *io_value)
{
	bool is_true = take_word(r, "true");

	if (!is_true && !take_word(r, "false"))
		return wrong(r, "true or false is missing");
	text_add(&io_value->signature, "b");
	cgroup_words_add(&io_value->words, is_true ? "1" : "0");
	return 0;
}

static int read_typed(struct reader *r, const struct type *type, struct value *io_value)
{
	skip_blanks(r);
	if (strchr("sog", type->code))
		return read_string(r, type->code, io_value);
	if (type->code == 'b')
		return read_boolean(r, io_value);
	return type->code == 'd' ? read_double(r, io_value) : read_integer(r, type, io_value);
}

/* An int32, unless it has a point or an exponent. */
static int read_number(struct reader *r, struct value *io_value)
{
	size_t size = strspn(r->at, "+-0123456789.eE");
	bool is_hex = strncmp(r->at + (*r->at == '-'), "0x", 2) == 0;

	for (size_t i = 0; i < size && !is_hex; i++)
		if (strchr(".eE", r->at[i]))
			return read_double(r, io_value);
	return read_integer(r, &types[INT32], io_value);
}

/* --- containers --- */

static int read_value(struct reader *r, struct value *io_value);

/* @empty: the signature of an array without elements; NULL when nobody said it. */
static int read_array(struct reader *r, const char *empty, struct value *io_value)
{
	autoclean(value_clear) struct value elements = { 0 };
	autofree char *first = NULL;
	size_t count = 0;

	for (r->at++; !take(r, ']'); count++) {
		if (count && !take(r, ','))
			return wrong(r, "\",\" or \"]\" is missing");
		text_clear(&elements.signature);
		TRY(read_value(r, &elements));
		if (!first)
			first = mem_text(text_get(&elements.signature));
		if (strcmp(first, text_get(&elements.signature)) != 0)
			return wrong(r, "the elements of an array are of one type");
	}
	if (!count && !empty)
		return wrong(r, "an empty array says its type, as \"@as []\"");
	text_add(&io_value->signature, "%s%s", count ? "a" : "", count ? first : empty);
	cgroup_words_format(&io_value->words, "%zu", count);
	text_add(&io_value->words, "%s", text_get(&elements.words));
	return 0;
}

static int read_structure(struct reader *r, struct value *io_value)
{
	size_t count = 0;

	text_add(&io_value->signature, "(");
	for (r->at++; !take(r, ')'); count++) {
		if (count && !take(r, ','))
			return wrong(r, "\",\" or \")\" is missing");
		if (count == 1 && take(r, ')'))
			break;
		TRY(read_value(r, io_value));
	}
	if (!count)
		return wrong(r, "a structure without members");
	text_add(&io_value->signature, ")");
	return 0;
}

/* "@as []", "@t 5": the type first. */
static int read_annotated(struct reader *r, struct value *io_value)
{
	size_t size = strcspn(++r->at, " \t\n"), before = io_value->signature.size;
	autofree char *signature = mem_format("%.*s", (int)size, r->at);
	const struct type *type = size == 1 ? find_code(*signature) : NULL;

	r->at += size;
	skip_blanks(r);
	if (type)
		return read_typed(r, type, io_value);
	if (*r->at == '[' && *signature == 'a' && size > 1)
		TRY(read_array(r, signature, io_value));
	else
		TRY(read_value(r, io_value));
	if (strcmp(io_value->signature.data + before, signature) != 0)
		return wrong(r, "the value is not of the type that was said");
	return 0;
}

static int read_nested(struct reader *r, struct value *io_value)
{
	int result;

	if (++r->depth > DEPTH_MAX)
		return wrong(r, "too many brackets");
	if (*r->at == '@')
		result = read_annotated(r, io_value);
	else
		result = *r->at == '[' ? read_array(r, NULL, io_value)
				       : read_structure(r, io_value);
	r->depth--;
	return result;
}

static int read_value(struct reader *r, struct value *io_value)
{
	const struct type *type;
	size_t size;

	skip_blanks(r);
	if (*r->at && strchr("[(@", *r->at))
		return read_nested(r, io_value);
	if (*r->at == '\'' || *r->at == '"')
		return read_string(r, 's', io_value);
	if (*r->at == 'b' && (r->at[1] == '\'' || r->at[1] == '"'))
		return read_bytes(r, io_value);
	if (isdigit((unsigned char)*r->at) || *r->at == '-')
		return read_number(r, io_value);
	size = strspn(r->at, "abcdefghijklmnopqrstuvwxyz0123456789");
	type = find_type(r->at, size);
	if (!type)
		return read_boolean(r, io_value) < 0 ? wrong(r, "this is no value") : 0;
	r->at += size;
	return read_typed(r, type, io_value);
}

int cgroup_variant_parse(const char *text, struct text *io_signature, struct text *io_words,
			 struct error *err)
{
	autoclean(value_clear) struct value value = { 0 };
	struct reader r = { .text = text, .at = text, .err = err };

	TRY(read_value(&r, &value));
	skip_blanks(&r);
	if (*r.at)
		return wrong(&r, "more follows behind the value");
	text_add(io_signature, "%s", text_get(&value.signature));
	text_add(io_words, "%s", text_get(&value.words));
	return 0;
}
