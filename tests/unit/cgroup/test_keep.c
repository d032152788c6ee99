// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/keep.h"
#include "cgroup/live.h"

static const struct {
	const char *file, *text, *now, *expected;
} rows[] = {
	{ "pids.max", "7", "max", "max" },
	{ "cpu.max", "1000 5000", "max 100000", "max 100000" },
	{ "memory.max", "1048576", "2097152", "2097152" },
	{ "cpuset.cpus", "0", "", "\n" },
	{ "io.weight", "200", "default 100\n8:0 50", "default 100" },
	{ "memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 0\noom_kill 0", "0" },
	{ "io.max", "8:0 rbps=1", "8:16 rbps=2 wbps=max\n8:0 rbps=3 wbps=max",
	  "8:0 rbps=3 wbps=max" },
	{ "io.max", "8:0 rbps=1", "8:16 rbps=2 wbps=max",
	  "8:0 rbps=max wbps=max riops=max wiops=max" },
	{ "io.max", "8:1 rbps=1", "8:16 rbps=2", "8:1 rbps=max wbps=max riops=max wiops=max" },
	{ "rdma.max", "mlx4_0 hca_handle=2", "", "mlx4_0 hca_handle=max hca_object=max" },
	{ "io.bfq.weight", "300", "default 100", "default 100" },
	{ "io.bfq.weight", "8:0 300", "default 100", "8:0 default" },
	{ "blkio.throttle.read_bps_device", "8:0 99", "", "8:0 0" },
	{ "blkio.throttle.read_bps_device", "8:0 99", "8:0 44", "8:0 44" },
	{ "net_prio.ifpriomap", "eth0 5", "lo 0\neth0 2", "eth0 2" },
};

TEST(text_brings_back_what_the_file_says)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_STR(cgroup_keep_text(rows[i].file, rows[i].text, rows[i].now, &arena),
			  rows[i].expected);
	arena_clear(&arena);
}

TEST(failed_update_leaves_all_as_it_was)
{
	struct spec_resources before = {
		.pids = PART(spec_pids, .limit = INT(20)),
		.memory = PART(spec_memory, .limit = INT(64 << 20), .swap = INT(64 << 20)),
		.cpu = PART(spec_cpu, .quota = INT(20000), .period = INT(50000)),
	};
	struct spec_resources wrong = {
		.pids = PART(spec_pids, .limit = INT(INT64_MAX)),
		.memory = PART(spec_memory, .limit = INT(128 << 20), .swap = INT(128 << 20)),
		.cpu = PART(spec_cpu, .quota = INT(30000), .period = INT(60000)),
	};
	struct live live = live_create(CGROUP_MODE_NONE, &before);
	bool is_v1 = cgroup_fs_find_tree(&live.cgroup, "memory") != NULL;
	struct error err;

	CHECK_INT(cgroup_update(&live.cgroup, &wrong, &err), -EINVAL);
	live_check(&live, "pids", "pids.max", "20");
	live_check(&live, "memory", is_v1 ? "memory.limit_in_bytes" : "memory.max", "67108864");
	if (is_v1)
		live_check(&live, "cpu", "cpu.cfs_quota_us", "20000");
	else
		live_check(&live, "cpu", "cpu.max", "20000 50000");
	live_end(&live);
}

TEST(weight_comes_back_with_the_end_of_idling)
{
	struct spec_resources before = { .cpu = PART(spec_cpu, .shares = INT(2048)) };
	struct spec_resources wrong = { .cpu = PART(spec_cpu, .idle = INT(1)),
					.pids = PART(spec_pids, .limit = INT(INT64_MAX)) };
	struct live live = live_create(CGROUP_MODE_NONE, &before);
	bool is_v1 = cgroup_fs_find_tree(&live.cgroup, "cpu") != NULL;
	struct error err;
	int r = cgroup_update(&live.cgroup, &wrong, &err);

	if (r == -EINVAL)
		live_check(&live, "cpu", is_v1 ? "cpu.shares" : "cpu.weight",
			   is_v1 ? "2048" : "174");
	live_end(&live);
	if (r == -ENOTSUP)
		SKIP("needs cpu.idle (Linux 5.15)");
	CHECK_INT(r, -EINVAL);
}

TEST(file_that_is_not_there_has_no_row)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write write = { .version = live.cgroup.mode, .controller = "pids",
				     .property = "x", .file = "pids.nosuch", .text = "1" };
	struct limit_plan plan = { .count = 1, .write = &write };
	autolimit struct limit_plan old = { 0 };

	cgroup_keep_plan(&live.cgroup, &plan, &old);
	CHECK_INT(old.count, 0);
	write.other_file = "pids.max";
	write.other_text = "1";
	cgroup_keep_plan(&live.cgroup, &plan, &old);
	CHECK_INT(old.count, 1);
	CHECK_STR(old.write[0].file, "pids.max");
	CHECK_STR(old.write[0].text, "max");
	live_end(&live);
}
