// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "config.h"

TEST(strings_end_with_null)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct json_strings *list = spec_strings(&arena, "sh", "-c", "", NULL);

	CHECK_INT(list->count, 3);
	CHECK_STR(list->item[1], "-c");
	CHECK_STR(list->item[2], "");
	CHECK_TRUE(list->item[3] == NULL);
	spec_strings_add(&arena, &list, "more");
	CHECK_INT(list->count, 4);
	CHECK_STR(list->item[0], "sh");
	CHECK_STR(list->item[3], "more");
	CHECK_TRUE(list->item[4] == NULL);
}

TEST(a_list_begins_with_its_first_string)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct json_strings *list = NULL;

	spec_strings_add(&arena, &list, "one");
	CHECK_INT(list->count, 1);
	CHECK_STR(list->item[0], "one");
	CHECK_TRUE(list->item[1] == NULL);
}

TEST(mount_options_are_split_at_commas)
{
	static const struct {
		const char *options;
		size_t count;
	} rows[] = {
		{ NULL, 0 }, { "", 0 }, { ",", 0 }, { "ro", 1 }, { "nosuid,,mode=755", 2 },
	};
	autospec struct spec spec = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		const struct spec_mount *m =
			spec_add_mount(&spec, "/d", "tmpfs", NULL, rows[i].options);

		CHECK_STR(m->destination, "/d");
		CHECK_TRUE(m->source == NULL);
		CHECK_INT(m->options ? m->options->count : 0, rows[i].count);
		CHECK_INT(spec.mounts->count, i + 1);
	}
	CHECK_STR(spec.mounts->item[4].options->item[1], "mode=755");
}

TEST(a_config_that_was_read_can_grow)
{
	autospec struct spec spec = { 0 };
	const struct spec_namespace *ns;

	config_read_full(&spec);
	spec_add_mount(&spec, "/last", "bind", "/src", "rbind,ro");
	CHECK_INT(spec.mounts->count, 4);
	CHECK_STR(spec.mounts->item[1].destination, "data");
	CHECK_STR(spec.mounts->item[3].options->item[0], "rbind");
	ns = spec_add_namespace(&spec, SPEC_NAMESPACE_PID, "/proc/1/ns/pid");
	CHECK_INT(spec.linux_part->namespaces->count, SPEC_NAMESPACE_TYPES + 1);
	CHECK_INT(ns->type.value, SPEC_NAMESPACE_PID);
	CHECK_STR(ns->path, "/proc/1/ns/pid");
	spec_add_annotation(&spec, "org.example.a", "new");
	spec_add_annotation(&spec, "org.example.c", "third");
	CHECK_INT(spec.annotations->count, 4);
	CHECK_STR(spec_find_annotation(spec.annotations, "org.example.a"), "new");
	CHECK_STR(spec_find_annotation(spec.annotations, "org.example.c"), "third");
}

TEST(an_empty_config_can_grow)
{
	autospec struct spec spec = { 0 };

	spec_add_namespace(&spec, SPEC_NAMESPACE_UTS, NULL);
	spec_add_annotation(&spec, "a", "1");
	CHECK_TRUE(spec_find_namespace(&spec, SPEC_NAMESPACE_UTS) != NULL);
	CHECK_STR(spec_find_annotation(spec.annotations, "a"), "1");
}
