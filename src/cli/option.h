// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * option - command-line options by table
 *
 * Accepted forms: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, --flag, and -name for long
 * names, as containerd's client writes them. "--" ends the options. A command decides whether
 * options may stand behind its first operand: with exec and box what follows is another
 * program's.
 */
#ifndef HUSK_CLI_OPTION_H
#define HUSK_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "json/bind.h"

enum option_kind {
	OPTION_FLAG,	 /* bool */
	OPTION_TEXT,	 /* const char *, borrowed from argv */
	OPTION_TEXTS,	 /* struct option_texts: may be repeated */
	OPTION_COUNT,	 /* int, 0 or more */
	OPTION_NUMBER,	 /* struct maybe_int, -1 or more */
	OPTION_SIZE,	 /* struct maybe_int, bytes: 64M, 1.5G, -1 for no limit */
	OPTION_DURATION, /* struct maybe_int, milliseconds: 10s, 1m30s, 500ms, plain seconds */
	OPTION_DECIMAL,	 /* struct maybe_int, thousandths: "1.5" is 1500 */
	OPTION_IGNORED,	 /* takes a value that nothing is done with */
	OPTION_IGNORED_FLAG,
};

/* Up to 63; a NULL is behind the last. */
struct option_texts {
	size_t count;
	const char *item[64];
};

/* @offset is the place in the command's struct of values. A table ends with a row without name. */
struct option {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	size_t offset;
	const char *value_name; /* for --help; NULL for flags */
	const char *help;	/* NULL: accepted, not shown */
};

enum option_order {
	OPTION_FIRST, /* the first operand ends the options */
	OPTION_MIXED, /* options may stand anywhere before "--" */
};

/**
 * option_parse - fill @ret_values from argv
 *
 * @argv: without the command's own name. Operands are moved to its front, in their order.
 *
 * Returns the number of operands, or -EINVAL with a text that names the option, as in
 * "--pid-file: flag needs an argument".
 */
MUST_USE int option_parse(const struct option *options, enum option_order order, int argc,
			  char **io_argv, void *ret_values, struct error *err);

/**
 * option_wanting - the option that takes its value from the word behind @word
 *
 * @word: "--name", "-name", "-n", "-abn". Returns NULL when it wants none, has it, or is unknown.
 */
const struct option *option_wanting(const struct option *options, const char *word);

/* "512", "64k", "64M", "1.5G", "2GiB", "-1": bytes, by powers of 1024. -EINVAL otherwise. */
MUST_USE int option_size(const char *text, int64_t *ret_bytes);

/* "10s", "1m30s", "250ms", "2h", "10": milliseconds. -EINVAL otherwise. */
MUST_USE int option_duration(const char *text, int64_t *ret_ms);

/* "2", "0.5": thousandths, exactly. -EINVAL otherwise. */
MUST_USE int option_decimal(const char *text, int64_t *ret_thousandths);

/* The options as lines of a help screen, on stdout. */
void option_print(const struct option *options);

#endif
