// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * completion - what may stand next on a command line of husk, told to a shell
 *
 * `husk completion SHELL` prints the script that the shell loads. The script asks
 * `husk completion words WORD...` whenever it is to complete a word.
 */
#ifndef HUSK_CLI_COMPLETION_H
#define HUSK_CLI_COMPLETION_H

#include "base/text.h"

/**
 * completion_words - what the last of the words may become
 *
 * @root: the state root, NULL for the default; a --root among the words counts more.
 * @count: of @words, at least 1: all behind "husk", up to the one to be completed, which may be "".
 * @io_text: lines are added to it: a word, and a tab and its meaning where it has one. Or what
 *           the shell knows better itself: ":files", ":folders", or ":program N" when the words
 *           from the N-th on, counted from 0, are a command line of their own.
 *
 * What cannot be found out is left out without a word.
 */
void completion_words(const char *root, int count, char **words, struct text *io_text);

#endif
