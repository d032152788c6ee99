// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/scope.h"
#include "test.h"

/* A folder that plays the container's. */
struct fixture {
	char root[sizeof("/tmp/husk-nest-XXXXXX")];
	struct cgroup_tree tree;
	struct cgroup cgroup;
};

static void set_up(struct fixture *f, enum cgroup_mode mode)
{
	*f = (struct fixture){ .root = "/tmp/husk-nest-XXXXXX" };
	CHECK_TRUE(mkdtemp(f->root));
	f->tree = (struct cgroup_tree){ (char *)"", f->root, f->root };
	f->cgroup = (struct cgroup){ .mode = mode, .count = 1, .tree = &f->tree };
}

static void tear_down(struct fixture *f)
{
	autofree char *command = mem_format("rm -r %s", f->root);

	arena_clear(&f->cgroup.arena);
	CHECK_INT(system(command), 0);
}

/* */
TEST(every_folder_of_the_path_is_made)
{
	struct fixture f;
	autofree char *expected = NULL;
	struct error err;
	struct stat found;

	set_up(&f, CGROUP_MODE_V2);
	CHECK_OK(cgroup_nest(&f.cgroup, "a/b/c", &err), err);
	expected = mem_format("%s/a/b/c", f.root);
	CHECK_STR(f.cgroup.process_folder, expected);
	CHECK_INT(stat(expected, &found), 0);
	/* What is there already is taken. */
	CHECK_OK(cgroup_nest(&f.cgroup, "a/b", &err), err);
	tear_down(&f);
}

/* */
TEST(path_does_not_lead_out)
{
	static const char *const paths[] = {
		"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b",
	};
	struct fixture f;
	struct error err;

	set_up(&f, CGROUP_MODE_V2);
	for (size_t i = 0; i < countof(paths); i++)
		CHECK_INT(cgroup_nest(&f.cgroup, paths[i], &err), -EINVAL);
	CHECK_TRUE(!f.cgroup.process_folder);
	tear_down(&f);
}

TEST(other_versions_have_no_such_folder)
{
	struct fixture f;
	struct error err;

	set_up(&f, CGROUP_MODE_V1);
	CHECK_ERROR(cgroup_nest(&f.cgroup, "a", &err), err, ENOTSUP,
		    "a cgroup inside the container's needs cgroup v2");
	tear_down(&f);
}
