// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * words - what husk says to husk-systemd: words, one on each line
 *
 * An end of line and a backslash in a word are written "\n" and "\\". A typed value is the words
 * of its parts, as busctl(1) has them: a number in decimal, a boolean as 0 or 1, a string as it
 * is; an array is the number of its elements and then those; a structure its members. A property
 * of a unit is its name, the signature of its value, the value. A "?" before the name: it may be
 * left out where systemd is too old to know it.
 */
#ifndef HUSK_CGROUP_WORDS_H
#define HUSK_CGROUP_WORDS_H

#include "base/text.h"

/* One more word, as it is. */
void cgroup_words_add(struct text *io_words, const char *word);

/* One more word, printf. */
void cgroup_words_format(struct text *io_words, const char *format, ...) PRINTF(2, 3);

/* Name, signature and a value of one word. */
void cgroup_words_property(struct text *io_words, const char *name, const char *signature,
			   const char *value);

#endif
