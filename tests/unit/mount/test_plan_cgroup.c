// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/scope.h"
#include "box.h"
#include "test.h"

static const struct mount_cgroup_hierarchy hierarchies[] = {
	{ "pids", "pids", "/sys/fs/cgroup/pids/box" },
	{ "cpu,cpuacct", "cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/box" },
	{ "systemd", "none,name=systemd", NULL },
};

#define READ_ONLY "{'destination':'/sys/fs/cgroup','type':'cgroup','options':['nosuid','ro']}"
#define WRITABLE "{'destination':'/sys/fs/cgroup','type':'cgroup','options':['nosuid','rw']}"

static bool is_readonly(const struct mount_step *step)
{
	return step->options.top.set & MOUNT_ATTR_RDONLY;
}

/* M-12 */
TEST(v2_with_a_cgroup_namespace_is_a_new_mount)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = WRITABLE,
		.is_cgroup_v2 = true,
		.has_cgroup_ns = true,
		.cgroup2_folder = "/sys/fs/cgroup/box",
	};
	const struct mount_step *step;
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.step_count, 1);
	step = box.plan.steps;
	CHECK_INT(step->kind, MOUNT_NEW);
	CHECK_STR(step->type, "cgroup2");
	CHECK_TRUE(!is_readonly(step) && step->is_super_kept);
	CHECK_INT(step->options.top.set, MOUNT_ATTR_NOSUID);
	CHECK_INT(step->fallback->kind, MOUNT_BIND);
	CHECK_STR(step->fallback->source, "/sys/fs/cgroup/box");
}

/* M-12 */
TEST(v2_without_a_cgroup_namespace_shows_its_own_part_or_is_readonly)
{
	struct box_config config = { .is_cgroup_v2 = true };
	struct error err;

	for (int i = 0; i < 4; i++) {
		struct box box autobox = BOX_NONE;
		const struct mount_step *step;

		config.mounts = i & 1 ? READ_ONLY : WRITABLE;
		config.cgroup2_folder = i & 2 ? "/sys/fs/cgroup/box" : NULL;
		CHECK_OK(box_plan(&config, &box, &err), err);
		step = box.plan.steps;
		if (i == 2) {
			CHECK_INT(step->kind, MOUNT_BIND);
			CHECK_STR(step->source, "/sys/fs/cgroup/box");
			continue;
		}
		CHECK_INT(step->kind, MOUNT_NEW);
		CHECK_TRUE(is_readonly(step));
		CHECK_INT(step->fallback->kind, i & 2 ? MOUNT_BIND : MOUNT_NEW);
		CHECK_TRUE(is_readonly(step->fallback));
	}
}

/* M-13 */
TEST(v1_is_a_tmpfs_with_a_folder_for_each_hierarchy)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = READ_ONLY,
		.has_cgroup_ns = true,
		.hierarchies = hierarchies,
		.hierarchy_count = countof(hierarchies),
		.cgroup2_folder = "/sys/fs/cgroup/unified/box",
	};
	static const struct {
		enum mount_kind kind;
		const char *type, *source, *target;
	} expected[] = {
		{ MOUNT_NEW, "tmpfs", "tmpfs", "/sys/fs/cgroup" },
		{ MOUNT_NEW, "cgroup", "cgroup", "/sys/fs/cgroup/pids" },
		{ MOUNT_NEW, "cgroup", "cgroup", "/sys/fs/cgroup/cpu,cpuacct" },
		{ MOUNT_LINK, NULL, "cpu,cpuacct", "/sys/fs/cgroup/cpu" },
		{ MOUNT_LINK, NULL, "cpu,cpuacct", "/sys/fs/cgroup/cpuacct" },
		{ MOUNT_NEW, "cgroup", "cgroup", "/sys/fs/cgroup/systemd" },
		{ MOUNT_NEW, "cgroup2", "cgroup", "/sys/fs/cgroup/unified" },
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.step_count, countof(expected));
	for (size_t i = 0; i < countof(expected); i++) {
		const struct mount_step *step = &box.plan.steps[i];

		CHECK_INT(step->kind, expected[i].kind);
		CHECK_STR(step->source, expected[i].source);
		CHECK_STR(step->target, expected[i].target);
		if (expected[i].type)
			CHECK_STR(step->type, expected[i].type);
		CHECK_INT(is_readonly(step), step->kind != MOUNT_LINK && i > 0);
	}
	CHECK_TRUE(box.plan.steps[0].is_late_readonly);
	CHECK_STR(box.plan.steps[0].options.data[0], "mode=755");
	CHECK_INT(box.plan.steps[5].options.data_count, 2);
	CHECK_STR(box.plan.steps[5].options.data[0], "none");
	CHECK_STR(box.plan.steps[5].options.data[1], "name=systemd");
}

