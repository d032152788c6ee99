// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/block.h"

#include <string.h>

#include "test.h"

TEST(label_stands_in_a_column_of_its_own)
{
	autotext struct text text = { 0 };

	block_add("why", "a b", &text);
	block_add("", "c", &text);
	CHECK_STR(text_get(&text), "  why       a b\n            c\n");
}

TEST(lines_are_broken_at_blanks_and_never_within_a_word)
{
	autotext struct text text = { 0 };
	char words[301];

	for (size_t i = 0; i < 300; i++)
		words[i] = i % 10 ? 'x' : ' ';
	words[300] = '\0';
	block_add("a", words + 1, &text);
	for (const char *at = text_get(&text); *at; at += strcspn(at, "\n") + 1)
		CHECK_TRUE(strcspn(at, "\n") <= 96);
	memset(words, 'x', 300);
	text_clear(&text);
	block_add("a", words, &text);
	CHECK_INT(text.size, 12 + 300 + 1);
}
