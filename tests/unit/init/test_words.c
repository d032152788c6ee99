// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/words.h"

#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

static const struct init_flag flags[] = {
	{ 'a', "", false }, { 'b', "", true }, { 'r', "rewrite", true }, { 's', "single", false },
	{ 'S', "short", false }, { 0, "", false },
};

/* What was read, as "a b=VALUE | operand operand"; '?' and ':' for the two faults. */
static void read_all(char **argv, bool permutes, char text[128])
{
	struct init_words words;
	char *at = text;
	int key;

	init_words_begin(&words, argv, flags, permutes);
	while ((key = init_words_next(&words)) > 0)
		at += sprintf(at, words.value && key != 'a' && key != 's' && key != 'S' ? "%c=%s " : "%c ",
			      key, words.value);
	if (key < 0)
		at += sprintf(at, key == INIT_WORDS_UNKNOWN ? "?%s" : ":%s", words.word);
	else
		for (at += sprintf(at, "|"); *words.operands; words.operands++)
			at += sprintf(at, " %s", *words.operands);
}

static const struct row {
	char *argv[8];
	const char *stops, *permutes;
} rows[] = {
	{ { "x", "prog", "-a" }, "| prog -a", "a | prog" },
	{ { "x", "-a", "-b", "v", "prog" }, "a b=v | prog", "a b=v | prog" },
	{ { "x", "-abv", "prog" }, "a b=v | prog", "a b=v | prog" },
	{ { "x", "-aa", "--", "-a", "p" }, "a a | -a p", "a a | -a p" },
	{ { "x", "p", "--", "-a", "--" }, "| p -- -a --", "| p -a --" },
	{ { "x", "--rewrite=1:2", "p" }, "r=1:2 | p", "r=1:2 | p" },
	{ { "x", "--rewrite", "1:2", "p" }, "r=1:2 | p", "r=1:2 | p" },
	{ { "x", "--rew=1", "--sin", "p" }, "r=1 s | p", "r=1 s | p" },
	{ { "x", "--s", "p" }, "?--s", "?--s" },
	{ { "x", "--single=1", "p" }, "?--single=1", "?--single=1" },
	{ { "x", "-ac", "p" }, "a ?-ac", "a ?-ac" },
	{ { "x", "-b" }, ":-b", ":-b" },
	{ { "x", "--rewrite" }, ":--rewrite", ":--rewrite" },
	{ { "x", "-", "p" }, "| - p", "| - p" },
	{ { "x" }, "|", "|" },
	{ { NULL }, "|", "|" },
	{ { "x", "-b", "--", "p" }, "b=-- | p", "b=-- | p" },
};

TEST(words_are_read_as_getopt_does)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct row once = rows[i], again = rows[i];
		char text[128];

		read_all(once.argv, false, text);
		CHECK_STR(text, rows[i].stops);
		read_all(again.argv, true, text);
		CHECK_STR(text, rows[i].permutes);
	}
}
