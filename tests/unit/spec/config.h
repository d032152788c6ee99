// SPDX-License-Identifier: GPL-2.0-or-later
/* config - texts for the tests of spec/: the full example, and small ones in which ' is " */
#ifndef HUSK_TESTS_UNIT_SPEC_CONFIG_H
#define HUSK_TESTS_UNIT_SPEC_CONFIG_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "spec/spec.h"

#define autospec autoclean(spec_clear)

/* A part and what spec_read says about it, behind "t: ". */
struct config_row {
	const char *part, *expected;
};

/* tests/data/config-full.json, which holds every property. The caller frees it. */
UNUSED static char *config_full_text(void)
{
	static const char here[] = __FILE__, data[] = "/../../data/config-full.json";
	autofree char *path = mem_format("%.*s%s", (int)(strrchr(here, '/') - here), here, data);
	struct error err;
	char *text = NULL;

	CHECK_OK(file_read(AT_FDCWD, path, 1 << 20, &text, NULL, &err), err);
	return text;
}

UNUSED static void config_read_full(struct spec *ret_spec)
{
	autofree char *text = config_full_text();
	struct error err;

	CHECK_OK(spec_read("t", text, strlen(text), ret_spec, &err), err);
}

/* @format has one %s, for @part; then every ' becomes ". */
UNUSED static int config_read(const char *before, const char *part, const char *after,
			      struct spec *ret_spec, struct error *err)
{
	autofree char *text = mem_format("%s%s%s", before, part, after);

	for (char *at = text; (at = strchr(at, '\'')); at++)
		*at = '"';
	return spec_read("t", text, strlen(text), ret_spec, err);
}

/* Each part, between @before and @after, fails with its text. */
UNUSED static void config_check_broken(const char *before, const struct config_row *rows,
				       size_t count, const char *after)
{
	for (size_t i = 0; i < count; i++) {
		autospec struct spec spec = { 0 };
		struct error err = { 0 };

		CHECK_INT(config_read(before, rows[i].part, after, &spec, &err), -EINVAL);
		CHECK_TRUE(text_begins(err.text, "t: "));
		CHECK_STR(err.text + strlen("t: "), rows[i].expected);
		CHECK_TRUE(spec.arena.block == NULL);
	}
}

/* Each part, between @before and @after, is accepted. */
UNUSED static void config_check_good(const char *before, const char *const *parts, size_t count,
				     const char *after)
{
	for (size_t i = 0; i < count; i++) {
		autospec struct spec spec = { 0 };
		struct error err = { 0 };

		CHECK_OK(config_read(before, parts[i], after, &spec, &err), err);
	}
}

#endif
