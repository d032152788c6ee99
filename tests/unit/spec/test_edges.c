// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every number that a configuration may hold, by the tables that read it: the smallest and the
 * largest one are taken as they are, the next one is refused, and so is what no 64 bits hold or is
 * not whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "spec/tables.h"
#include "test.h"

/* Wider than any member, so that one below and one above can be written. */
typedef __int128 wide;

struct walk {
	int fields, taken, refused;
};

static const wide two_63 = (wide)1 << 63, two_64 = (wide)1 << 64;

static void lowest_and_highest(const struct json_field *field, wide *ret_low, wide *ret_high)
{
	bool is_bounded = field->minimum || field->maximum;

	if (field->type == JSON_TYPE_INT) {
		*ret_low = is_bounded ? field->minimum : INT64_MIN;
		*ret_high = is_bounded ? field->maximum : INT64_MAX;
	} else {
		*ret_low = 0;
		*ret_high = field->umaximum ? field->umaximum : UINT64_MAX;
	}
}

static char *format(wide number)
{
	wide size = number < 0 ? -number : number;

	return mem_format("%s%.0" PRIu64 "%0*" PRIu64, number < 0 ? "-" : "",
			  (uint64_t)(size / 1000000000),
			  size >= 1000000000 ? 9 : 1, (uint64_t)(size % 1000000000));
}

/* The value that stands in a struct of the field's table, whatever its type. */
static wide value_at(const struct json_field *field, const char *object)
{
	const char *at = object + field->offset;

	if (field->type == JSON_TYPE_INT)
		return ((const struct maybe_int *)at)->value;
	if (field->type == JSON_TYPE_UINT)
		return ((const struct maybe_uint *)at)->value;
	return (*(const struct json_numbers *const *)at)->item[0];
}

/* Reads {"KEY": TEXT}, with all that is required beside it left out. */
static int read_one(const struct json_table *table, const struct json_field *field,
		    const char *text, wide *ret_value, struct error *err)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct json_field alone = *field;
	struct json_table one = { table->size, 1, &alone };
	bool is_list = field->type == JSON_TYPE_NUMBERS;
	autofree char *json = mem_format("{\"%s\": %s%s%s}", field->key, is_list ? "[" : "", text,
					 is_list ? "]" : "");
	char *object = arena_new(&arena, table->size);

	TRY(json_read("t", json, strlen(json), &one, &arena, object, err));
	*ret_value = value_at(field, object);
	return 0;
}

static void refuse(const struct json_table *table, const struct json_field *field, const char *text,
		   struct walk *io_walk)
{
	struct error err = { 0 };
	wide value;

	if (read_one(table, field, text, &value, &err) != -EINVAL || !strstr(err.text, field->key))
		fail_msg("%s: %s is not refused: %s", field->key, text, err.text);
	io_walk->refused++;
}

static void check(const struct json_table *table, const struct json_field *field, wide number,
		  struct walk *io_walk)
{
	autofree char *text = format(number);
	struct error err = { 0 };
	wide low, high, value;

	lowest_and_highest(field, &low, &high);
	if (number < low || number > high) {
		refuse(table, field, text, io_walk);
		return;
	}
	if (read_one(table, field, text, &value, &err) < 0)
		fail_msg("%s: %s is refused: %s", field->key, text, err.text);
	if (value != number)
		fail_msg("%s: %s is read as another number", field->key, text);
	io_walk->taken++;
}

static void check_edges(const struct json_table *table, const struct json_field *field,
			struct walk *io_walk)
{
	static const char *const never[] = {
		"1e308", "-1e308", "1.5", "-0.5", "0.0", "1e3", "123456789012345678901234567890",
		"\"1\"", "true", "[]", "{}",
	};
	wide low, high;

	lowest_and_highest(field, &low, &high);
	for (int i = -1; i <= 1; i++) {
		check(table, field, low + i, io_walk);
		check(table, field, high + i, io_walk);
		check(table, field, two_63 + i, io_walk);
		check(table, field, -two_63 + i, io_walk);
		check(table, field, two_64 + i, io_walk);
		check(table, field, i, io_walk);
	}
	for (size_t i = 0; i < countof(never); i++)
		refuse(table, field, never[i], io_walk);
	io_walk->fields++;
}

/* A minus in front of 0 is no other number. */
static void check_minus_zero(const struct json_table *table, const struct json_field *field)
{
	struct error err = { 0 };
	wide low, high, value;

	lowest_and_highest(field, &low, &high);
	if (low > 0)
		return;
	CHECK_OK(read_one(table, field, "-0", &value, &err), err);
	CHECK_TRUE(value == 0);
}

static void walk(const struct json_table *table, struct walk *io_walk)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct json_field *field = &table->fields[i];
		bool is_number = field->type == JSON_TYPE_INT || field->type == JSON_TYPE_UINT ||
				 field->type == JSON_TYPE_NUMBERS;

		if (field->table)
			walk(field->table, io_walk);
		if (!is_number)
			continue;
		check_edges(table, field, io_walk);
		check_minus_zero(table, field);
	}
}

TEST(every_number_is_taken_up_to_its_edges_and_refused_beyond)
{
	/* What lies outside of the two, a hook's timeout, is read by the same functions. */
	static const struct json_table *const tables[] = { &spec_process_table, &spec_linux_table };
	struct walk seen = { 0 };

	for (size_t i = 0; i < countof(tables); i++)
		walk(tables[i], &seen);
	CHECK_TRUE(seen.fields > 60);
	CHECK_TRUE(seen.taken > 3 * seen.fields);
	CHECK_TRUE(seen.refused > 10 * seen.fields);
}
