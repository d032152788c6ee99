// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "container/save.h"

static struct cgroup_tree trees[] = {
	{ "pids", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/husk/x" },
	{ "", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/husk/x" },
};

static struct record save(pid_t pid)
{
	static const struct container_request request = { .id = "x" };
	struct container_plan plan = {
		.request = &request,
		.bundle = "/b",
		.rootfs = "/b/rootfs",
		.cgroup = { .mode = CGROUP_MODE_V1, .count = 2, .tree = trees },
		.init_fd = -1,
	};
	struct record record = { 0 };

	container_save_record(&plan, pid, RECORD_CREATED, &record);
	return record;
}

TEST(record_names_the_process_by_pid_and_start_time)
{
	struct record record = save(getpid());

	CHECK_INT(record.pid.value, getpid());
	CHECK_TRUE(record.start_time.is_set && record.start_time.value > 0);
	CHECK_STR(record.bundle, "/b");
	CHECK_TRUE(record.boot_id && record.owner);
	CHECK_TRUE(record.created && strchr(record.created, 'T'));
	record_clear(&record);
}

TEST(record_before_the_birth_has_no_pid)
{
	struct record record = save(0);

	CHECK_TRUE(!record.pid.is_set && !record.boot_id && !record.owner);
	CHECK_INT(record.owner_uid.value, getuid());
	record_clear(&record);
}

TEST(cgroup_comes_back_from_its_record)
{
	struct record record = save(getpid());
	struct cgroup cgroup = { 0 };
	struct error err;

	CHECK_OK(container_save_restore_cgroup(&record, &cgroup, &err), err);
	CHECK_INT(cgroup.mode, CGROUP_MODE_V1);
	CHECK_INT(cgroup.count, 2);
	CHECK_STR(cgroup.tree[0].controllers, "pids");
	CHECK_STR(cgroup.tree[1].folder, "/sys/fs/cgroup/unified/husk/x");
	cgroup_clear(&cgroup);
	record_clear(&record);
}

TEST(record_without_cgroup_restores_to_none)
{
	struct record record = { 0 };
	struct cgroup cgroup = { 0 };
	struct error err;

	CHECK_OK(container_save_restore_cgroup(&record, &cgroup, &err), err);
	CHECK_INT(cgroup.mode, CGROUP_MODE_NONE);
	cgroup_clear(&cgroup);
}
