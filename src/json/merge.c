// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "json/bind.h"

static size_t value_size(const struct json_field *field)
{
	switch (field->type) {
	case JSON_TYPE_BOOL:
		return sizeof(struct maybe_bool);
	case JSON_TYPE_INT:
		return sizeof(struct maybe_int);
	case JSON_TYPE_UINT:
		return sizeof(struct maybe_uint);
	case JSON_TYPE_ENUM:
		return sizeof(struct maybe_enum);
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
	return sizeof(void *);
}

/* All of a value that is absent is zero: its is_set, or the pointer. */
static bool is_absent(const struct json_field *field, const char *at)
{
	static const char zeros[sizeof(struct maybe_uint)];

	return memcmp(at, zeros, value_size(field)) == 0;
}

static void *pointer_at(const char *at)
{
	void *pointer;

	memcpy(&pointer, at, sizeof(pointer));
	return pointer;
}

void json_merge(const struct json_table *table, const void *over, void *io_object)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct json_field *field = &table->fields[i];
		const char *from = (const char *)over + field->offset;
		char *to = (char *)io_object + field->offset;

		if (is_absent(field, from))
			continue;
		if (field->type == JSON_TYPE_OBJECT && !is_absent(field, to))
			json_merge(field->table, pointer_at(from), pointer_at(to));
		else
			memcpy(to, from, value_size(field));
	}
}
