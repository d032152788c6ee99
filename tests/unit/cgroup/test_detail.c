// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/detail.h"
#include "cgroup/live.h"

static void burn(void)
{
	for (volatile unsigned long i = 0; i < 20000000; i++)
		;
	_exit(0);
}

TEST(living_cgroup_has_figures_of_each_controller)
{
	struct spec_resources resources = {
		.memory = PART(spec_memory, .limit = INT(32 << 20)),
		.pids = PART(spec_pids, .limit = INT(9)),
	};
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	autodetail struct cgroup_detail d = { 0 };
	struct error err;

	live_wait(live_add(&live, burn));
	live.count = 0;
	CHECK_OK(cgroup_detail_read(&live.cgroup, &d, &err), err);
	CHECK_TRUE(d.cpu.total_ns.value > 1000000);
	CHECK_TRUE(d.cpu.user_ns.is_set && d.cpu.kernel_ns.is_set);
	CHECK_INT(d.memory.memory.limit.value, 32 << 20);
	CHECK_TRUE(d.memory.memory.usage.is_set);
	CHECK_TRUE(d.memory.cache.is_set);
	CHECK_TRUE(d.memory.count > 10);
	CHECK_INT(d.pids_limit.value, 9);
	CHECK_TRUE(d.pids_current.is_set);
	if (cgroup_fs_find_tree(&live.cgroup, "cpuset"))
		CHECK_TRUE(d.cpuset.cpus && *d.cpuset.cpus);
	live_end(&live);
}

TEST(cgroup_that_is_gone_is_no_entry)
{
	struct live live = live_new(CGROUP_MODE_NONE);
	struct cgroup_detail d;
	struct error err;

	CHECK_INT(cgroup_detail_read(&live.cgroup, &d, &err), -ENOENT);
	cgroup_clear(&live.cgroup);
}

TEST(container_without_cgroup_has_nothing)
{
	struct cgroup none = { 0 };
	struct cgroup_detail d;
	struct error err;

	CHECK_OK(cgroup_detail_read(&none, &d, &err), err);
	CHECK_TRUE(!d.cpu.total_ns.is_set && !d.pids_current.is_set && !d.memory.count);
}
