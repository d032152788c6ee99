// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "mount/probe.h"
#include "test.h"

TEST(separators_in_the_name_of_a_layer_are_quoted)
{
	static const char *const rows[][2] = {
		{ "/", "/" }, { "/a:b", "/a\\:b" }, { "/a\\b", "/a\\\\b" }, { "/a,b", "/a,b" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *quoted = mount_probe_quote_lower(rows[i][0]);

		CHECK_STR(quoted, rows[i][1]);
	}
}

static int plain_folder(struct box *box, struct error *err)
{
	autofree char *missing = mem_format("%s/none", box->bundle);

	HOLDS(mount_probe_overlay(box->bundle));
	HOLDS(!mount_probe_overlay(missing));
	return 0;
}

TEST(overlay_can_be_stacked_on_a_folder_that_is_there)
{
	box_run(BOX_ROOT, plain_folder);
}

static int locked(struct box *box UNUSED, struct error *err)
{
	HOLDS(!mount_probe_overlay("/"));
	return 0;
}

TEST(overlay_cannot_be_stacked_on_locked_mounts)
{
	box_run(BOX_USER_NS, locked);
}
