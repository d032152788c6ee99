// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/init.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

/* The default configuration with this program and this annotation (NULL: none). */
static int plan(const char *program, const char *value, bool is_asked, struct arena *io_arena,
		struct container_init *ret_init, struct error *err)
{
	struct spec spec;
	int r;

	spec_default(&spec);
	spec.process->args = spec_strings(&spec.arena, program, NULL);
	if (value)
		spec_add_annotation(&spec, CONTAINER_INIT_ANNOTATION, value);
	r = container_init_plan(&spec, is_asked, io_arena, ret_init, err);
	spec_clear(&spec);
	return r;
}

TEST(init_is_wanted_when_asked_for_by_either_way)
{
	static const struct {
		const char *program, *value;
		bool is_asked, is_wanted;
	} cases[] = {
		{ "sh", NULL, false, false },	  { "sh", NULL, true, true },
		{ "sh", "true", false, true },	  { "sh", "false", false, false },
		{ "sh", "--grace 5s", false, true }, { "/sbin/tini", "true", false, false },
		{ "dumb-init", NULL, true, false }, { "/lib/systemd/systemd", "true", true, false },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct arena arena = { 0 };
		struct container_init init;
		struct error err;

		CHECK_OK(plan(cases[i].program, cases[i].value, cases[i].is_asked, &arena, &init,
			      &err),
			 err);
		CHECK_INT(init.is_wanted, cases[i].is_wanted);
		arena_clear(&arena);
	}
}

TEST(other_value_is_refused)
{
	struct arena arena = { 0 };
	struct container_init init;
	struct error err;

	CHECK_ERROR(plan("sh", "yes", false, &arena, &init, &err), err, EINVAL,
		    "config.json: annotations[\"org.husk.init\"]: \"yes\" is neither true, nor "
		    "false, nor options of husk-init");
	arena_clear(&arena);
}

TEST(options_stand_in_front_of_the_two_dashes)
{
	struct arena arena = { 0 };
	char *words[] = { "sh", "-c", "true", NULL };
	struct json_strings args = { 3, words };
	struct container_init init;
	struct error err;
	char **list;

	CHECK_OK(plan("sh", "--grace  5s -v ", false, &arena, &init, &err), err);
	list = container_init_arguments(&init, &args, &arena);
	CHECK_STR(list[0], "husk-init");
	CHECK_STR(list[1], "--grace");
	CHECK_STR(list[2], "5s");
	CHECK_STR(list[3], "-v");
	CHECK_STR(list[4], "--");
	CHECK_STR(list[5], "sh");
	CHECK_STR(list[7], "true");
	CHECK_TRUE(!list[8]);
	arena_clear(&arena);
}
