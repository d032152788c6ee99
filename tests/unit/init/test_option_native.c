// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>

#include "base/scope.h"
#include "parsed.h"

#define ARGS(...) WORDS("husk-init", __VA_ARGS__)

TEST(options_end_where_the_program_begins)
{
	CHECK_INT(parse(ARGS("sh", "-P", "--grace"), NO_ENV), 0);
	CHECK_STR(parsed.program[0], "sh");
	CHECK_STR(parsed.program[2], "--grace");
	CHECK_TRUE(!parsed.policy.is_pause);
	CHECK_INT(parse(ARGS("--wait-all", "--", "-x", "--"), NO_ENV), 0);
	CHECK_STR(parsed.program[0], "-x");
	CHECK_STR(parsed.program[1], "--");
	CHECK_TRUE(parsed.policy.waits_for_all);
}

TEST(without_options_three_signals_stop_and_the_grace_is_a_little_less_than_10_s)
{
	CHECK_INT(parse(ARGS("true"), NO_ENV), 0);
	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		CHECK_INT(parsed.policy.rule[signal].stops,
			  signal == SIGTERM || signal == SIGINT || signal == SIGQUIT);
	CHECK_INT(parsed.policy.grace_ms, 9500);
	CHECK_INT(parsed.policy.end_grace_ms, 10000);
	CHECK_INT(parsed.place, INIT_OWN_GROUP);
	CHECK_TRUE(parsed.is_subreaper && !parsed.keeps_signals && !parsed.report);
	CHECK_INT(parsed.code_not_found, 127);
	CHECK_INT(parsed.code_cannot_exec, 126);
	CHECK_INT(parsed.code_exec_failed, 126);
}

TEST(graces_and_margin_may_come_in_any_order)
{
	static const struct {
		char *words[4];
		int64_t grace_ms, end_grace_ms;
	} rows[] = {
		{ { "--grace=2s" }, 1900, 2000 },
		{ { "--margin=0", "--grace=2s" }, 2000, 2000 },
		{ { "--end-grace=5s", "--grace=2s", "--margin=500ms" }, 1500, 5000 },
		{ { "--margin=3s", "--grace=2s" }, 0, 2000 },
		{ { "--grace=0" }, 0, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		char *argv[] = { "husk-init", "true", "", "", "", NULL };
		int at = 1;

		for (int k = 0; k < 4 && rows[i].words[k]; k++)
			argv[at++] = rows[i].words[k];
		argv[at++] = "true";
		argv[at] = NULL;
		CHECK_INT(parse(argv, NO_ENV), 0);
		CHECK_INT(parsed.policy.grace_ms, rows[i].grace_ms);
		CHECK_INT(parsed.policy.end_grace_ms, rows[i].end_grace_ms);
	}
}

TEST(each_signal_has_its_rule)
{
	const struct init_rule *rule = parsed.policy.rule;

	CHECK_INT(parse(ARGS("--forward", "USR1=group", "--map", "HUP=SIGQUIT", "--drop", "WINCH",
			     "--delay", "15=5s", "--stop-signal", "RTMIN+3", "--exit-map=143=0",
			     "--forward=INT=child", "true"),
			NO_ENV),
		  0);
	CHECK_INT(rule[SIGUSR1].target, INIT_TO_GROUP);
	CHECK_INT(rule[SIGHUP].becomes, SIGQUIT);
	CHECK_INT(rule[SIGWINCH].becomes, 0);
	CHECK_INT(rule[SIGTERM].delay_ms, 5000);
	CHECK_TRUE(rule[37].stops && rule[SIGTERM].stops);
	CHECK_TRUE(!rule[SIGINT].stops);
	CHECK_INT(parsed.policy.exit_map[143], 0);
	CHECK_INT(parsed.policy.exit_map[142], 142);
	/* The words are shown in /proc as they were given. */
	CHECK_STR(parsed_words[2], "USR1=group");
	CHECK_STR(parsed_words[8], "15=5s");
}

TEST(a_target_alone_is_for_all_but_stop_signals)
{
	CHECK_INT(parse(ARGS("--forward", "group", "true"), NO_ENV), 0);
	CHECK_INT(parsed.policy.rule[SIGHUP].target, INIT_TO_GROUP);
	CHECK_INT(parsed.policy.rule[SIGNAL_MAX].target, INIT_TO_GROUP);
	CHECK_TRUE(parsed.policy.rule[SIGTERM].stops);
}

TEST(switches_are_switches)
{
	CHECK_INT(parse(ARGS("-v", "--keep-signals", "--stop-is-success", "--orphan-timeout", "30s",
			     "--report", "/r", "true"),
			NO_ENV),
		  0);
	CHECK_TRUE(parsed.verbosity == 1 && parsed.keeps_signals && parsed.policy.stop_is_success);
	CHECK_INT(parsed.policy.orphan_timeout_ms, 30000);
	CHECK_STR(parsed.report, "/r");
}

TEST(pause_stops_on_quit_as_well)
{
	CHECK_INT(parse(ARGS("-P", "-v"), NO_ENV), 0);
	CHECK_TRUE(parsed.policy.is_pause && parsed.policy.rule[SIGQUIT].stops);
}

TEST(bad_words_are_one_line_and_125)
{
	static const struct {
		char *words[3];
		const char *text;
	} rows[] = {
		{ { "-x" }, "husk-init: option \"-x\" is not known\n" },
		{ { "--graceful" }, "husk-init: option \"--graceful\" is not known\n" },
		{ { "--grace" }, "husk-init: --grace: a value is wanted\n" },
		{ { "--grace", "soon" }, "husk-init: --grace soon: wanted is a duration such as 10s\n" },
		{ { "--map=HUP" }, "husk-init: --map=HUP: not understood\n" },
		{ { "--map=HUP=NO" }, "husk-init: --map=HUP=NO: not understood\n" },
		{ { "--drop", "KILL" }, "husk-init: --drop KILL: not understood\n" },
		{ { "--drop", "HUP=1" }, "husk-init: --drop HUP=1: not understood\n" },
		{ { "--forward", "HUP=me" }, "husk-init: --forward HUP=me: not understood\n" },
		{ { "--delay", "CHLD=1s" }, "husk-init: --delay CHLD=1s: not understood\n" },
		{ { "--exit-map", "256=0" }, "husk-init: --exit-map 256=0: not understood\n" },
		{ { "--report=" }, "husk-init: --report=: not understood\n" },
		{ { "--" }, "husk-init: a program is wanted\n" },
		{ { "-P", "sh" }, "husk-init: -P takes no program\n" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		char *argv[] = { "husk-init", rows[i].words[0], rows[i].words[1], NULL };

		CHECK_SAYS(argv, NO_ENV, 125, true, rows[i].text);
	}
	CHECK_SAYS(WORDS(NULL), NO_ENV, 125, true, "husk-init: a program is wanted\n");
}

TEST(help_and_version_are_no_errors)
{
	CHECK_SAYS(ARGS("-h"), NO_ENV, 0, false, NULL);
	CHECK_SAYS(ARGS("--help", "x"), NO_ENV, 0, false, NULL);
	CHECK_SAYS(ARGS("--version"), NO_ENV, 0, false, NULL);
}
