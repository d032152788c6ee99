// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "base/text.h"

static bool is_flag(const struct option *option)
{
	return option->kind == OPTION_FLAG || option->kind == OPTION_IGNORED_FLAG;
}

static const struct option *find(const struct option *options, const char *name, size_t size)
{
	for (; options->name; options++)
		if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
			return options;
	return NULL;
}

static const struct option *find_letter(const struct option *options, char letter)
{
	for (; options->name; options++)
		if (options->letter == letter)
			return options;
	return NULL;
}

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit size_units[] = {
	{ "", 1 },		 { "b", 1 },		  { "k", INT64_C(1) << 10 },
	{ "m", INT64_C(1) << 20 }, { "g", INT64_C(1) << 30 }, { "t", INT64_C(1) << 40 },
};

/* A decimal number with up to nine digits behind the point, as thousand-millionths. */
static const char *read_decimal(const char *text, int64_t *ret_whole, int64_t *ret_billionths)
{
	int64_t whole = 0, part = 0, scale = 1000000000;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *text - '0', &whole))
			return NULL;
	if (*text == '.') {
		if (!isdigit((unsigned char)*++text))
			return NULL;
		for (; isdigit((unsigned char)*text); text++)
			if ((scale /= 10) > 0)
				part += (*text - '0') * scale;
	}
	*ret_whole = whole;
	*ret_billionths = part;
	return text;
}

static int scale(int64_t whole, int64_t billionths, int64_t factor, int64_t *ret_value)
{
	/* The part behind the point of a tebibyte still fits: 10^9 * 2^40 does not. */
	int64_t part = (int64_t)((__int128)billionths * factor / 1000000000), value;

	if (__builtin_mul_overflow(whole, factor, &value) ||
	    __builtin_add_overflow(value, part, &value))
		return -EINVAL;
	*ret_value = value;
	return 0;
}

int option_size(const char *text, int64_t *ret_bytes)
{
	int64_t whole, part;
	const char *unit;
	size_t size;

	if (strcmp(text, "-1") == 0) {
		*ret_bytes = -1;
		return 0;
	}
	unit = read_decimal(text, &whole, &part);
	if (!unit)
		return -EINVAL;
	size = strlen(unit);
	/* K, KB and KiB are one and the same here, as they are to the engines. */
	if ((size == 3 && strcasecmp(unit + 1, "ib") == 0) ||
	    (size == 2 && tolower((unsigned char)unit[1]) == 'b'))
		size = 1;
	for (size_t i = 0; i < countof(size_units); i++)
		if (strlen(size_units[i].name) == size &&
		    strncasecmp(size_units[i].name, unit, size) == 0)
			return scale(whole, part, size_units[i].factor, ret_bytes);
	return -EINVAL;
}

static const struct unit time_units[] = {
	{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
};

static const char *read_time_unit(const char *text, int64_t *ret_factor)
{
	for (size_t i = 0; i < countof(time_units); i++)
		if (text_begins(text, time_units[i].name)) {
			*ret_factor = time_units[i].factor;
			return text + strlen(time_units[i].name);
		}
	return NULL;
}

int option_duration(const char *text, int64_t *ret_ms)
{
	int64_t whole, part, factor, piece, sum = 0;
	const char *rest = read_decimal(text, &whole, &part);

	if (rest && !*rest)
		return scale(whole, part, 1000, ret_ms);
	while (rest) {
		rest = read_time_unit(rest, &factor);
		if (!rest || scale(whole, part, factor, &piece) < 0 ||
		    __builtin_add_overflow(sum, piece, &sum))
			return -EINVAL;
		if (!*rest) {
			*ret_ms = sum;
			return 0;
		}
		rest = read_decimal(rest, &whole, &part);
	}
	return -EINVAL;
}

int option_decimal(const char *text, int64_t *ret_thousandths)
{
	int64_t whole, part;
	const char *rest = read_decimal(text, &whole, &part);

	if (!rest || *rest)
		return -EINVAL;
	return scale(whole, part, 1000, ret_thousandths);
}

static int read_number(const char *text, int64_t *ret_number)
{
	long long number;
	int r = text_number(text, -1, INT64_MAX, &number);

	*ret_number = r < 0 ? *ret_number : number;
	return r;
}

static int store_number(const struct option *option, const char *value, void *place,
			struct error *err)
{
	static const struct {
		int (*read)(const char *text, int64_t *ret_value);
		const char *wanted;
	} readers[] = {
		[OPTION_NUMBER] = { read_number, "a number" },
		[OPTION_SIZE] = { option_size, "a size such as 64M" },
		[OPTION_DURATION] = { option_duration, "a duration such as 10s" },
		[OPTION_DECIMAL] = { option_decimal, "a number such as 1.5" },
	};
	struct maybe_int number = { .is_set = true };

	if (readers[option->kind].read(value, &number.value) < 0)
		return error_set(err, EINVAL, "--%s: \"%s\" is not %s", option->name, value,
				 readers[option->kind].wanted);
	*(struct maybe_int *)place = number;
	return 0;
}

static int store_text(const struct option *option, const char *value, struct option_texts *io_texts,
		      struct error *err)
{
	if (io_texts->count + 1 == countof(io_texts->item))
		return error_set(err, EINVAL, "--%s: given more than %zu times", option->name,
				 countof(io_texts->item) - 1);
	io_texts->item[io_texts->count++] = value;
	return 0;
}

static int store(const struct option *option, const char *value, void *values, struct error *err)
{
	void *place = (char *)values + option->offset;
	long long number;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)place = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)place = value;
		return 0;
	case OPTION_TEXTS:
		return store_text(option, value, place, err);
	case OPTION_COUNT:
		if (text_number(value, 0, 1 << 20, &number) < 0)
			return error_set(err, EINVAL, "--%s: \"%s\" is not a count",
					 option->name, value);
		*(int *)place = (int)number;
		return 0;
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_DURATION:
	case OPTION_DECIMAL:
		return store_number(option, value, place, err);
	case OPTION_IGNORED:
	case OPTION_IGNORED_FLAG:
		return 0;
	}
	return 0;
}

