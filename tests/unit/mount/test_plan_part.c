// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/plan_part.h"

#include "base/scope.h"
#include "test.h"

static const struct clean {
	const char *path, *expected;
} cleans[] = {
	{ "/", "/" },	      { "", "/" },	    { "/a", "/a" },	    { "a/b", "/a/b" },
	{ "//a///b//", "/a/b" }, { "/a/./b/.", "/a/b" }, { "/a/../b", "/b" }, { "/../../a", "/a" },
	{ "/a/b/../..", "/" }, { "/.a/..b", "/.a/..b" }, { "/...", "/..." }, { "/a/b/..", "/a" },
};

TEST(targets_are_cleaned_from_the_root_on)
{
	for (size_t i = 0; i < countof(cleans); i++) {
		struct arena arena autoclean(arena_clear) = { 0 };

		CHECK_STR(mount_plan_clean(&arena, cleans[i].path), cleans[i].expected);
	}
}
