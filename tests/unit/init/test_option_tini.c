// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "parsed.h"

#define ARGS(...) WORDS("tini", __VA_ARGS__)

TEST(all_options_at_once)
{
	CHECK_INT(parse(ARGS("-s", "-vv", "-w", "-g", "-e143", "-e", "0", "-p", "SIGKILL", "--", "sh",
			     "-c", "x"),
			NO_ENV),
		  0);
	CHECK_TRUE(parsed.is_subreaper && parsed.tells_orphans);
	CHECK_INT(parsed.verbosity, 3);
	CHECK_INT(parsed.policy.rule[SIGTERM].target, INIT_TO_GROUP);
	CHECK_INT(parsed.policy.exit_map[143], 0);
	CHECK_INT(parsed.parent_death_signal, SIGKILL);
	CHECK_STR(parsed.program[2], "x");
}

TEST(it_forwards_to_the_child_and_ends_with_it)
{
	static const int kept[] = { SIGFPE,  SIGILL, SIGSEGV, SIGBUS,  SIGABRT,
				    SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU, SIGCHLD };
	size_t dropped = 0;

	CHECK_INT(parse(ARGS("--", "true"), NO_ENV), 0);
	CHECK_TRUE(parsed.policy.ends_with_main && parsed.keeps_signals && !parsed.is_subreaper);
	for (size_t i = 0; i < countof(kept); i++)
		CHECK_INT(parsed.policy.rule[kept[i]].becomes, 0);
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		dropped += !parsed.policy.rule[signal].becomes;
		CHECK_TRUE(!parsed.policy.rule[signal].stops);
	}
	CHECK_INT(dropped, countof(kept));
	CHECK_INT(parsed.code_not_found, 127);
	CHECK_INT(parsed.code_cannot_exec, 126);
	CHECK_INT(parsed.code_exec_failed, 1);
}

TEST(options_behind_the_program_are_taken_too)
{
	CHECK_INT(parse(ARGS("true", "-s", "x"), NO_ENV), 0);
	CHECK_TRUE(parsed.is_subreaper);
	CHECK_STR(parsed.program[1], "x");
	CHECK_INT(parse(ARGS("sh", "-c", "x"), NO_ENV), -EINVAL);
	CHECK_INT(parsed.reply_code, 1);
	CHECK_INT(strncmp(parsed_reply, "tini: invalid option -- 'c'\n", 28), 0);
}

TEST(variables_count_when_they_are_set_at_all)
{
	CHECK_INT(parse(ARGS("true"), WORDS("TINI_SUBREAPER=", "TINI_KILL_PROCESS_GROUP=",
					    "TINI_VERBOSITY=0")),
		  0);
	CHECK_TRUE(parsed.is_subreaper);
	CHECK_INT(parsed.policy.rule[SIGHUP].target, INIT_TO_GROUP);
	CHECK_INT(parsed.verbosity, 0);
	CHECK_INT(parse(ARGS("-vvv", "true"), WORDS("TINI_VERBOSITY=2x")), 0);
	CHECK_INT(parsed.verbosity, 2);
	CHECK_INT(parse(ARGS("true"), NO_ENV), 0);
	CHECK_INT(parsed.verbosity, 1);
}

TEST(names_of_signals_are_full_and_in_capitals)
{
	static char *const bad[] = { "TERM", "15", "sigterm", "SIGRTMIN", "SIGPWR", "SIGIOT",
				     "SIGIO", "SIGSTKFLT", "" };

	for (size_t i = 0; i < countof(bad); i++) {
		char text[64];

		snprintf(text, sizeof(text), "[FATAL tini] Not a valid option for -p: %s\n", bad[i]);
		CHECK_SAYS(ARGS("-p", bad[i], "true"), NO_ENV, 1, true, text);
	}
	CHECK_INT(parse(ARGS("-p", "SIGWINCH", "true"), NO_ENV), 0);
}

TEST(exit_codes_are_0_to_255)
{
	CHECK_SAYS(ARGS("-e", "256", "true"), NO_ENV, 1, true,
		   "[FATAL tini] Not a valid option for -e: 256\n");
	CHECK_SAYS(ARGS("-e", "x", "true"), NO_ENV, 1, true, NULL);
	CHECK_SAYS(ARGS("-e"), NO_ENV, 1, true, NULL);
}

TEST(version_is_what_daemons_read_and_only_when_alone)
{
	char version[16], commit[64];

	CHECK_SAYS(ARGS("--version"), NO_ENV, 0, false, NULL);
	CHECK_INT(sscanf(parsed_reply, "tini version %15s - git.%63[0-9a-z]\n", version, commit), 2);
	CHECK_SAYS(ARGS("--version", "x"), NO_ENV, 1, true, NULL);
}

TEST(help_and_licence_go_to_stdout_and_their_lack_to_stderr)
{
	CHECK_SAYS(ARGS("-h"), NO_ENV, 0, false, NULL);
	CHECK_SAYS(ARGS("-l"), NO_ENV, 0, false, NULL);
	CHECK_SAYS(WORDS("tini"), NO_ENV, 1, true, NULL);
}
