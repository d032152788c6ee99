// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/words.h"

#include "base/scope.h"
#include "test.h"

TEST(every_word_ends_its_own_line)
{
	autotext struct text words = { 0 };

	cgroup_words_add(&words, "start");
	cgroup_words_add(&words, "");
	cgroup_words_format(&words, "%s-%d", "a", 7);
	cgroup_words_property(&words, "Slice", "s", "machine.slice");
	CHECK_STR(text_get(&words), "start\n\na-7\nSlice\ns\nmachine.slice\n");
}

TEST(end_of_line_in_a_word_is_escaped)
{
	autotext struct text words = { 0 };

	cgroup_words_add(&words, "two\nlines and a \\");
	CHECK_STR(text_get(&words), "two\\nlines and a \\\\\n");
}
