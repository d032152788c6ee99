// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/plan_text.h"

static const struct limit_facts facts = { .v1_controllers = "", .has_v2 = true };

static void check_rows(const struct plan_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		plan_check(&rows[i], facts);
}

/* R-03, FX-3 */
TEST(swap_is_what_exceeds_the_limit)
{
	const struct plan_row rows[] = {
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(96)),
		  .plan = "memory memory.max=64\nmemory memory.swap.max=32" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(64)),
		  .plan = "memory memory.max=64\nmemory memory.swap.max=0 ?" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(-1)),
		  .plan = "memory memory.max=64\nmemory memory.swap.max=max ?" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(0)),
		  .plan = "memory memory.max=64" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64)),
		  .plan = "memory memory.max=64" },
		{ .resources.memory = PART(spec_memory, .limit = INT(-1)),
		  .plan = "memory memory.max=max\nmemory memory.swap.max=max ?" },
		{ .resources.memory = PART(spec_memory, .limit = INT(0)), .plan = "" },
		{ .resources.memory = PART(spec_memory, .swap = INT(-1)),
		  .plan = "memory memory.swap.max=max ?" },
		{ .resources.memory = PART(spec_memory, .reservation = INT(5)),
		  .plan = "memory memory.low=5" },
		{ .resources.memory = PART(spec_memory, .reservation = INT(-1)),
		  .plan = "memory memory.low=max" },
		{ .resources.memory = PART(spec_memory, .limit = INT(64), .swap = INT(96),
					   .check_before_update = TRUE),
		  .plan = "memory memory.max=64 <memory.current\n"
			  "memory memory.swap.max=32 <memory.swap.current" },
	};

	check_rows(rows, countof(rows));
}

/* R-05..R-09, R-16, R-20, R-27, R-28 */
TEST(what_only_v1_can_is_refused_unless_it_is_the_default)
{
	static const char only_v1[] = ": only cgroup v1 has this, and its controller ";
	const struct {
		struct spec_resources resources;
		const char *property, *controller;
	} refused[] = {
		{ { .memory = PART(spec_memory, .kernel = INT(1)) }, "memory.kernel", "memory" },
		{ { .memory = PART(spec_memory, .kernel_tcp = INT(1)) }, "memory.kernelTCP", "memory" },
		{ { .memory = PART(spec_memory, .swappiness = INT(0)) }, "memory.swappiness", "memory" },
		{ { .memory = PART(spec_memory, .disable_oom_killer = TRUE) },
		  "memory.disableOOMKiller", "memory" },
		{ { .cpu = PART(spec_cpu, .realtime_runtime = INT(1)) }, "cpu.realtimeRuntime", "cpu" },
		{ { .cpu = PART(spec_cpu, .realtime_period = INT(1)) }, "cpu.realtimePeriod", "cpu" },
		{ { .block_io = PART(spec_block_io, .leaf_weight = INT(10)) },
		  "blockIO.leafWeight", "io" },
		{ { .block_io = PART(spec_block_io, .weight_device = PART(spec_weight_devices, 1,
			PART(spec_weight_device, INT(8), INT(0), .leaf_weight = INT(10)))) },
		  "blockIO.weightDevice[0].leafWeight", "io" },
		{ { .network = PART(spec_network, .class_id = INT(1)) }, "network.classID", "net_cls" },
		{ { .network = PART(spec_network, .priorities = PART(spec_interface_priorities, 1,
			PART(spec_interface_priority, "lo", INT(0)))) },
		  "network.priorities", "net_prio" },
	};
	const struct plan_row accepted[] = {
		{ .resources.memory = PART(spec_memory, .kernel = INT(-1), .kernel_tcp = INT(0),
			.swappiness = INT(60), .disable_oom_killer = FALSE, .use_hierarchy = TRUE),
		  .plan = "" },
		{ .resources.cpu = PART(spec_cpu, .realtime_runtime = INT(0),
					.realtime_period = INT(0)), .plan = "" },
		{ .resources.block_io = PART(spec_block_io, .leaf_weight = INT(0)), .plan = "" },
		{ .resources.network = PART(spec_network, .class_id = INT(0),
			.priorities = PART(spec_interface_priorities, 0)), .plan = "" },
	};

	for (size_t i = 0; i < countof(refused); i++) {
		autofree char *error = mem_format("linux.resources.%s%s%s is not mounted",
						  refused[i].property, only_v1, refused[i].controller);
		struct plan_row row = { .resources = refused[i].resources, .error = error };

		plan_check(&row, facts);
	}
	check_rows(accepted, countof(accepted));
}

