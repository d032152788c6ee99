// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json/bind.h"

enum colour { RED = 1, GREEN, BLUE };

static const struct json_word colours[] = {
	{ "red", RED }, { "green", GREEN }, { "blue", BLUE }, { NULL, 0 },
};

static const struct json_word many_words[] = {
	{ "a", 1 }, { "b", 2 }, { "c", 3 }, { "d", 4 }, { "e", 5 },
	{ "f", 6 }, { "g", 7 }, { "h", 8 }, { "i", 9 }, { NULL, 0 },
};

struct point {
	struct maybe_int x, y;
};

struct points {
	size_t count;
	struct point *item;
};

struct named_point {
	char *key;
	struct maybe_int x;
};

struct named_points {
	size_t count;
	struct named_point *item;
};

struct thing {
	struct maybe_bool flag;
	struct maybe_int number, small;
	struct maybe_uint size, byte;
	struct maybe_enum colour, letter;
	char *name, *nick;
	struct point *point;
	struct json_strings *words;
	struct json_numbers *bytes;
	struct json_enums *colours;
	struct points *points;
	struct json_pairs *pairs;
	struct named_points *map;
};

static const struct json_field point_fields[] = {
	JSON_FIELD_INT(struct point, x, "x", .is_required = true),
	JSON_FIELD_INT(struct point, y, "y"),
};
static const struct json_table point_table = JSON_TABLE(struct point, point_fields);

static const struct json_field named_point_fields[] = {
	JSON_FIELD_INT(struct named_point, x, "x"),
};
static const struct json_table named_point_table =
	JSON_TABLE(struct named_point, named_point_fields);

static const struct json_field thing_fields[] = {
	JSON_FIELD_BOOL(struct thing, flag, "flag"),
	JSON_FIELD_INT(struct thing, number, "number"),
	JSON_FIELD_INT(struct thing, small, "small", .minimum = -3, .maximum = 5),
	JSON_FIELD_UINT(struct thing, size, "size"),
	JSON_FIELD_UINT(struct thing, byte, "byte", .umaximum = 255),
	JSON_FIELD_ENUM(struct thing, colour, "colour", colours),
	JSON_FIELD_ENUM(struct thing, letter, "letter", many_words),
	JSON_FIELD_STRING(struct thing, name, "name"),
	JSON_FIELD_STRING(struct thing, nick, "nick", .empty_is_absent = true),
	JSON_FIELD_OBJECT(struct thing, point, "point", point_table),
	JSON_FIELD_STRINGS(struct thing, words, "words"),
	JSON_FIELD_NUMBERS(struct thing, bytes, "bytes", .umaximum = 255),
	JSON_FIELD_ENUMS(struct thing, colours, "colours", colours),
	JSON_FIELD_LIST(struct thing, points, "points", point_table),
	JSON_FIELD_PAIRS(struct thing, pairs, "pairs"),
	JSON_FIELD_MAP(struct thing, map, "map", named_point_table),
};
static const struct json_table thing_table = JSON_TABLE(struct thing, thing_fields);

/* The text lies at the end of a block of its own size, so that a read beyond it is seen. */
static int read_bytes(const char *text, size_t size, struct arena *io_arena,
		      struct thing *ret_thing, struct error *err)
{
	autofree char *copy = malloc(size ? size : 1);

	memcpy(copy, text, size);
	return json_read("t", copy, size, &thing_table, io_arena, ret_thing, err);
}

static int read_thing(const char *text, struct arena *io_arena, struct thing *ret_thing,
		      struct error *err)
{
	return read_bytes(text, strlen(text), io_arena, ret_thing, err);
}

TEST(every_type_is_read)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	CHECK_OK(read_thing("{\"flag\": false, \"number\": -7, \"small\": 5, \"size\": 9,"
			    "\"byte\": 255, \"colour\": \"green\", \"name\": \"\\u00e4\","
			    "\"point\": {\"x\": 1, \"y\": 2}, \"words\": [\"a\", \"\"],"
			    "\"bytes\": [1, 255], \"colours\": [\"blue\", \"red\"],"
			    "\"points\": [{\"x\": 3}, {\"x\": 4, \"y\": 5}],"
			    "\"pairs\": {\"z\": \"1\", \"a\": \"2\"},"
			    "\"map\": {\"p\": {\"x\": 6}, \"o\": {}}}",
			    &arena, &t, &err), err);
	CHECK_TRUE(t.flag.is_set && !t.flag.value);
	CHECK_TRUE(t.number.is_set && t.number.value == -7);
	CHECK_INT(t.small.value, 5);
	CHECK_TRUE(t.size.is_set && t.size.value == 9);
	CHECK_INT(t.byte.value, 255);
	CHECK_TRUE(t.colour.is_set && t.colour.value == GREEN);
	CHECK_STR(t.name, "\xc3\xa4");
	CHECK_INT(t.point->x.value, 1);
	CHECK_INT(t.point->y.value, 2);
	CHECK_INT(t.words->count, 2);
	CHECK_STR(t.words->item[0], "a");
	CHECK_STR(t.words->item[1], "");
	CHECK_TRUE(t.words->item[2] == NULL);
	CHECK_INT(t.bytes->count, 2);
	CHECK_INT(t.bytes->item[1], 255);
	CHECK_INT(t.colours->count, 2);
	CHECK_INT(t.colours->item[0], BLUE);
	CHECK_INT(t.colours->item[1], RED);
	CHECK_INT(t.points->count, 2);
	CHECK_TRUE(!t.points->item[0].y.is_set);
	CHECK_INT(t.points->item[1].y.value, 5);
	CHECK_INT(t.pairs->count, 2);
	CHECK_STR(t.pairs->item[0].key, "z");
	CHECK_STR(t.pairs->item[1].value, "2");
	CHECK_INT(t.map->count, 2);
	CHECK_STR(t.map->item[0].key, "p");
	CHECK_INT(t.map->item[0].x.value, 6);
	CHECK_STR(t.map->item[1].key, "o");
}

