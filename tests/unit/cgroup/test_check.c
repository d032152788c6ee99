// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/plan_text.h"

static const struct limit_facts v2 = { .v1_controllers = "", .has_v2 = true };
static const struct limit_facts v1 = { .v1_controllers = "memory,blkio,hugetlb" };

/* In both versions the same text. */
static void check_wrong(struct spec_resources resources, const char *text)
{
	autofree char *error = mem_format("linux.resources.%s", text);
	struct plan_row row = { .resources = resources, .error = error };

	plan_check(&row, v2);
	plan_check(&row, v1);
}

static void check_right(struct spec_resources resources)
{
	autolimit struct limit_plan plan = { 0 };
	struct error err;

	CHECK_OK(cgroup_limit_plan(&resources, &v2, &plan, &err), err);
}

/* */
TEST(swap_needs_a_limit_that_is_not_larger)
{
	static const struct {
		struct spec_memory memory;
		const char *error; /* NULL: accepted */
	} rows[] = {
		{ { .swap = INT(5) },
		  "memory.swap: memory and swap together need memory.limit as well" },
		{ { .swap = INT(5), .limit = INT(0) },
		  "memory.swap: memory and swap together need memory.limit as well" },
		{ { .swap = INT(5), .limit = INT(-1) },
		  "memory.swap: memory and swap together need memory.limit as well" },
		{ { .swap = INT(5), .limit = INT(6) },
		  "memory.swap: memory and swap together, 5, are less than memory.limit, 6" },
		{ { .swap = INT(6), .limit = INT(6) }, NULL },
		{ { .swap = INT(7), .limit = INT(6) }, NULL },
		{ { .swap = INT(-1), .limit = INT(6) }, NULL },
		{ { .swap = INT(0), .limit = INT(6) }, NULL },
		{ { .swap = INT(-1) }, NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct spec_memory memory = rows[i].memory;
		struct spec_resources r = { .memory = &memory };

		if (rows[i].error)
			check_wrong(r, rows[i].error);
		else
			check_right(r);
	}
}

/* */
TEST(swappiness_is_a_percentage)
{
	check_wrong((struct spec_resources){
		.memory = PART(spec_memory, .swappiness = INT(101)) },
		"memory.swappiness: 101 is not within 0 to 100");
}

/* */
TEST(io_weights_have_a_range)
{
	check_wrong((struct spec_resources){ .block_io = PART(spec_block_io, .weight = INT(9)) },
		    "blockIO.weight: 9 is not within 10 to 1000");
	check_wrong((struct spec_resources){ .block_io = PART(spec_block_io, .weight = INT(1001)) },
		    "blockIO.weight: 1001 is not within 10 to 1000");
	check_wrong((struct spec_resources){ .block_io = PART(spec_block_io, .leaf_weight = INT(5)) },
		    "blockIO.leafWeight: 5 is not within 10 to 1000");
	check_right((struct spec_resources){ .block_io = PART(spec_block_io, .weight = INT(0)) });
	check_right((struct spec_resources){ .block_io = PART(spec_block_io, .weight = INT(10)) });
	check_right((struct spec_resources){ .block_io = PART(spec_block_io, .weight = INT(1000)) });
}

/* */
TEST(weight_device_has_a_device_and_a_weight)
{
	static const struct {
		struct spec_weight_device device;
		const char *error;
	} rows[] = {
		{ { .major = INT(8), .minor = INT(0) }, "weight or leafWeight is missing" },
		{ { .major = INT(8), .weight = INT(10) }, "major and minor name no device" },
		{ { .minor = INT(8), .weight = INT(10) }, "major and minor name no device" },
		{ { .major = INT(-1), .minor = INT(0), .weight = INT(10) },
		  "major and minor name no device" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct spec_weight_device device = rows[i].device;
		autofree char *error = mem_format("blockIO.weightDevice[0]: %s", rows[i].error);

		check_wrong((struct spec_resources){ .block_io = PART(spec_block_io,
				.weight_device = PART(spec_weight_devices, 1, &device)) }, error);
	}
}

/* */
TEST(throttle_has_a_device_and_a_rate)
{
	struct spec_throttle_device device = { .major = INT(8), .minor = INT(0) };
	struct spec_throttle_devices list = { 1, &device };

	check_wrong((struct spec_resources){ .block_io = PART(spec_block_io,
			.throttle_write_iops_device = &list) },
		    "blockIO.throttleWriteIOPSDevice[0]: rate is missing");
	device.major.value = 1LL << 32;
	check_wrong((struct spec_resources){ .block_io = PART(spec_block_io,
			.throttle_read_bps_device = &list) },
		    "blockIO.throttleReadBpsDevice[0]: major and minor name no device");
}

/* */
TEST(page_size_is_a_number_and_a_unit)
{
	static const char *const wrong[] = { "",     "2",    "MB",  "0MB", "2mb",  "2M", "2 MB",
					     "2MBx", "-2MB", "2TB", "../2MB", "123456789KB" };
	static const char *const right[] = { "64KB", "2MB", "1GB", "2048KB" };

	for (size_t i = 0; i < countof(wrong) + countof(right); i++) {
		bool is_wrong = i < countof(wrong);
		const char *size = is_wrong ? wrong[i] : right[i - countof(wrong)];
		struct spec_hugepage_limit huge = { (char *)size, INT(1) };
		struct spec_resources r = {
			.hugepage_limits = PART(spec_hugepage_limits, 1, &huge) };
		autofree char *error = mem_format(
			"hugepageLimits[0].pageSize: \"%s\" is not a size like 64KB, 2MB or 1GB", size);

		if (is_wrong)
			check_wrong(r, error);
		else
			check_right(r);
	}
}