/* --flag=true and --flag=false come from callers written in Go. */
static int store_flag(const struct option *option, const char *value, void *values,
		      struct error *err)
{
	if (!value || strcmp(value, "true") == 0)
		return store(option, NULL, values, err);
	if (strcmp(value, "false") != 0)
		return error_set(err, EINVAL, "--%s: \"%s\" is neither true nor false",
				 option->name, value);
	if (option->kind == OPTION_FLAG)
		*(bool *)((char *)values + option->offset) = false;
	return 0;
}

struct cursor {
	const struct option *options;
	int argc, next;
	char **argv;
	void *values;
};

static int take_value(struct cursor *io_at, const struct option *option, const char *value,
		      struct error *err)
{
	if (!value) {
		if (io_at->next == io_at->argc)
			return error_set(err, EINVAL, "--%s: flag needs an argument",
					 option->name);
		value = io_at->argv[io_at->next++];
	}
	return store(option, value, io_at->values, err);
}

static int parse_long(struct cursor *io_at, const char *word, const char *name, struct error *err)
{
	const char *equals = strchr(name, '=');
	size_t size = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *option = find(io_at->options, name, size);

	if (!option)
		return error_set(err, EINVAL, "unknown option %.*s", (int)(name - word + size),
				 word);
	if (is_flag(option))
		return store_flag(option, equals ? equals + 1 : NULL, io_at->values, err);
	return take_value(io_at, option, equals ? equals + 1 : NULL, err);
}

static int parse_letters(struct cursor *io_at, const char *word, struct error *err)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find_letter(io_at->options, *letter);

		if (!option && letter == word + 1)
			return parse_long(io_at, word, word + 1, err);
		if (!option)
			return error_set(err, EINVAL, "unknown option -%c in %s", *letter, word);
		if (!is_flag(option))
			return take_value(io_at, option, letter[1] ? letter + 1 : NULL, err);
		TRY(store(option, NULL, io_at->values, err));
	}
	return 0;
}

/* "-image-path" is a long name with one dash; "-it" is two letters. */
static bool is_long_name(const struct cursor *at, const char *word)
{
	const char *name = word + 1, *equals = strchr(name, '=');
	size_t size = equals ? (size_t)(equals - name) : strlen(name);

	return size > 1 && find(at->options, name, size);
}

const struct option *option_wanting(const struct option *options, const char *word)
{
	const struct option *option = find(options, word + 1, strlen(word + 1));

	if (word[1] == '-')
		option = find(options, word + 2, strlen(word + 2));
	if (option || word[1] == '-')
		return option && !is_flag(option) ? option : NULL;
	for (const char *letter = word + 1; *letter; letter++) {
		option = find_letter(options, *letter);
		if (!option || !is_flag(option))
			return letter[1] ? NULL : option;
	}
	return NULL;
}

int option_parse(const struct option *options, enum option_order order, int argc, char **io_argv,
		 void *ret_values, struct error *err)
{
	struct cursor at = { .options = options, .argc = argc, .argv = io_argv,
			     .values = ret_values };
	int operands = 0;

	while (at.next < argc) {
		char *word = io_argv[at.next++];
		bool is_option = word[0] == '-' && word[1];

		if (strcmp(word, "--") == 0)
			break;
		if (!is_option) {
			io_argv[operands++] = word;
			if (order == OPTION_FIRST)
				break;
		} else if (word[1] == '-') {
			TRY(parse_long(&at, word, word + 2, err));
		} else if (is_long_name(&at, word)) {
			TRY(parse_long(&at, word, word + 1, err));
		} else {
			TRY(parse_letters(&at, word, err));
		}
	}
	while (at.next < argc)
		io_argv[operands++] = io_argv[at.next++];
	return operands;
}

enum { HELP_COLUMN = 32, HELP_WIDTH = 100 };

/* Broken at blanks, so that no line is wider than a screen. */
static void print_help(const char *help)
{
	size_t room = HELP_WIDTH - HELP_COLUMN, size;

	for (; strlen(help) > room; help += size + 1) {
		size = room;
		while (size > 0 && help[size] != ' ')
			size--;
		if (size == 0)
			break;
		printf("%.*s\n%*s", (int)size, help, HELP_COLUMN - 1, "");
	}
	printf("%s\n", help);
}

void option_print(const struct option *options)
{
	for (; options->name; options++) {
		char words[64];

		if (!options->help)
			continue;
		snprintf(words, sizeof(words), "--%s%s%s", options->name,
			 options->value_name ? " " : "",
			 options->value_name ? options->value_name : "");
		if (options->letter)
			printf("  -%c, %-24s ", options->letter, words);
		else
			printf("      %-24s ", words);
		print_help(options->help);
	}
}