TEST(absence_and_null_leave_zeros)
{
	static const struct thing zero;
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	CHECK_OK(read_thing("{\"flag\": null, \"size\": null, \"words\": null, \"point\": null,"
			    "\"name\": null, \"nick\": \"\", \"other\": [1.5, {}]}",
			    &arena, &t, &err), err);
	CHECK_INT(memcmp(&t, &zero, sizeof(t)), 0);
	CHECK_OK(read_thing(" {} \n", &arena, &t, &err), err);
	CHECK_INT(memcmp(&t, &zero, sizeof(t)), 0);
}

TEST(empty_differs_from_absent)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	CHECK_OK(read_thing("{\"name\": \"\", \"words\": [], \"points\": [], \"pairs\": {}, "
			    "\"map\": {}, \"bytes\": []}", &arena, &t, &err), err);
	CHECK_STR(t.name, "");
	CHECK_TRUE(t.words && t.words->count == 0 && t.words->item[0] == NULL);
	CHECK_TRUE(t.points && t.points->count == 0);
	CHECK_TRUE(t.pairs && t.pairs->count == 0);
	CHECK_TRUE(t.map && t.map->count == 0);
	CHECK_TRUE(t.bytes && t.bytes->count == 0);
}

TEST(integers_keep_64_bits)
{
	static const struct {
		const char *text;
		int64_t number;
		uint64_t size;
	} rows[] = {
		{ "{\"number\": 9223372036854775807, \"size\": 9223372036854775807}", INT64_MAX,
		  INT64_MAX },
		{ "{\"number\": -9223372036854775808, \"size\": 9223372036854775808}", INT64_MIN,
		  UINT64_C(9223372036854775808) },
		{ "{\"size\": 18446744073709551615, \"number\": 9007199254740993}",
		  INT64_C(9007199254740993), UINT64_MAX },
		{ "{\"size\": 9999999999999999999, \"number\": 999999999999999999}",
		  INT64_C(999999999999999999), UINT64_C(9999999999999999999) },
		{ "{\"size\": 18446744073709551615, \"number\": 9223372036854775807}", INT64_MAX,
		  UINT64_MAX },
		{ "{\"size\": 18446744073709551615, \"number\": -9223372036854775808}", INT64_MIN,
		  UINT64_MAX },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoclean(arena_clear) struct arena arena = { 0 };
		struct thing t;
		struct error err;

		CHECK_OK(read_thing(rows[i].text, &arena, &t, &err), err);
		CHECK_TRUE(t.number.value == rows[i].number);
		CHECK_TRUE(t.size.value == rows[i].size);
	}
}

TEST(large_numbers_in_strings_stay_strings)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	CHECK_OK(read_thing("{\"name\": \"\\\"99999999999999999999\\\\\", "
			    "\"nick\": \"1.5 99999999999999999999\", \"x\": 1.25e2, "
			    "\"size\": 18446744073709551615}", &arena, &t, &err), err);
	CHECK_STR(t.name, "\"99999999999999999999\\");
	CHECK_STR(t.nick, "1.5 99999999999999999999");
	CHECK_TRUE(t.size.value == UINT64_MAX);
}

