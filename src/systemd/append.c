// SPDX-License-Identifier: GPL-2.0-or-later
#include "systemd/append.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/scope.h"

enum { DEPTH_MAX = 32 };

/* Words on their way into a message; a NULL message only counts them. */
struct cursor {
	sd_bus_message *message;
	char **word;
	size_t count, at;
	int depth;
};

static int bus_error(int r, struct error *err)
{
	return error_set(err, -r, "make a message: %s", error_words(-r));
}

static const char *next_word(struct cursor *io_cursor)
{
	return io_cursor->at < io_cursor->count ? io_cursor->word[io_cursor->at++] : NULL;
}

/* --- basic types --- */

/* Of any integer type: D-Bus looks at as many bytes as it has, on a machine of either order. */
static int append_integer(sd_bus_message *message, char type, const char *word)
{
	/* "-5" wraps, as the types below do. */
	unsigned long long number = strtoull(word, NULL, 10);
	uint8_t byte = (uint8_t)number;
	uint16_t half = (uint16_t)number;
	uint32_t single = (uint32_t)number;
	uint64_t wide = number;

	switch (type) {
	case 'y':
		return sd_bus_message_append_basic(message, type, &byte);
	case 'n':
	case 'q':
		return sd_bus_message_append_basic(message, type, &half);
	case 'i':
	case 'u':
		return sd_bus_message_append_basic(message, type, &single);
	default:
		return sd_bus_message_append_basic(message, type, &wide);
	}
}

static int append_basic(struct cursor *io_cursor, char type, struct error *err)
{
	const char *word = next_word(io_cursor);
	sd_bus_message *message = io_cursor->message;
	double real;
	int flag, r;

	if (!word)
		return error_set(err, EBADMSG, "a value is missing");
	if (!message)
		return 0;
	if (strchr("sog", type)) {
		r = sd_bus_message_append_basic(message, type, word);
	} else if (type == 'd') {
		real = strtod(word, NULL);
		r = sd_bus_message_append_basic(message, type, &real);
	} else if (type == 'b') {
		flag = strcmp(word, "0") != 0;
		r = sd_bus_message_append_basic(message, type, &flag);
	} else {
		r = append_integer(message, type, word);
	}
	return r < 0 ? bus_error(r, err) : 0;
}

/* --- containers --- */

/* The first complete type of a signature, in bytes; 0 when there is none. */
static size_t type_size(const char *signature)
{
	size_t size = 1, inner;

	if (*signature && strchr("ybnqiuxtdsog", *signature))
		return 1;
	if (*signature == 'a') {
		inner = type_size(signature + 1);
		return inner ? 1 + inner : 0;
	}
	if (*signature != '(')
		return 0;
	while (signature[size] != ')') {
		inner = type_size(signature + size);
		if (!inner)
			return 0;
		size += inner;
	}
	return size + 1;
}

static int open_container(struct cursor *io_cursor, char type, const char *contents,
			  struct error *err)
{
	int r = io_cursor->message
			? sd_bus_message_open_container(io_cursor->message, type, contents)
			: 0;

	if (++io_cursor->depth > DEPTH_MAX)
		return error_set(err, EBADMSG, "a value is nested too deep");
	return r < 0 ? bus_error(r, err) : 0;
}

static int close_container(struct cursor *io_cursor, struct error *err)
{
	int r = io_cursor->message ? sd_bus_message_close_container(io_cursor->message) : 0;

	io_cursor->depth--;
	return r < 0 ? bus_error(r, err) : 0;
}

static int append_all(struct cursor *io_cursor, const char *signature, struct error *err);

/* @contents: the type of one element. */
static int append_array(struct cursor *io_cursor, const char *contents, struct error *err)
{
	const char *word = next_word(io_cursor);
	unsigned long count = word ? strtoul(word, NULL, 10) : 0;

	if (!word)
		return error_set(err, EBADMSG, "the size of an array is missing");
	TRY(open_container(io_cursor, 'a', contents, err));
	for (unsigned long i = 0; i < count; i++)
		TRY(append_all(io_cursor, contents, err));
	return close_container(io_cursor, err);
}

static int append_one(struct cursor *io_cursor, const char *signature, size_t size,
		      struct error *err)
{
	char contents[256];

	if (size == 1)
		return append_basic(io_cursor, *signature, err);
	if (size - 1 >= sizeof(contents))
		return error_set(err, EBADMSG, "a signature is too long");
	memcpy(contents, signature + 1, size - 1);
	contents[size - 1] = '\0';
	if (*signature == 'a')
		return append_array(io_cursor, contents, err);
	contents[size - 2] = '\0'; /* the bracket */
	TRY(open_container(io_cursor, 'r', contents, err));
	TRY(append_all(io_cursor, contents, err));
	return close_container(io_cursor, err);
}

static int append_all(struct cursor *io_cursor, const char *signature, struct error *err)
{
	while (*signature) {
		size_t size = type_size(signature);

		if (!size)
			return error_set(err, EBADMSG, "\"%s\" is not a type", signature);
		TRY(append_one(io_cursor, signature, size, err));
		signature += size;
	}
	return 0;
}

/* --- properties --- */

static bool is_optional(const char *name)
{
	return *name == '?';
}

static int append_property(struct cursor *io_cursor, const char *name, const char *signature,
			   struct error *err)
{
	const char *plain = name + is_optional(name);
	int r;

	TRY(open_container(io_cursor, 'r', "sv", err));
	r = io_cursor->message ? sd_bus_message_append_basic(io_cursor->message, 's', plain) : 0;
	if (r < 0)
		return bus_error(r, err);
	TRY(open_container(io_cursor, 'v', signature, err));
	if (append_all(io_cursor, signature, err) < 0)
		return error_wrap(err, "property %s", plain);
	TRY(close_container(io_cursor, err));
	return close_container(io_cursor, err);
}

int append_properties(sd_bus_message *io_message, const struct append_list *list,
		      struct error *err)
{
	struct cursor cursor = { .word = list->word, .count = list->count };

	cursor.message = io_message;
	TRY(open_container(&cursor, 'a', "(sv)", err));
	while (cursor.at < cursor.count) {
		bool is_dropped = list->is_dropped[cursor.at];
		const char *name = next_word(&cursor), *signature = next_word(&cursor);

		if (!signature)
			return error_set(err, EBADMSG, "property %s has no type", name);
		cursor.message = is_dropped ? NULL : io_message;
		TRY(append_property(&cursor, name, signature, err));
		cursor.message = io_message;
	}
	return close_container(&cursor, err);
}

/* "Cannot set property NAME, or unknown property." */
static bool names(const char *text, const char *name)
{
	const char *found = strstr(text, name);
	size_t size = strlen(name);

	return found && found > text && found[-1] == ' ' && strchr(", .", found[size]);
}

bool append_drop(struct append_list *io_list, const char *text)
{
	bool has_dropped = false;

	for (size_t i = 0; i < io_list->count; i++) {
		const char *word = io_list->word[i];

		if (!is_optional(word) || io_list->is_dropped[i] || !names(text, word + 1))
			continue;
		log_debug("this systemd does not know %s", word + 1);
		io_list->is_dropped[i] = has_dropped = true;
	}
	return has_dropped;
}
