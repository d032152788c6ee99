// SPDX-License-Identifier: 0BSD
/*
 * option_part - the parts of option: one function for each manner (option_NAME.c), and what
 * these share (option_part.c)
 */
#ifndef HUSK_INIT_OPTION_PART_H
#define HUSK_INIT_OPTION_PART_H

#include "init/option.h"

struct init_words;

int init_option_native(char **io_argv, struct init_options *io_options,
		       struct init_text *io_reply);
int init_option_tini(char **io_argv, char *const *env, struct init_options *io_options,
		     struct init_text *io_reply);
int init_option_dumb(char **io_argv, char *const *env, struct init_options *io_options,
		     struct init_text *io_reply);
int init_option_catatonit(char **io_argv, char *const *env, struct init_options *io_options,
			  struct init_text *io_reply);

/* Always -EINVAL: to be returned. The text is added to what is there. */
int init_option_say(struct init_options *io_options, struct init_text *io_reply, int code,
		    const char *text);
int init_option_refuse(struct init_options *io_options, struct init_text *io_reply, int code,
		       const char *text);

/* getopt's two messages: "NAME: invalid option -- 'c'" and its like. */
void init_option_blame(const struct init_words *words, int found, const char *name,
		       struct init_text *io_reply);

/* The value of a variable; NULL when it is not set. */
const char *init_option_env(char *const *env, const char *name);

/*
 * As husk's own commands take it: "500ms", "10s", "1.5m", "1h30m", or seconds without a unit. What is
 * below a millisecond is cut off. -EINVAL for anything else.
 */
MUST_USE int init_option_duration(const char *text, int64_t *ret_ms);

#endif
