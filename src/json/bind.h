// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bind - JSON text to typed structs and back, by one table for both directions
 *
 * A struct json_table lists the members of one JSON object: key, type, and where the
 * value lies in the C struct. json_read fills a struct from text by walking the tables,
 * json_write makes text from a struct by walking the same ones. No JSON library type
 * leaves this room.
 *
 * Absence is not zero. A scalar is one of the struct maybe_... below; a string, a
 * nested object, a list and a map are pointers, NULL when absent, so that an empty list
 * differs from none.
 *
 * Errors name the place: "config.json: linux.resources.pids.limit: a number is wanted,
 * not a string"; list items as "mounts[3].type". Syntax errors give "config.json: line 7,
 * column 12: ..."; the keys of a map as "sysctl["net.core.somaxconn"]". A member that is null
 * is taken as absent. Unknown members are passed over.
 */
#ifndef HUSK_JSON_BIND_H
#define HUSK_JSON_BIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

struct maybe_bool {
	bool is_set, value;
};

struct maybe_int {
	bool is_set;
	int64_t value;
};

struct maybe_uint {
	bool is_set;
	uint64_t value;
};

/* The value is an int of the field's word list. */
struct maybe_enum {
	bool is_set;
	int value;
};

/* A list of strings; item[count] is NULL, so that it can be an argv. */
struct json_strings {
	size_t count;
	char **item;
};

struct json_numbers {
	size_t count;
	uint64_t *item;
};

struct json_enums {
	size_t count;
	int *item;
};

/* A list of objects; item points to @count structs of the field's table. */
struct json_list {
	size_t count;
	void *item;
};

/* A map from string to string, in the order of the text. */
struct json_pair {
	char *key, *value;
};

struct json_pairs {
	size_t count;
	struct json_pair *item;
};

/* A map from string to object: item points to @count structs whose FIRST member is char *key. */
struct json_map {
	size_t count;
	void *item;
};

enum json_type {
	JSON_TYPE_BOOL,	   /* struct maybe_bool */
	JSON_TYPE_INT,	   /* struct maybe_int, within minimum..maximum */
	JSON_TYPE_UINT,	   /* struct maybe_uint, within 0..umaximum */
	JSON_TYPE_ENUM,	   /* struct maybe_enum, a string of .words */
	JSON_TYPE_STRING,  /* char * */
	JSON_TYPE_OBJECT,  /* struct X *, by .table */
	JSON_TYPE_STRINGS, /* struct json_strings * */
	JSON_TYPE_NUMBERS, /* struct json_numbers *, each within 0..umaximum */
	JSON_TYPE_ENUMS,   /* struct json_enums *, strings of .words */
	JSON_TYPE_LIST,	   /* struct json_list *, objects of .table */
	JSON_TYPE_PAIRS,   /* struct json_pairs * */
	JSON_TYPE_MAP,	   /* struct json_map *, objects of .table */
};

/* The words of an enum; the last row has word NULL. */
struct json_word {
	const char *word;
	int value;
};

struct json_field {
	const char *key;
	size_t offset;
	enum json_type type;
	bool is_required;
	bool empty_is_absent;	  /* a string "" counts as none, as the Go engines mean it */
	int64_t minimum, maximum; /* both 0: the whole range of int64 */
	uint64_t umaximum;	  /* 0: the whole range of uint64 */
	const struct json_word *words;
	const struct json_table *table;
};

struct json_table {
	size_t size; /* of the C struct */
	size_t count;
	const struct json_field *fields;
};

#define JSON_TABLE(type, rows) { sizeof(type), countof(rows), rows }

/*
 * Rows for a table, the C type of the member checked by the compiler:
 *
 *	JSON_FIELD_UINT(struct spec_user, umask, "umask", .umaximum = 0777),
 *
 * What the type allows beyond key and place follows as designators; _OBJECT, _LIST and
 * _MAP take the table of their objects, _ENUM and _ENUMS their words, before that.
 */
#define JSON_FIELD_BOOL(owner, member, word, ...) \
	JSON_ROW(owner, member, struct maybe_bool, word, JSON_TYPE_BOOL, __VA_ARGS__)
#define JSON_FIELD_INT(owner, member, word, ...) \
	JSON_ROW(owner, member, struct maybe_int, word, JSON_TYPE_INT, __VA_ARGS__)
#define JSON_FIELD_UINT(owner, member, word, ...) \
	JSON_ROW(owner, member, struct maybe_uint, word, JSON_TYPE_UINT, __VA_ARGS__)
