// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/plan_text.h"

static const struct limit_facts facts = {
	.v1_controllers = "cpu,cpuacct,memory,blkio,net_cls,net_prio,hugetlb",
};

static void check_rows(const struct plan_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		plan_check(&rows[i], facts);
}

/* R-01..R-09 */
TEST(memory_limits_agree_with_each_other)
{
	const struct plan_row rows[] = {
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(96)),
		  .plan = "1 memory memory.limit_in_bytes=64 &\n"
			  "1 memory memory.memsw.limit_in_bytes=96 &" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(64)),
		  .plan = "1 memory memory.limit_in_bytes=64 &\n"
			  "1 memory memory.memsw.limit_in_bytes=64 ? &" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(-1)),
		  .plan = "1 memory memory.limit_in_bytes=64 &\n"
			  "1 memory memory.memsw.limit_in_bytes=-1 ? &" },
		{ .resources.memory = PART(spec_memory, .limit = INT(-1)),
		  .plan = "1 memory memory.limit_in_bytes=-1 &\n"
			  "1 memory memory.memsw.limit_in_bytes=-1 ? &" },
		{ .resources.memory = PART(spec_memory, .limit = INT(0), .swap = INT(0)), .plan = "" },
		{ .resources.memory = PART(spec_memory, .swap = INT(96)), .is_update = true,
		  .plan = "1 memory memory.memsw.limit_in_bytes=96 &" },
		{ .resources.memory = PART(spec_memory, .reservation = INT(5), .kernel = INT(6),
					   .kernel_tcp = INT(-7), .swappiness = INT(60)),
		  .plan = "1 memory memory.soft_limit_in_bytes=5\n"
			  "1 memory memory.kmem.limit_in_bytes=6\n"
			  "1 memory memory.kmem.tcp.limit_in_bytes=-1\n"
			  "1 memory memory.swappiness=60" },
		{ .resources.memory = PART(spec_memory, .disable_oom_killer = TRUE,
					   .use_hierarchy = TRUE),
		  .plan = "1 memory memory.use_hierarchy=1\n1 memory memory.oom_control=1" },
		{ .resources.memory = PART(spec_memory, .disable_oom_killer = FALSE,
					   .use_hierarchy = FALSE), .plan = "" },
		{ .resources.memory = PART(spec_memory, .disable_oom_killer = FALSE),
		  .is_update = true, .plan = "1 memory memory.oom_control=0" },
	};

	check_rows(rows, countof(rows));
}

/* R-12..R-14 */
TEST(cpu_quota_period_and_burst_agree_with_each_other)
{
	const struct plan_row rows[] = {
		{ .resources.cpu = PART(spec_cpu, .shares = INT(512), .period = INT(50000),
					.quota = INT(25000), .burst = INT(1000)),
		  .plan = "1 cpu cpu.shares=512\n"
			  "1 cpu cpu.cfs_period_us=50000 &\n"
			  "1 cpu cpu.cfs_quota_us=25000 &\n"
			  "1 cpu cpu.cfs_burst_us=1000 &" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(0), .burst = INT(0), .shares = INT(0),
					.period = INT(0)),
		  .plan = "1 cpu cpu.cfs_quota_us=-1 &\n1 cpu cpu.cfs_burst_us=0 ? &" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(-5)),
		  .plan = "1 cpu cpu.cfs_quota_us=-1 &" },
		{ .resources.cpu = PART(spec_cpu, .idle = INT(1), .shares = INT(512)),
		  .plan = "1 cpu cpu.idle=1" },
		{ .resources.cpu = PART(spec_cpu, .idle = INT(0), .shares = INT(512)),
		  .plan = "1 cpu cpu.idle=0 ?\n1 cpu cpu.shares=512" },
		{ .resources.cpu = PART(spec_cpu, .realtime_period = INT(1000000),
					.realtime_runtime = INT(950000)),
		  .plan = "1 cpu cpu.rt_period_us=1000000 &\n"
			  "1 cpu cpu.rt_runtime_us=950000 & ^" },
	};

	check_rows(rows, countof(rows));
}

/* R-19..R-25 */
TEST(block_io_has_one_line_for_each_device)
{
	struct spec_weight_device weights[] = {
		{ .major = INT(8), .minor = INT(0), .weight = INT(500), .leaf_weight = INT(300) },
		{ .major = INT(8), .minor = INT(16), .leaf_weight = INT(300) },
	};
	struct spec_throttle_device rates[] = {
		{ .major = INT(8), .minor = INT(0), .rate = INT(1048576) },
		{ .major = INT(8), .minor = INT(16), .rate = INT(0) },
	};
	struct spec_throttle_devices list = { 2, rates }, single = { 1, rates };
	const struct plan_row rows[] = {
		{ .resources.block_io = PART(spec_block_io, .weight = INT(500),
					     .leaf_weight = INT(10)),
		  .plan = "1 blkio blkio.weight=500 | blkio.bfq.weight=500\n"
			  "1 blkio blkio.leaf_weight=10" },
		{ .resources.block_io = PART(spec_block_io,
					     .weight_device = PART(spec_weight_devices, 2, weights)),
		  .plan = "1 blkio blkio.weight_device=8:0 500 | blkio.bfq.weight_device=8:0 500\n"
			  "1 blkio blkio.leaf_weight_device=8:0 300\n"
			  "1 blkio blkio.leaf_weight_device=8:16 300" },
		{ .resources.block_io = PART(spec_block_io, .throttle_read_bps_device = &list,
					     .throttle_write_bps_device = &single,
					     .throttle_read_iops_device = &single,
					     .throttle_write_iops_device = &single),
		  .plan = "1 blkio blkio.throttle.read_bps_device=8:0 1048576\n"
			  "1 blkio blkio.throttle.read_bps_device=8:16 0\n"
			  "1 blkio blkio.throttle.write_bps_device=8:0 1048576\n"
			  "1 blkio blkio.throttle.read_iops_device=8:0 1048576\n"
			  "1 blkio blkio.throttle.write_iops_device=8:0 1048576" },
	};

	check_rows(rows, countof(rows));
}

/* R-26..R-28 */
TEST(huge_pages_and_network_have_their_files)
{
	struct spec_hugepage_limit huge[] = { { "2MB", INT(4194304) }, { "1GB", INT(0) } };
	struct spec_interface_priority priorities[] = { { "eth0", INT(5) }, { "lo", INT(0) } };
	const struct plan_row rows[] = {
		{ .resources.hugepage_limits = PART(spec_hugepage_limits, 2, huge),
		  .plan = "1 hugetlb hugetlb.2MB.limit_in_bytes=4194304\n"
			  "1 hugetlb hugetlb.2MB.rsvd.limit_in_bytes=4194304 ?\n"
			  "1 hugetlb hugetlb.1GB.limit_in_bytes=0\n"
			  "1 hugetlb hugetlb.1GB.rsvd.limit_in_bytes=0 ?" },
		{ .resources.network = PART(spec_network, .class_id = INT(1048577),
			.priorities = PART(spec_interface_priorities, 2, priorities)),
		  .plan = "1 net_cls net_cls.classid=1048577\n"
			  "1 net_prio net_prio.ifpriomap=eth0 5\n"
			  "1 net_prio net_prio.ifpriomap=lo 0" },
	};

	check_rows(rows, countof(rows));
}
