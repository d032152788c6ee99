// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * block - words behind a label, broken into lines that begin below each other
 */
#ifndef HUSK_VIEW_BLOCK_H
#define HUSK_VIEW_BLOCK_H

#include "base/text.h"

/* "  LABEL     WORDS": @label "" for one that goes on with the label of the block before. */
void block_add(const char *label, const char *words, struct text *io_text);

#endif
