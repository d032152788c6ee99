// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>

#include "base/scope.h"
#include "parsed.h"

#define ARGS(...) WORDS("dumb-init", __VA_ARGS__)

TEST(by_default_the_child_has_a_session_and_its_group_gets_all)
{
	const struct init_rule *rule = parsed.policy.rule;

	CHECK_INT(parse(ARGS("sh", "-c", "x"), NO_ENV), 0);
	CHECK_STR(parsed.program[2], "x");
	CHECK_INT(parsed.place, INIT_OWN_SESSION);
	CHECK_INT(rule[SIGHUP].target, INIT_TO_GROUP);
	CHECK_INT(rule[SIGTSTP].becomes, SIGSTOP);
	CHECK_INT(rule[SIGTTIN].becomes, SIGSTOP);
	CHECK_INT(rule[SIGTTOU].becomes, SIGSTOP);
	CHECK_INT(parsed.policy.farewell, SIGTERM);
	CHECK_TRUE(parsed.policy.ends_with_main && parsed.policy.suspends_itself);
	CHECK_TRUE(!parsed.keeps_signals && !parsed.is_subreaper);
	CHECK_INT(parsed.code_not_found, 2);
	CHECK_INT(parsed.code_cannot_exec, 2);
	CHECK_INT(parsed.code_exec_failed, 2);
}

TEST(a_single_child_stays_where_it_is)
{
	for (int by_variable = 0; by_variable < 2; by_variable++) {
		CHECK_INT(by_variable ? parse(ARGS("true"), WORDS("DUMB_INIT_SETSID=0"))
				      : parse(ARGS("--single-child", "true"), NO_ENV),
			  0);
		CHECK_INT(parsed.place, INIT_SAME_GROUP);
		CHECK_INT(parsed.policy.rule[SIGHUP].target, INIT_TO_CHILD);
		CHECK_INT(parsed.policy.rule[SIGTSTP].becomes, SIGTSTP);
		CHECK_INT(parsed.policy.farewell, 0);
	}
	CHECK_INT(parse(ARGS("true"), WORDS("DUMB_INIT_SETSID=00", "DUMB_INIT_DEBUG=2")), 0);
	CHECK_INT(parsed.place, INIT_OWN_SESSION);
	CHECK_INT(parsed.verbosity, 0);
}

TEST(signals_are_rewritten_the_farewell_too)
{
	const struct init_rule *rule = parsed.policy.rule;

	CHECK_INT(parse(ARGS("-r", "15:3", "--rewrite=2:0", "-r20:18", "true"), NO_ENV), 0);
	CHECK_INT(rule[SIGTERM].becomes, SIGQUIT);
	CHECK_INT(rule[SIGINT].becomes, 0);
	CHECK_INT(rule[SIGTSTP].becomes, SIGCONT);
	CHECK_INT(rule[SIGTTIN].becomes, SIGSTOP);
	CHECK_INT(parsed.policy.farewell, SIGQUIT);
}

TEST(bad_rewrites_are_refused)
{
	static char *const rows[] = { "TERM:INT", "15", "0:3", "32:3", "15:32", "15:-1", ":", "15:" };

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_SAYS(ARGS("-r", rows[i], "true"), NO_ENV, 1, true, NULL);
}

TEST(all_it_says_goes_to_stderr)
{
	CHECK_SAYS(ARGS("-V"), NO_ENV, 0, true, "dumb-init v1.2.5\n");
	CHECK_SAYS(ARGS("--version"), NO_ENV, 0, true, "dumb-init v1.2.5\n");
	CHECK_SAYS(ARGS("-h"), NO_ENV, 0, true, NULL);
	CHECK_SAYS(ARGS("-x"), NO_ENV, 1, true, "dumb-init: invalid option -- 'x'\n");
	CHECK_SAYS(ARGS("--fly"), NO_ENV, 1, true, "dumb-init: unrecognized option '--fly'\n");
	CHECK_SAYS(WORDS("dumb-init"), NO_ENV, 1, true, NULL);
}
