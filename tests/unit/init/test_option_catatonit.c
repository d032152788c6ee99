// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>

#include "parsed.h"

#define ARGS(...) WORDS("catatonit", __VA_ARGS__)

TEST(it_is_a_subreaper_and_keeps_the_terminals_stops_to_itself)
{
	const struct init_rule *rule = parsed.policy.rule;

	CHECK_INT(parse(ARGS("--", "true"), NO_ENV), 0);
	CHECK_TRUE(parsed.is_subreaper && parsed.keeps_signals && parsed.policy.ends_with_main);
	CHECK_TRUE(!rule[SIGTSTP].becomes && !rule[SIGTTIN].becomes && !rule[SIGTTOU].becomes);
	CHECK_INT(rule[SIGHUP].target, INIT_TO_CHILD);
	CHECK_INT(parsed.code_not_found, 1);
	CHECK_INT(parsed.code_cannot_exec, 1);
	CHECK_INT(parsed.verbosity, 0);
}

TEST(g_is_for_the_group)
{
	CHECK_INT(parse(ARGS("-g", "true"), WORDS("CATATONIT_DEBUG=")), 0);
	CHECK_INT(parsed.policy.rule[SIGHUP].target, INIT_TO_GROUP);
	CHECK_INT(parsed.verbosity, 1);
}

TEST(pause_needs_no_program)
{
	CHECK_INT(parse(ARGS("-g", "-P"), NO_ENV), 0);
	CHECK_TRUE(parsed.policy.is_pause && parsed.policy.rule[SIGINT].stops);
}

TEST(replies)
{
	CHECK_SAYS(ARGS("-V"), NO_ENV, 0, false, "tini version 0.1.7_catatonit\n");
	CHECK_SAYS(ARGS("--version"), NO_ENV, 0, false, "tini version 0.1.7_catatonit\n");
	CHECK_SAYS(ARGS("-L"), NO_ENV, 0, false, NULL);
	CHECK_SAYS(ARGS("-h"), NO_ENV, 0, true, NULL);
	CHECK_SAYS(ARGS("-x"), NO_ENV, 1, true, NULL);
	CHECK_SAYS(WORDS("catatonit"), NO_ENV, 1, true, NULL);
	CHECK_SAYS(ARGS("true"), WORDS("CATATONIT_LOG=1"), 1, true, NULL);
}
