// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "base/scope.h"
#include "cgroup/property.h"
#include "test.h"

static int add(const char *key, const char *value, struct text *io_words, struct error *err)
{
	struct json_pair pair = { (char *)key, (char *)value };
	struct json_pairs pairs = { 1, &pair };

	text_clear(io_words);
	return cgroup_property_add_annotations(&pairs, io_words, err);
}

TEST(annotation_is_a_property)
{
	static const struct {
		const char *key, *value, *words;
	} rows[] = {
		{ "org.systemd.property.KillSignal", "9", "KillSignal\ni\n9\n" },
		{ "org.systemd.property.TimeoutStopUSec", "uint64 5",
		  "TimeoutStopUSec\nt\n5\n" },
		{ "org.systemd.property.TimeoutStopSec", "uint64 5",
		  "TimeoutStopUSec\nt\n5000000\n" },
		{ "org.systemd.property.TimeoutStopSec", "1.5",
		  "TimeoutStopUSec\nt\n1500000\n" },
		{ "org.systemd.property.CollectMode", "'inactive'",
		  "CollectMode\ns\ninactive\n" },
		{ "org.systemd.property.Before", "['a.service', 'b.service']",
		  "Before\nas\n2\na.service\nb.service\n" },
		{ "org.systemd.propertyX", "x", "" },
		{ "io.other", "x", "" },
	};
	autotext struct text words = { 0 };
	struct error err;

	for (size_t i = 0; i < countof(rows); i++) {
		CHECK_OK(add(rows[i].key, rows[i].value, &words, &err), err);
		CHECK_STR(text_get(&words), rows[i].words);
	}
}

TEST(annotation_that_is_no_property_is_refused)
{
	static const struct {
		const char *key, *value, *error;
	} rows[] = {
		{ "org.systemd.property.Ab", "1",
		  "config.json: annotations[\"org.systemd.property.Ab\"]: not the name of a "
		  "property" },
		{ "org.systemd.property.killSignal", "1",
		  "config.json: annotations[\"org.systemd.property.killSignal\"]: not the name of a "
		  "property" },
		{ "org.systemd.property.Kill-Signal", "1",
		  "config.json: annotations[\"org.systemd.property.Kill-Signal\"]: not the name of "
		  "a property" },
		{ "org.systemd.property.KillSignal", "TERM",
		  "config.json: annotations[\"org.systemd.property.KillSignal\"]: at 0: this is no "
		  "value" },
		{ "org.systemd.property.TimeoutStopSec", "'5'",
		  "config.json: annotations[\"org.systemd.property.TimeoutStopSec\"]: a number of "
		  "seconds is missing" },
		{ "org.systemd.property.TimeoutStopSec", "-5",
		  "config.json: annotations[\"org.systemd.property.TimeoutStopSec\"]: the number is "
		  "out of range" },
	};
	autotext struct text words = { 0 };
	struct error err;

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_ERROR(add(rows[i].key, rows[i].value, &words, &err), err, EINVAL,
			    rows[i].error);
}
