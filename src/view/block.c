// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/block.h"

#include <string.h>

enum { LABEL_WIDTH = 10, INDENT = 2, WIDTH = 96 };

void block_add(const char *label, const char *words, struct text *io_text)
{
	size_t column = INDENT + LABEL_WIDTH;
	const char *gap = "";

	text_add(io_text, "%*s%-*s", INDENT, "", LABEL_WIDTH, label);
	while (*words) {
		size_t size = strcspn(words, " ");

		if (*gap && column + 1 + size > WIDTH) {
			text_add(io_text, "\n%*s", INDENT + LABEL_WIDTH, "");
			column = INDENT + LABEL_WIDTH;
			gap = "";
		}
		text_add(io_text, "%s%.*s", gap, (int)size, words);
		column += strlen(gap) + size;
		gap = " ";
		words += size;
		words += strspn(words, " ");
	}
	text_add(io_text, "\n");
}
