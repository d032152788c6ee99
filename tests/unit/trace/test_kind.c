// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/kind.h"

#include <errno.h>

#include "test.h"

TEST(each_kind_is_found_by_its_word)
{
	for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++)
		CHECK_INT(kind_parse(kind_name((enum event_kind)kind)), kind);
}

TEST(other_words_are_none)
{
	CHECK_INT(kind_parse("nothing"), -EINVAL);
	CHECK_INT(kind_parse(""), -EINVAL);
	CHECK_INT(kind_parse("FORK"), -EINVAL);
}