/* FX-4 */
TEST(cpu_max_is_quota_and_period)
{
	const struct plan_row rows[] = {
		{ .resources.cpu = PART(spec_cpu, .quota = INT(50000), .period = INT(100000)),
		  .plan = "cpu cpu.max=50000 100000 &" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(50000)), .plan = "cpu cpu.max=50000 &" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(-1), .period = INT(5000)),
		  .plan = "cpu cpu.max=max 5000 &" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(0)), .plan = "cpu cpu.max=max &" },
		{ .resources.cpu = PART(spec_cpu, .period = INT(5000)),
		  .plan = "cpu cpu.max= 5000 & ..." },
		{ .resources.cpu = PART(spec_cpu, .period = INT(0)), .plan = "" },
		{ .resources.cpu = PART(spec_cpu, .quota = INT(50000), .burst = INT(20000)),
		  .plan = "cpu cpu.max=50000 &\ncpu cpu.max.burst=20000 &" },
		{ .resources.cpu = PART(spec_cpu, .burst = INT(0)),
		  .plan = "cpu cpu.max.burst=0 ? &" },
	};

	check_rows(rows, countof(rows));
}

/* */
TEST(shares_are_a_weight_and_idle_replaces_it)
{
	const struct plan_row rows[] = {
		{ .resources.cpu = PART(spec_cpu, .shares = INT(1024)), .plan = "cpu cpu.weight=100" },
		{ .resources.cpu = PART(spec_cpu, .shares = INT(2)), .plan = "cpu cpu.weight=1" },
		{ .resources.cpu = PART(spec_cpu, .shares = INT(0)), .plan = "" },
		{ .resources.cpu = PART(spec_cpu, .shares = INT(1024), .idle = INT(1)),
		  .plan = "cpu cpu.idle=1" },
		{ .resources.cpu = PART(spec_cpu, .shares = INT(512), .idle = INT(0)),
		  .plan = "cpu cpu.idle=0 ?\ncpu cpu.weight=59" },
	};

	check_rows(rows, countof(rows));
}

/* ..R-25 */
TEST(block_io_weights_and_rates_have_their_lines)
{
	struct spec_throttle_device rates[] = {
		{ .major = INT(8), .minor = INT(0), .rate = INT(1048576) },
		{ .major = INT(8), .minor = INT(16), .rate = INT(0) },
	};
	struct spec_throttle_devices list = { 2, rates }, single = { 1, rates };
	const struct plan_row rows[] = {
		{ .resources.block_io = PART(spec_block_io, .weight = INT(500)),
		  .plan = "io io.bfq.weight=500 | io.weight=4950" },
		{ .resources.block_io = PART(spec_block_io, .weight_device = PART(spec_weight_devices,
			1, PART(spec_weight_device, INT(8), INT(0), .weight = INT(200)))),
		  .plan = "io io.bfq.weight=8:0 200" },
		{ .resources.block_io = PART(spec_block_io, .throttle_read_bps_device = &list,
					     .throttle_write_bps_device = &single,
					     .throttle_read_iops_device = &single,
					     .throttle_write_iops_device = &single),
		  .plan = "io io.max=8:0 rbps=1048576\n"
			  "io io.max=8:16 rbps=max\n"
			  "io io.max=8:0 wbps=1048576\n"
			  "io io.max=8:0 riops=1048576\n"
			  "io io.max=8:0 wiops=1048576" },
	};

	check_rows(rows, countof(rows));
}

/* */
TEST(huge_pages_limit_use_and_reservation)
{
	const struct plan_row row = {
		.resources.hugepage_limits = PART(spec_hugepage_limits, 1,
			PART(spec_hugepage_limit, "2MB", INT(9223372036854772000))),
		.plan = "hugetlb hugetlb.2MB.max=9223372036854772000\n"
			"hugetlb hugetlb.2MB.rsvd.max=9223372036854772000 ?",
	};

	check_rows(&row, 1);
}
