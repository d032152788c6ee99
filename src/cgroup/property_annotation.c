// SPDX-License-Identifier: GPL-2.0-or-later
/* property_annotation - cgroup_property_add_annotations */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "cgroup/property.h"
#include "cgroup/variant.h"
#include "cgroup/words.h"

static const char start[] = "org.systemd.property.";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool is_name(const char *name)
{
	return strlen(name) >= 3 && *name >= 'A' && *name <= 'Z' &&
	       name[strspn(name, letters)] == '\0';
}

/* "TimeoutStopSec", but not "TimeoutStopUSec". */
static bool is_in_seconds(const char *name)
{
	size_t size = strlen(name);

	return size > 3 && strcmp(name + size - 3, "Sec") == 0 && name[size - 4] != 'U';
}

/* @words: one number, of a type that is @signature. */
static int add_seconds(const char *name, const char *signature, const char *words,
		       struct text *io_words, struct error *err)
{
	static const double us_per_second = 1e6;
	double seconds = strtod(words, NULL);

	if (!*signature || signature[1] || !strchr("ynqiuxtd", *signature))
		return error_set(err, EINVAL, "a number of seconds is missing");
	if (seconds < 0 || seconds * us_per_second >= (double)UINT64_MAX)
		return error_set(err, EINVAL, "the number is out of range");
	cgroup_words_format(io_words, "%.*sUSec", (int)strlen(name) - 3, name);
	cgroup_words_add(io_words, "t");
	cgroup_words_format(io_words, "%.0f", seconds * us_per_second);
	return 0;
}

static int add_annotation(const char *name, const char *value, struct text *io_words,
			  struct error *err)
{
	autotext struct text signature = { 0 }, words = { 0 };

	if (!is_name(name))
		return error_set(err, EINVAL, "not the name of a property");
	TRY(cgroup_variant_parse(value, &signature, &words, err));
	if (is_in_seconds(name))
		return add_seconds(name, text_get(&signature), text_get(&words), io_words, err);
	cgroup_words_add(io_words, name);
	cgroup_words_add(io_words, text_get(&signature));
	text_add(io_words, "%s", text_get(&words));
	return 0;
}

int cgroup_property_add_annotations(const struct json_pairs *annotations, struct text *io_words,
				    struct error *err)
{
	for (size_t i = 0; annotations && i < annotations->count; i++) {
		const struct json_pair *pair = &annotations->item[i];

		if (text_begins(pair->key, start) &&
		    add_annotation(pair->key + strlen(start), pair->value, io_words, err) < 0)
			return error_wrap(err, "config.json: annotations[\"%s\"]",
					  json_show(pair->key).text);
	}
	return 0;
}
