// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * parsed - a command line of husk-init, read and kept for the checks of a test
 */
#ifndef HUSK_TESTS_UNIT_INIT_PARSED_H
#define HUSK_TESTS_UNIT_INIT_PARSED_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "init/option.h"
#include "test.h"

enum { PARSED_WORDS = 16, PARSED_WORD = 64 };

static struct init_options parsed;
static char parsed_reply[4096];
static char parsed_words[PARSED_WORDS][PARSED_WORD];
static char *parsed_argv[PARSED_WORDS + 1];

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })
#define NO_ENV ((char *[]){ NULL })

/* Runs when 0; else there is only something to say. The words are copied: they are written to. */
static inline int parse(char **argv, char **env)
{
	struct init_text text = INIT_TEXT_IN(parsed_reply);
	char *copies[PARSED_WORDS + 1] = { NULL };

	for (int i = 0; argv[i] && i < PARSED_WORDS; i++) {
		copies[i] = parsed_words[i];
		snprintf(copies[i], PARSED_WORD, "%s", argv[i]);
	}
	parsed_reply[0] = '\0';
	memcpy(parsed_argv, copies, sizeof(copies));
	return init_option_parse(parsed_argv, env, &parsed, &text);
}

/* It says exactly @text, unless that is NULL, there, and leaves with @code. */
static inline void check_says(char **argv, char **env, int code, const char *text)
{
	CHECK_INT(parse(argv, env), -EINVAL);
	CHECK_INT(parsed.reply_code, code);
	if (text)
		CHECK_STR(parsed_reply, text);
}

#define CHECK_SAYS(argv, env, code, is_error, text)          \
	do {                                                 \
		check_says(argv, env, code, text);           \
		CHECK_INT(parsed.reply_is_error, is_error);  \
	} while (0)

#endif
