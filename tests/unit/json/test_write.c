// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "json/bind.h"

static const struct json_word words[] = { { "new", 1 }, { "old", 1 }, { "two", 2 }, { NULL, 0 } };

struct pair {
	char *key;
	struct maybe_int x;
};

struct pairs {
	size_t count;
	struct pair *item;
};

struct thing {
	struct maybe_bool flag;
	struct maybe_int number;
	struct maybe_uint size;
	struct maybe_enum word;
	char *name;
	struct pair *one;
	struct json_strings *strings;
	struct json_numbers *numbers;
	struct json_enums *enums;
	struct pairs *list;
	struct json_pairs *texts;
	struct pairs *map;
};

static const struct json_field pair_fields[] = { JSON_FIELD_INT(struct pair, x, "x") };
static const struct json_table pair_table = JSON_TABLE(struct pair, pair_fields);

static const struct json_field thing_fields[] = {
	JSON_FIELD_BOOL(struct thing, flag, "flag"),
	JSON_FIELD_INT(struct thing, number, "number"),
	JSON_FIELD_UINT(struct thing, size, "size"),
	JSON_FIELD_ENUM(struct thing, word, "word", words),
	JSON_FIELD_STRING(struct thing, name, "name"),
	JSON_FIELD_OBJECT(struct thing, one, "one", pair_table),
	JSON_FIELD_STRINGS(struct thing, strings, "strings"),
	JSON_FIELD_NUMBERS(struct thing, numbers, "numbers"),
	JSON_FIELD_ENUMS(struct thing, enums, "enums", words),
	JSON_FIELD_LIST(struct thing, list, "list", pair_table),
	JSON_FIELD_PAIRS(struct thing, texts, "texts"),
	JSON_FIELD_MAP(struct thing, map, "map", pair_table),
};
static const struct json_table thing_table = JSON_TABLE(struct thing, thing_fields);

/* A thing with every member set. */
static const struct thing full = {
	.flag = { true, false },
	.number = { true, INT64_MIN },
	.size = { true, UINT64_MAX },
	.word = { true, 1 },
	.name = (char *)"a/b\"",
	.one = &(struct pair){ NULL, { true, -1 } },
	.strings = &(struct json_strings){ 2, (char *[]){ (char *)"x", (char *)"", NULL } },
	.numbers = &(struct json_numbers){ 2, (uint64_t[]){ 0, UINT64_MAX } },
	.enums = &(struct json_enums){ 3, (int[]){ 2, 9, 1 } },
	.list = &(struct pairs){ 2, (struct pair[]){ { NULL, { true, 1 } }, { 0 } } },
	.texts = &(struct json_pairs){ 1, &(struct json_pair){ (char *)"k\n", (char *)"v" } },
	.map = &(struct pairs){ 2, (struct pair[]){ { (char *)"b", { true, 2 } },
						    { (char *)"a", { 0 } } } },
};

/* H-13 */
TEST(every_type_is_written_in_one_line)
{
	autotext struct text text = { 0 };

	json_write(&thing_table, &full, JSON_COMPACT, &text);
	CHECK_STR(text_get(&text),
		  "{\"flag\":false,\"number\":-9223372036854775808,\"size\":18446744073709551615,"
		  "\"word\":\"new\",\"name\":\"a/b\\\"\",\"one\":{\"x\":-1},"
		  "\"strings\":[\"x\",\"\"],\"numbers\":[0,18446744073709551615],"
		  "\"enums\":[\"two\",\"new\"],\"list\":[{\"x\":1},{}],"
		  "\"texts\":{\"k\\n\":\"v\"},\"map\":{\"b\":{\"x\":2},\"a\":{}}}");
}

TEST(people_get_one_member_a_line)
{
	const struct thing t = {
		.flag = { true, true },
		.one = &(struct pair){ 0 },
		.strings = &(struct json_strings){ 1, (char *[]){ (char *)"x", NULL } },
		.list = &(struct pairs){ 1, &(struct pair){ NULL, { true, 1 } } },
	};
	autotext struct text text = { 0 };

	json_write(&thing_table, &t, JSON_INDENTED, &text);
	CHECK_STR(text_get(&text), "{\n"
				   "\t\"flag\": true,\n"
				   "\t\"one\": {},\n"
				   "\t\"strings\": [\n"
				   "\t\t\"x\"\n"
				   "\t],\n"
				   "\t\"list\": [\n"
				   "\t\t{\n"
				   "\t\t\t\"x\": 1\n"
				   "\t\t}\n"
				   "\t]\n"
				   "}");
}

TEST(what_is_absent_is_not_written)
{
	const struct thing none = { .word = { true, 77 } }, empty = {
		.strings = &(struct json_strings){ 0 },
		.enums = &(struct json_enums){ 1, (int[]){ 9 } },
		.texts = &(struct json_pairs){ 0 },
	};
	autotext struct text text = { 0 };

	json_write(&thing_table, &none, JSON_COMPACT, &text);
	json_write(&thing_table, &none, JSON_INDENTED, &text);
	json_write(&thing_table, &empty, JSON_INDENTED, &text);
	CHECK_STR(text_get(&text), "{}{}{\n"
				   "\t\"strings\": [],\n"
				   "\t\"enums\": [],\n"
				   "\t\"texts\": {}\n"
				   "}");
}

TEST(what_is_written_reads_back)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	autotext struct text first = { 0 }, second = { 0 };
	struct thing back;
	struct error err;

	json_write(&thing_table, &full, JSON_INDENTED, &first);
	CHECK_OK(json_read("t", first.data, first.size, &thing_table, &arena, &back, &err), err);
	json_write(&thing_table, &back, JSON_INDENTED, &second);
	CHECK_STR(text_get(&second), text_get(&first));
}
