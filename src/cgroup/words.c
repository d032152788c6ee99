// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/scope.h"

void cgroup_words_add(struct text *io_words, const char *word)
{
	for (; *word; word++)
		if (*word == '\n')
			text_add(io_words, "\\n");
		else if (*word == '\\')
			text_add(io_words, "\\\\");
		else
			text_add_bytes(io_words, word, 1);
	text_add(io_words, "\n");
}

void cgroup_words_format(struct text *io_words, const char *format, ...)
{
	autofree char *word = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0)
		word = mem_text("");
	va_end(args);
	cgroup_words_add(io_words, word);
}

void cgroup_words_property(struct text *io_words, const char *name, const char *signature,
			   const char *value)
{
	cgroup_words_add(io_words, name);
	cgroup_words_add(io_words, signature);
	cgroup_words_add(io_words, value);
}
