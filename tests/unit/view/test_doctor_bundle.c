// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

#define ARGS(...) { __VA_ARGS__, NULL }

TEST(each_command_line_has_its_fault)
{
	static const struct {
		const char *args[8];
		const char *rules;
	} rows[] = {
		{ ARGS("node", "server.js"), "" },
		{ ARGS("sh"), "" },
		{ ARGS("sleep", "infinity"), "deaf-to-stop" },
		{ ARGS("/usr/bin/tail", "-f", "/dev/null"), "deaf-to-stop" },
		{ ARGS("sh", "-c", "a; b"), "shell-in-front" },
		{ ARGS("/bin/bash", "-o", "errexit", "-c", "a"), "shell-in-front" },
		{ ARGS("sh", "-lc", "a"), "shell-in-front" },
		{ ARGS("sh", "-c", "a; exec b"), "" },
		{ ARGS("sh", "-c", "trap x TERM; b"), "" },
		{ ARGS("sh", "--norc", "script"), "" },
		{ ARGS("npm", "start"), "wrapper-in-front" },
		{ ARGS("go", "run", "."), "wrapper-in-front" },
		{ ARGS("go", "version"), "" },
		{ ARGS("tini", "--", "node"), "" },
		{ ARGS("tini", "--", "sleep", "1"), "" },
		{ ARGS("tini", "-g", "--", "dumb-init", "node"), "two-inits" },
		{ ARGS("dumb-init", "tini", "node"), "two-inits" },
		{ ARGS("tini"), "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set_bundle(&w, rows[i].args);
		CHECK_STR(ward_rules(&w), rows[i].rules);
	}
}

TEST(init_in_front_cures_what_stands_in_front)
{
	static const char *const lines[][4] = { { "sleep", "1" }, { "sh", "-c", "a; b" },
						{ "npm", "start" } };

	for (size_t i = 0; i < countof(lines); i++) {
		autoward struct ward w;

		ward_set_bundle(&w, lines[i]);
		w.facts.is_init_wanted = true;
		CHECK_STR(ward_rules(&w), "");
	}
}

TEST(program_that_is_not_pid_1_may_be_deaf)
{
	static const char *const args[] = { "sleep", "1", NULL };
	autoward struct ward w;

	ward_set_bundle(&w, args);
	w.facts.owns_pid_namespace = false;
	CHECK_STR(ward_rules(&w), "");
}

TEST(numbers_that_cannot_be_meant_are_told)
{
	static const char *const args[] = { "web", NULL };
	autoward struct ward w;

	ward_set_bundle(&w, args);
	w.facts.pids_limit = (struct maybe_int){ true, -1 };
	CHECK_STR(ward_rules(&w), "");
	w.facts.pids_limit.value = 8;
	CHECK_STR(ward_rules(&w), "");
	w.facts.pids_limit.value = 0;
	CHECK_STR(ward_rules(&w), "pids-limit-tiny");
	w.facts.pids_limit.is_set = false;
	w.facts.memory.limit_bytes = (struct maybe_uint){ true, 6 << 20 };
	CHECK_STR(ward_rules(&w), "");
	w.facts.memory.limit_bytes.value--;
	CHECK_STR(ward_rules(&w), "memory-limit-tiny");
	w.facts.memory.limit_bytes.is_set = false;
	w.facts.disable_oom_killer = (struct maybe_bool){ true, true };
	CHECK_STR(ward_rules(&w), "oom-killer-off");
}

TEST(annotation_that_create_refuses_is_told_in_its_words)
{
	static const char *const args[] = { "web", NULL };
	autoward struct ward w;

	ward_set_bundle(&w, args);
	w.facts.init_error = "\"yes\" is neither";
	CHECK_STR(ward_rules(&w), "init-annotation-bad");
	CHECK_SAYS(&w, "config.json, annotations: \"yes\" is neither");
}
