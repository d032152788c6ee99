// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "container/feature.h"

static void check_has(const struct text *text, const char *part)
{
	if (!strstr(text_get(text), part))
		print_error("missing: %s\n", part);
	CHECK_TRUE(strstr(text_get(text), part));
}

/* The whole is looked at by tests/integration/test_features.py. */
TEST(version_and_both_ends_of_the_object_are_there)
{
	autotext struct text text = { 0 };

	container_feature_write("7.8.9", &text);
	check_has(&text, "{\n\t\"ociVersionMin\": \"1.0.0\"");
	check_has(&text, "\"org.husk.version\": \"7.8.9\"");
	check_has(&text, "\"potentiallyUnsafeConfigAnnotations\": [");
	CHECK_STR(text_get(&text) + text.size - 3, "\n}\n");
}

TEST(every_kernel_feature_is_found_or_not)
{
	autotext struct text text = { 0 };

	container_feature_write_kernel(&text);
	check_has(&text, "FEATURE");
	check_has(&text, "\nmount_setattr");
	CHECK_TRUE(!strstr(text_get(&text), "(null)"));
}