TEST(wrong_values_are_named_with_their_place)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "{\"flag\": 1}", "flag: true or false is wanted, not a number" },
		{ "{\"flag\": \"true\"}", "flag: true or false is wanted, not a string" },
		{ "{\"number\": \"1\"}", "number: a number is wanted, not a string" },
		{ "{\"number\": true}", "number: a number is wanted, not true" },
		{ "{\"number\": [1]}", "number: a number is wanted, not a list" },
		{ "{\"number\": 1.5}", "number: a whole number is wanted" },
		{ "{\"number\": 5.0}", "number: a whole number is wanted" },
		{ "{\"size\": 1e3}", "size: a whole number is wanted" },
		{ "{\"size\": 1e3, \"name\": \"\", \"x\": 99999999999999999999}",
		  "size: a whole number is wanted" },
		{ "{\"size\": 1e400}", "size: a whole number is wanted" },
		{ "{\"size\": 2.5, \"x\": [99999999999999999999, 99999999999999999999]}",
		  "size: a whole number is wanted" },
		{ "{\"small\": 6}", "small: 6 is not within -3..5" },
		{ "{\"small\": -4}", "small: -4 is not within -3..5" },
		{ "{\"small\": 99999999999999999999}",
		  "small: 99999999999999999999 is not within -3..5" },
		{ "{\"number\": 9223372036854775808}",
		  "number: 9223372036854775808 is not within "
		  "-9223372036854775808..9223372036854775807" },
		{ "{\"number\": -9223372036854775809}",
		  "number: -9223372036854775809 is not within "
		  "-9223372036854775808..9223372036854775807" },
		{ "{\"size\": -1}", "size: -1 is not within 0..18446744073709551615" },
		{ "{\"size\": 18446744073709551616}",
		  "size: 18446744073709551616 is not within 0..18446744073709551615" },
		{ "{\"size\": -18446744073709551615}",
		  "size: -18446744073709551615 is not within 0..18446744073709551615" },
		{ "{\"byte\": 256}", "byte: 256 is not within 0..255" },
		{ "{\"byte\": 18446744073709551615}",
		  "byte: 18446744073709551615 is not within 0..255" },
		{ "{\"colour\": \"pink\"}", "colour: \"pink\" is not one of red, green, blue" },
		{ "{\"colour\": \"\"}", "colour: \"\" is not one of red, green, blue" },
		{ "{\"colour\": \"Red\"}", "colour: \"Red\" is not one of red, green, blue" },
		{ "{\"colour\": \"a\\nb\"}", "colour: \"a?b\" is not one of red, green, blue" },
		{ "{\"letter\": \"z\"}",
		  "letter: \"z\" is not one of a, b, c, d, e, f, g, h, ..." },
		{ "{\"colour\": 1}", "colour: a string is wanted, not a number" },
		{ "{\"name\": 99999999999999999999}", "name: a string is wanted, not a number" },
		{ "{\"name\": {}}", "name: a string is wanted, not an object" },
		{ "{\"name\": false}", "name: a string is wanted, not false" },
		{ "{\"point\": []}", "point: an object is wanted, not a list" },
		{ "{\"point\": {}}", "point.x: is missing" },
		{ "{\"point\": {\"x\": null}}", "point.x: is missing" },
		{ "{\"point\": {\"x\": 1, \"y\": \"2\"}}",
		  "point.y: a number is wanted, not a string" },
		{ "{\"words\": \"a\"}", "words: a list is wanted, not a string" },
		{ "{\"words\": [\"a\", 2]}", "words[1]: a string is wanted, not a number" },
		{ "{\"words\": [null]}", "words[0]: a string is wanted, not null" },
		{ "{\"bytes\": [0, 1, 256]}", "bytes[2]: 256 is not within 0..255" },
		{ "{\"colours\": [\"red\", \"x\"]}",
		  "colours[1]: \"x\" is not one of red, green, blue" },
		{ "{\"points\": [{\"x\": 1}, 5]}", "points[1]: an object is wanted, not a number" },
		{ "{\"points\": [{\"x\": 1}, {\"x\": []}]}",
		  "points[1].x: a number is wanted, not a list" },
		{ "{\"points\": {}}", "points: a list is wanted, not an object" },
		{ "{\"pairs\": []}", "pairs: an object is wanted, not a list" },
		{ "{\"pairs\": {\"a.b\": 1}}", "pairs[\"a.b\"]: a string is wanted, not a number" },
		{ "{\"pairs\": {\"a\": null}}", "pairs[\"a\"]: a string is wanted, not null" },
		{ "{\"map\": {\"k\": {\"x\": true}}}",
		  "map[\"k\"].x: a number is wanted, not true" },
		{ "{\"map\": {\"k\": 0}}", "map[\"k\"]: an object is wanted, not a number" },
		{ "[]", "an object is wanted, not a list" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoclean(arena_clear) struct arena arena = { 0 };
		struct thing t;
		struct error err;

		CHECK_INT(read_thing(rows[i].text, &arena, &t, &err), -EINVAL);
		CHECK_TRUE(text_begins(err.text, "t: "));
		CHECK_STR(err.text + 3, rows[i].expected);
	}
}

