// SPDX-License-Identifier: 0BSD
/*
 * words - the options of a command line, read as getopt_long(3) does
 *
 * "-abVALUE", "-b VALUE", "--name VALUE", "--name=VALUE"; "--" ends the options. A long name
 * may be cut as long as it stays clear. With @permutes, options may stand behind operands.
 */
#ifndef HUSK_INIT_WORDS_H
#define HUSK_INIT_WORDS_H

#include <stdbool.h>

struct init_flag {
	short key;	 /* what init_words_next returns; a letter is also its short name */
	char name[17];	 /* the long one, or "" */
	bool has_value;
};

struct init_words {
	const struct init_flag *flags; /* ends with a key of 0 */
	bool permutes;
	char **operands;  /* after the end: the program and its arguments, NULL behind them */
	const char *word; /* the option as it was written, for a message */
	char *value;	  /* of the last option; NULL when it has none */
	char **from, **to, *letters;
};

enum { INIT_WORDS_END = 0, INIT_WORDS_UNKNOWN = -1, INIT_WORDS_NO_VALUE = -2 };

/* Operands are moved to the front of @io_argv, which holds the program's own name first. */
void init_words_begin(struct init_words *ret_words, char **io_argv,
		      const struct init_flag *flags, bool permutes);

/* The key of the next option, or one of the three above. */
int init_words_next(struct init_words *io_words);

#endif
