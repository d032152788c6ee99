// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "json/bind.h"

struct inner {
	struct maybe_int a, b;
};

struct outer {
	struct maybe_bool flag;
	struct maybe_uint size;
	char *name;
	struct inner *inner;
	struct json_strings *list;
};

static const struct json_field inner_fields[] = {
	JSON_FIELD_INT(struct inner, a, "a"),
	JSON_FIELD_INT(struct inner, b, "b"),
};
static const struct json_table inner_table = JSON_TABLE(struct inner, inner_fields);

static const struct json_field outer_fields[] = {
	JSON_FIELD_BOOL(struct outer, flag, "flag"),
	JSON_FIELD_UINT(struct outer, size, "size"),
	JSON_FIELD_STRING(struct outer, name, "name"),
	JSON_FIELD_OBJECT(struct outer, inner, "inner", inner_table),
	JSON_FIELD_STRINGS(struct outer, list, "list"),
};
static const struct json_table outer_table = JSON_TABLE(struct outer, outer_fields);

static const struct {
	const char *under, *over, *expected;
} rows[] = {
	{ "{}", "{}", "{}" },
	{ "{\"size\":1}", "{}", "{\"size\":1}" },
	{ "{}", "{\"size\":0}", "{\"size\":0}" },
	{ "{\"flag\":true}", "{\"flag\":false}", "{\"flag\":false}" },
	{ "{\"name\":\"x\"}", "{\"name\":\"\"}", "{\"name\":\"\"}" },
	{ "{\"inner\":{\"a\":1,\"b\":2}}", "{\"inner\":{\"b\":3}}", "{\"inner\":{\"a\":1,\"b\":3}}" },
	{ "{}", "{\"inner\":{\"b\":3}}", "{\"inner\":{\"b\":3}}" },
	{ "{\"inner\":{\"a\":1}}", "{\"size\":9}", "{\"size\":9,\"inner\":{\"a\":1}}" },
	{ "{\"list\":[\"a\",\"b\"]}", "{\"list\":[]}", "{\"list\":[]}" },
};

static void parse(const char *text, struct arena *io_arena, struct outer *ret_outer)
{
	struct error err;

	CHECK_OK(json_read("x", text, strlen(text), &outer_table, io_arena, ret_outer, &err), err);
}

TEST(what_is_named_replaces_and_the_rest_stays)
{
	for (size_t i = 0; i < countof(rows); i++) {
		autotext struct text text = { 0 };
		struct arena arena = { 0 };
		struct outer under, over;

		parse(rows[i].under, &arena, &under);
		parse(rows[i].over, &arena, &over);
		json_merge(&outer_table, &over, &under);
		json_write(&outer_table, &under, JSON_COMPACT, &text);
		CHECK_STR(text_get(&text), rows[i].expected);
		arena_clear(&arena);
	}
}
