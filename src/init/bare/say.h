// SPDX-License-Identifier: 0BSD
/*
 * say - what husk-init writes to 1 and 2, in the tone of the name it was called by
 */
#ifndef HUSK_INIT_BARE_SAY_H
#define HUSK_INIT_BARE_SAY_H

#include <sys/types.h>

#include "init/option.h"

enum say_level {
	SAY_FATAL = 0,
	SAY_WARN = 1,
	SAY_INFO = 2,
	SAY_DEBUG = 3,
};

/* All of @size, however often the kernel takes less; what cannot be written is lost. */
void say_bytes(int fd, const char *data, size_t size);

void say_exec_failed(const struct init_options *options, const char *name, int code);

/* @text, and @number where it is not negative, when the verbosity is enough for @level. */
void say(const struct init_options *options, enum say_level level, const char *text,
	 int64_t number);

#endif