TEST(wrong_syntax_is_named_with_line_and_column)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{ "", "line 1, column 1: the text is empty" },
		{ " \t\r\n ", "line 2, column 1: the text is empty" },
		{ "{\n\"flag\": tru\n}", "line 2, column 11: invalid token" },
		{ "{\"a\" 1}", "line 1, column 6: ':' expected near '1'" },
		{ "{\"a\": 1,}", "line 1, column 9: string or '}' expected near '}'" },
		{ "{\"a\": [1,]}", "line 1, column 10: unexpected token near ']'" },
		{ "{\"a\": 01}", "line 1, column 7: invalid token near '0'" },
		{ "{\"a\": 1", "line 1, column 7: '}' expected near end of file" },
		{ "{\"a\": 1\n", "line 2, column 1: '}' expected near end of file" },
		{ "{} x", "line 1, column 4: end of file expected near 'x'" },
		{ "{}{}", "line 1, column 3: end of file expected near '{'" },
		{ "{'a': 1}", "line 1, column 2: string or '}' expected near '''" },
		{ "{\"a\": \"\\u0000\"}", "line 1, column 14: \\u0000 is not allowed" },
		{ "{\"a\\u0000\": 1}", "line 1, column 10: \\u0000 is not allowed" },
		{ "{\"a\": 1, \"a\": 2}", "line 1, column 12: duplicate object key near '\"a\"'" },
		{ "{\"x\": {\"a\": 1, \"a\": 2}}",
		  "line 1, column 18: duplicate object key near '\"a\"'" },
		{ "{\"a\": \"x\ny\"}", "line 1, column 8: unexpected newline" },
		{ "{\"a\": \"\xff\"}", "line 1, column 7: unable to decode byte 0xff near '\"'" },
		{ "{\"a\": \"\xc0\x80\"}", "line 1, column 7: unable to decode byte 0xc0 near '\"'" },
		{ "{\"a\": \"\\ud800\"}",
		  "line 1, column 14: invalid Unicode '\\uD800'" },
		{ "5", "line 1, column 1: '[' or '{' expected near '5'" },
		{ "{\"\xc3\xa4\": x}", "line 1, column 7: invalid token near 'x'" },
		/* What stands in for a large number takes the same room. */
		{ "{\"size\": 18446744073709551615, \"b\" 1}",
		  "line 1, column 36: ':' expected near '1'" },
		{ "{\"size\": 18446744073709551615,\n \"b\": -99999999999999999999, \"x\": y}",
		  "line 2, column 35: invalid token near 'y'" },
		/* Nothing longer than a sign is quoted: it may be a password. */
		{ "{\"a\": [\"A=hunter2\" 1]}", "line 1, column 20: ']' expected near '1'" },
		{ "{\"a\": [1 \"A=hunter2\"]}", "line 1, column 20: ']' expected" },
		{ "{\"size\": 99999999999999999999-}",
		  "line 1, column 29: too big integer" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoclean(arena_clear) struct arena arena = { 0 };
		struct thing t;
		struct error err;

		CHECK_INT(read_thing(rows[i].text, &arena, &t, &err), -EINVAL);
		CHECK_TRUE(text_begins(err.text, "t: "));
		CHECK_STR(err.text + 3, rows[i].expected);
	}
}

TEST(a_zero_byte_is_no_text)
{
	static const char text[] = "{\"flag\": true}\0{\"a\": \0}";
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	CHECK_INT(read_bytes(text, sizeof(text) - 1, &arena, &t, &err), -EINVAL);
	CHECK_INT(read_bytes("\0", 1, &arena, &t, &err), -EINVAL);
}

TEST(depth_is_bounded)
{
	enum { LEVELS = 100000 };
	autoclean(arena_clear) struct arena arena = { 0 };
	autofree char *text = malloc(LEVELS);
	struct thing t;
	struct error err;

	memset(text, '[', LEVELS);
	CHECK_ERROR(read_bytes(text, LEVELS, &arena, &t, &err), err, EINVAL,
		    "t: line 1, column 2049: maximum parsing depth reached near '['");
}

TEST(more_than_16_MiB_are_refused)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct thing t;
	struct error err;

	/* The size alone decides; the text is not looked at. */
	CHECK_ERROR(json_read("t", "{}", (16 << 20) + 1, &thing_table, &arena, &t, &err), err,
		    E2BIG, "t: is larger than 16 MiB");
}

TEST(errors_stay_one_line_whatever_the_text)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autotext struct text text = { 0 };
	struct thing t;
	struct error err;

	text_add(&text, "{\"pairs\": {\"");
	for (int i = 0; i < 3000; i++)
		text_add(&text, "\\n\xc3\xa4");
	text_add(&text, "\": 1}}");
	CHECK_INT(read_thing(text.data, &arena, &t, &err), -EINVAL);
	CHECK_TRUE(!strchr(err.text, '\n'));
	CHECK_TRUE(strlen(err.text) < 200);
}