/* M-13 */
TEST(v1_without_a_cgroup_namespace_is_bound_and_readonly)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = WRITABLE,
		.hierarchies = hierarchies,
		.hierarchy_count = countof(hierarchies),
	};
	struct error err;

	CHECK_OK(box_plan(&config, &box, &err), err);
	CHECK_INT(box.plan.step_count, 5); /* systemd has no folder and is left out */
	CHECK_TRUE(!box.plan.steps[0].is_late_readonly);
	for (size_t i = 1; i < 3; i++) {
		CHECK_INT(box.plan.steps[i].kind, MOUNT_BIND);
		CHECK_TRUE(is_readonly(&box.plan.steps[i]));
	}
}

TEST(v1_is_writable_only_without_a_user_namespace)
{
	struct box_config config = {
		.mounts = WRITABLE,
		.has_cgroup_ns = true,
		.hierarchies = hierarchies,
		.hierarchy_count = 1,
	};
	struct error err;

	for (int has_user_ns = 0; has_user_ns < 2; has_user_ns++) {
		struct box box autobox = BOX_NONE;

		config.has_user_ns = has_user_ns;
		CHECK_OK(box_plan(&config, &box, &err), err);
		CHECK_INT(is_readonly(&box.plan.steps[1]), has_user_ns);
		CHECK_TRUE(is_readonly(box.plan.steps[1].fallback));
	}
}

TEST(data_on_a_cgroup_mount_is_refused)
{
	struct box box autobox = BOX_NONE;
	struct box_config config = {
		.mounts = "{'destination':'/c','type':'cgroup','options':['release_agent=/x']}",
	};
	struct error err;

	CHECK_ERROR(box_plan(&config, &box, &err), err, EINVAL,
		    "mounts[0].options: \"release_agent=/x\" is not known for a cgroup mount");
}

/* --- the same given to this machine, where it has v1 hierarchies --- */

static const struct mount_cgroup_hierarchy pids = { "pids", "pids", "/sys/fs/cgroup/pids" };
static const struct mount_cgroup_hierarchy two_names = { "one,two", "pids", NULL };

static int look(const struct box *box, const char *path, struct stat *ret_st)
{
	return fstatat(box->run.root_fd, path, ret_st, AT_SYMLINK_NOFOLLOW);
}

static int with_namespace(struct box *box, struct error *err)
{
	const struct mount_cgroup_hierarchy both[] = { pids, two_names };
	struct box_config config = {
		.mounts = WRITABLE,
		.has_cgroup_ns = true,
		.hierarchies = both,
		.hierarchy_count = countof(both),
	};
	struct stat st;

	HOLDS(unshare(CLONE_NEWCGROUP) == 0);
	TRY(box_attach(&config, box, err));
	HOLDS(look(box, "sys/fs/cgroup/pids/cgroup.procs", &st) == 0);
	HOLDS(look(box, "sys/fs/cgroup/one,two/cgroup.procs", &st) == 0);
	HOLDS(look(box, "sys/fs/cgroup/two", &st) == 0 && S_ISLNK(st.st_mode));
	HOLDS(!(box_flags(box, "/sys/fs/cgroup/pids") & ST_RDONLY));
	HOLDS(box_flags(box, "/sys/fs/cgroup/pids") & ST_NOSUID);
	return 0;
}

static int without_namespace(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = WRITABLE,
		.has_user_ns = true,
		.hierarchies = &pids,
		.hierarchy_count = 1,
	};

	TRY(box_attach(&config, box, err));
	HOLDS(box_flags(box, "/sys/fs/cgroup/pids") & ST_RDONLY);
	return 0;
}

TEST(v1_hierarchies_are_mounted_or_bound)
{
	if (access("/sys/fs/cgroup/pids/cgroup.procs", F_OK) < 0)
		SKIP("there is no v1 pids hierarchy");
	box_run(BOX_PLAIN, with_namespace);
	box_run(BOX_USER_NS, without_namespace);
}

static int v2(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = READ_ONLY,
		.is_cgroup_v2 = true,
		.has_cgroup_ns = true,
	};
	struct stat st;

	HOLDS(unshare(CLONE_NEWCGROUP) == 0);
	TRY(box_attach(&config, box, err));
	HOLDS(look(box, "sys/fs/cgroup/cgroup.procs", &st) == 0);
	HOLDS(box_flags(box, "/sys/fs/cgroup") & ST_RDONLY);
	return 0;
}

static int v2_masked(struct box *box, struct error *err)
{
	struct box_config config = {
		.mounts = WRITABLE,
		.is_cgroup_v2 = true,
		.has_user_ns = true,
	};
	struct stat st;

	TRY(box_attach(&config, box, err));
	HOLDS(look(box, "sys/fs/cgroup/cgroup.procs", &st) < 0);
	HOLDS(box_flags(box, "/sys/fs/cgroup") & ST_RDONLY);
	return 0;
}

TEST(v2_is_mounted_or_masked)
{
	box_run(BOX_PLAIN, v2);
	box_run(BOX_USER_NS, v2_masked);
}
