// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <string.h>

#include "base/scope.h"
#include "base/text.h"
#include "cli/completion.h"

#define WORDS(...) (char *[]){ __VA_ARGS__, NULL }

/* No state root, so no ids: those are asked for in test_completion.py. */
static const char no_root[] = "/dev/null/none";

static char *offered(char **words)
{
	struct text text = { 0 };
	int count = 0;

	while (words[count])
		count++;
	completion_words(no_root, count, words, &text);
	return text_take(&text);
}

/* The first word of each line, joined by blanks. */
static void check(char **words, const char *wanted)
{
	autofree char *lines = offered(words);
	autotext struct text got = { 0 };
	char *rest = lines, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			text_add(&got, "%s%.*s", got.size ? " " : "", (int)strcspn(line, "\t"),
				 line);
	CHECK_STR(text_get(&got), wanted);
}

TEST(a_command_is_offered_with_what_it_does)
{
	autofree char *lines = offered(WORDS("bo"));

	CHECK_STR(lines, "box\trun a program in a fresh container, no image needed\n");
	check(WORDS("st"), "start state stop");
	check(WORDS("help", "sto"), "stop");
}

TEST(commands_that_are_not_listed_are_not_offered)
{
	check(WORDS("checkp"), "");
	check(WORDS("comple"), "");
}

TEST(options_are_those_of_the_place)
{
	check(WORDS("--ro"), "--root --rootless");
	check(WORDS("--debug", "box", "--ro"), "--ro --rootfs");
	check(WORDS("start", "-"), "--help");
	check(WORDS("kill", "web", "--re"), "--regex");
	check(WORDS("kill", "--", "--re"), "");
}

TEST(options_without_help_are_not_offered)
{
	check(WORDS("run", "--no-s"), "");
}

TEST(values_are_words_files_or_folders)
{
	check(WORDS("box", "--net", ""), "none host");
	check(WORDS("box", "--net=h"), "--net=host");
	check(WORDS("run", "-b", ""), ":folders");
	check(WORDS("run", "-db", ""), ":folders");
	check(WORDS("run", "--config=x"), ":files");
	check(WORDS("--log-format", "j"), "json");
	check(WORDS("update", "--cpu-idle", ""), "0 1");
	check(WORDS("box", "--memory", ""), "");
	check(WORDS("box", "--name", ""), "");
}

TEST(a_value_in_the_same_word_leaves_the_next_one_alone)
{
	check(WORDS("box", "--net=none", "--ho"), "--hostname");
	check(WORDS("box", "-m64M", "--ho"), "--hostname");
	check(WORDS("list", "-qf", "t"), "table");
}

TEST(signals_are_offered_as_they_are_begun)
{
	check(WORDS("kill", "web", "T"), "TRAP TERM TSTP TTIN TTOU");
	check(WORDS("kill", "web", "SIGT"), "SIGTRAP SIGTERM SIGTSTP SIGTTIN SIGTTOU");
	check(WORDS("stop", "--signal", "Q"), "QUIT");
	check(WORDS("explain", "web", "TERM", "HU"), "HUP");
	check(WORDS("kill", "web", "TERM", "T"), "");
}

TEST(operands_follow_the_usage_line)
{
	check(WORDS("mounts", ""), "add remove");
	check(WORDS("mounts", "add", "web", ""), ":files");
	check(WORDS("list", ""), "");
	check(WORDS("wait", "web", ""), "");
	check(WORDS("dance", ""), "");
}

TEST(the_words_of_a_program_are_a_line_of_its_own)
{
	check(WORDS("box", "--init", "--", ""), ":program 3");
	check(WORDS("box", "--", "ls", "--al"), ":program 2");
	check(WORDS("box", "ls", "--al"), ":program 1");
	check(WORDS("exec", "-t", "web", "ls", "--al"), ":program 3");
	check(WORDS("exec", "web", "--", ""), ":program 3");
	check(WORDS("trace", "--", "ls", "x"), ":program 2");
	check(WORDS("trace", "web", ""), "");
}
