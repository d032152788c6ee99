// SPDX-License-Identifier: GPL-2.0-or-later
#include "cgroup/property.h"

#include <errno.h>
#include <linux/bpf.h>

#include "base/scope.h"
#include "test.h"

#define NONE "18446744073709551615\n"

static const char *limits_of(const struct limit_write *writes, size_t count,
			     struct property_quota now, struct text *io_words)
{
	struct limit_plan plan = { .count = count, .write = (struct limit_write *)writes };

	text_clear(io_words);
	cgroup_property_add_limits(&plan, now, io_words);
	return text_get(io_words);
}

/* FX-6, FX-7, R-17, R-18 */
TEST(each_file_has_its_property)
{
	static const struct {
		const char *file, *text, *words;
	} rows[] = {
		{ "memory.max", "67108864", "?MemoryMax\nt\n67108864\n" },
		{ "memory.max", "max", "?MemoryMax\nt\n" NONE },
		{ "memory.max", "64M", "?MemoryMax\nt\n67108864\n" },
		{ "memory.max", "x", "" },
		{ "memory.high", "4096", "?MemoryHigh\nt\n4096\n" },
		{ "memory.low", "4096", "?MemoryLow\nt\n4096\n" },
		{ "memory.min", "4096", "?MemoryMin\nt\n4096\n" },
		{ "memory.swap.max", "0", "?MemorySwapMax\nt\n0\n" },
		{ "memory.zswap.max", "1", "?MemoryZSwapMax\nt\n1\n" },
		{ "memory.limit_in_bytes", "-1", "?MemoryLimit\nt\n" NONE },
		{ "memory.limit_in_bytes", "4096", "?MemoryLimit\nt\n4096\n" },
		{ "memory.oom.group", "1", "" },
		{ "pids.max", "16", "?TasksMax\nt\n16\n" },
		{ "pids.max", "0", "?TasksMax\nt\n1\n" },
		{ "pids.max", "max", "?TasksMax\nt\n" NONE },
		{ "cpu.weight", "100", "?CPUWeight\nt\n100\n" },
		{ "cpu.shares", "1024", "?CPUShares\nt\n1024\n" },
		{ "cpu.idle", "1", "?CPUWeight\nt\n0\n" },
		{ "cpu.idle", "0", "?CPUWeight\nt\n" NONE },
		{ "cpuset.cpus", "0-3,8", "?AllowedCPUs\nay\n2\n15\n1\n" },
		{ "cpuset.cpus", "0", "?AllowedCPUs\nay\n1\n1\n" },
		{ "cpuset.mems", "1", "?AllowedMemoryNodes\nay\n1\n2\n" },
		{ "cpuset.cpus", "3-1", "" },
		{ "cpuset.cpus", "0-", "" },
		{ "cpuset.cpus", "0,", "" },
		{ "cpuset.cpus", "0-99999999", "" },
		{ "io.bfq.weight", "100", "?IOWeight\nt\n100\n" },
		{ "io.bfq.weight", "500", "?IOWeight\nt\n4500\n" },
		{ "io.bfq.weight", "1000", "?IOWeight\nt\n10000\n" },
		{ "io.bfq.weight", "8:0 500", "?IODeviceWeight\na(st)\n1\n/dev/block/8:0\n4500\n" },
		{ "io.weight", "default 100", "?IOWeight\nt\n100\n" },
		{ "io.weight", "8:0 100", "?IODeviceWeight\na(st)\n1\n/dev/block/8:0\n100\n" },
		{ "io.max", "8:0 rbps=1 wiops=max",
		  "?IOReadBandwidthMax\na(st)\n1\n/dev/block/8:0\n1\n"
		  "?IOWriteIOPSMax\na(st)\n1\n/dev/block/8:0\n" NONE },
		{ "blkio.weight", "500", "?BlockIOWeight\nt\n500\n" },
		{ "blkio.weight_device", "8:0 500",
		  "?BlockIODeviceWeight\na(st)\n1\n/dev/block/8:0\n500\n" },
		{ "blkio.throttle.read_bps_device", "8:0 1",
		  "?BlockIOReadBandwidth\na(st)\n1\n/dev/block/8:0\n1\n" },
		{ "hugetlb.2MB.max", "0", "" },
	};
	autotext struct text words = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		struct limit_write write = { .file = rows[i].file, .text = rows[i].text };

		CHECK_STR(limits_of(&write, 1, (struct property_quota)PROPERTY_QUOTA_NEW, &words),
			  rows[i].words);
	}
}

/* FX-5 */
TEST(quota_is_rounded_up_to_hundredths_of_a_processor)
{
	static const struct {
		const char *file, *text;
		struct property_quota now;
		const char *period, *per_second;
	} rows[] = {
		{ "cpu.max", "50000 100000", PROPERTY_QUOTA_NEW, "100000", "500000" },
		{ "cpu.max", "12345 100000", PROPERTY_QUOTA_NEW, "100000", "130000" },
		{ "cpu.max", "1000 1000000", PROPERTY_QUOTA_NEW, "1000000", "10000" },
		{ "cpu.max", "max 50000", PROPERTY_QUOTA_NEW, "50000", "18446744073709551615" },
		{ "cpu.max", "max", { 5000, 50000 }, "50000", "18446744073709551615" },
		{ "cpu.max", "5000", { -1, 50000 }, "50000", "100000" },
		{ "cpu.max", " 50000", { 5000, 10000 }, "50000", "100000" },
		{ "cpu.cfs_quota_us", "5000", { -1, 50000 }, "50000", "100000" },
		{ "cpu.cfs_quota_us", "-1", { 1, 50000 }, "50000", "18446744073709551615" },
		{ "cpu.cfs_period_us", "50000", { 5000, 10000 }, "50000", "100000" },
	};
	autotext struct text words = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		struct limit_write write = { .file = rows[i].file, .text = rows[i].text };
		autofree char *expected =
			mem_format("?CPUQuotaPeriodUSec\nt\n%s\n?CPUQuotaPerSecUSec\nt\n%s\n",
				   rows[i].period, rows[i].per_second);

		CHECK_STR(limits_of(&write, 1, rows[i].now, &words), expected);
	}
}

TEST(both_files_of_v1_are_one_quota)
{
	static const struct limit_write writes[] = {
		{ .file = "cpu.cfs_period_us", .text = "50000" },
		{ .file = "cpu.cfs_quota_us", .text = "25000" },
	};
	autotext struct text words = { 0 };

	CHECK_STR(limits_of(writes, countof(writes), (struct property_quota)PROPERTY_QUOTA_NEW,
			    &words),
		  "?CPUQuotaPeriodUSec\nt\n50000\n?CPUQuotaPerSecUSec\nt\n500000\n");
}

/* C-06 */
TEST(every_scope_is_delegated_and_counted)
{
	struct cgroup cgroup = { .mode = CGROUP_MODE_V2,
				 .unit = { .name = (char *)"a-b.scope",
					   .slice = (char *)"machine.slice" } };
	autotext struct text words = { 0 };

	cgroup_property_add_scope(&cgroup, 42, &words);
	CHECK_STR(text_get(&words),
		  "Description\ns\nhusk container in a-b.scope\n"
		  "Slice\ns\nmachine.slice\nDefaultDependencies\nb\n0\nDelegate\nb\n1\n"
		  "?CollectMode\ns\ninactive-or-failed\nCPUAccounting\nb\n1\n"
		  "MemoryAccounting\nb\n1\nTasksAccounting\nb\n1\n?IOAccounting\nb\n1\n"
		  "?TasksMax\nt\n" NONE "PIDs\nau\n1\n42\n");
}