#define JSON_FIELD_ENUM(owner, member, word, list, ...) \
	JSON_ROW(owner, member, struct maybe_enum, word, JSON_TYPE_ENUM, \
		 .words = list, __VA_ARGS__)
#define JSON_FIELD_STRING(owner, member, word, ...) \
	JSON_ROW(owner, member, char *, word, JSON_TYPE_STRING, __VA_ARGS__)
#define JSON_FIELD_STRINGS(owner, member, word, ...) \
	JSON_ROW(owner, member, struct json_strings *, word, JSON_TYPE_STRINGS, __VA_ARGS__)
#define JSON_FIELD_NUMBERS(owner, member, word, ...) \
	JSON_ROW(owner, member, struct json_numbers *, word, JSON_TYPE_NUMBERS, __VA_ARGS__)
#define JSON_FIELD_ENUMS(owner, member, word, list, ...) \
	JSON_ROW(owner, member, struct json_enums *, word, JSON_TYPE_ENUMS, \
		 .words = list, __VA_ARGS__)
#define JSON_FIELD_PAIRS(owner, member, word, ...) \
	JSON_ROW(owner, member, struct json_pairs *, word, JSON_TYPE_PAIRS, __VA_ARGS__)
#define JSON_FIELD_OBJECT(owner, member, word, of, ...) \
	JSON_NEST(owner, member, word, JSON_TYPE_OBJECT, of, __VA_ARGS__)
#define JSON_FIELD_LIST(owner, member, word, of, ...) \
	JSON_NEST(owner, member, word, JSON_TYPE_LIST, of, __VA_ARGS__)
#define JSON_FIELD_MAP(owner, member, word, of, ...) \
	JSON_NEST(owner, member, word, JSON_TYPE_MAP, of, __VA_ARGS__)

#define JSON_ROW(owner, member, c_type, word, kind, ...)                              \
	{ .key = word, .type = kind,                                                  \
	  .offset = offsetof(owner, member) + JSON_MUST_BE(owner, member, c_type),    \
	  __VA_ARGS__ }

#define JSON_NEST(owner, member, word, kind, of, ...)                            \
	{ .key = word, .type = kind, .offset = offsetof(owner, member), .table = &(of), \
	  __VA_ARGS__ }

/* 0, or no compilation. */
#define JSON_MUST_BE(owner, member, c_type)                                               \
	(0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((owner *)0)->member), c_type) \
				 ? 1 : -1]))

/**
 * json_read - one JSON object as a struct
 *
 * @name:  what the text is, for errors ("config.json").
 * @arena: owns all that *@ret_object points to.
 * @ret_object: a struct of @table->size bytes, zeroed where the text has nothing.
 *
 * Numbers keep 64 bits, unsigned ones too, and are whole: 5.0 and 1e3 are refused. So are a
 * key that stands twice in one object, \u0000, bytes that are no UTF-8, more than 2048 levels.
 *
 * Returns 0; -EINVAL for bad text, a wrong type, an unknown word, a missing required member, a
 * number out of range; -E2BIG over 16 MiB. On failure *@ret_object is not to be looked at.
 */
MUST_USE int json_read(const char *name, const char *text, size_t size,
		       const struct json_table *table, struct arena *io_arena, void *ret_object,
		       struct error *err);

/* The same for a text that is the value of @table's only member. Errors name the member. */
MUST_USE int json_read_member(const char *name, const char *text, size_t size,
			      const struct json_table *table, struct arena *io_arena,
			      void *ret_object, struct error *err);

enum json_style {
	JSON_COMPACT,  /* one line, no blanks */
	JSON_INDENTED, /* as people read it: one tab a level */
};

/*
 * Writes what is set, in the table's order; "/" is not escaped. No end of line. The result is
 * always JSON: bytes that are no UTF-8 become U+FFFD; an enum whose value no word has is left
 * out. Of several words for one value the first in the list is written.
 */
void json_write(const struct json_table *table, const void *object, enum json_style style,
		struct text *io_text);

/**
 * json_merge - what @over has replaces what @io_object has; what it has not stays
 *
 * Objects are merged member by member, everything else is replaced as a whole. Pointers into
 * @over are taken over: it must outlive @io_object.
 */
void json_merge(const struct json_table *table, const void *over, void *io_object);

/* Text from outside, fit to be quoted in an error: one line, at most 64 bytes of it. */
struct json_shown {
	char text[72];
};
struct json_shown json_show(const char *text);

#endif
