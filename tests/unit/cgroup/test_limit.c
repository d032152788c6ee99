// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/plan_text.h"

static const struct limit_facts v2 = { .v1_controllers = "", .has_v2 = true };
static const struct limit_facts hybrid = {
	.v1_controllers = "name=systemd,cpu,cpuacct,memory,pids", .has_v2 = true,
};
static const struct limit_facts v1 = {
	.v1_controllers = "memory", .nowhere = "not mounted anywhere",
};
static const struct limit_facts none = { .v1_controllers = "", .nowhere = "no cgroup" };

static struct spec_pids pids_32 = { .limit = INT(32) };

static void check_one(struct spec_resources resources, struct limit_facts facts, const char *plan,
		      const char *error)
{
	struct plan_row row = { .resources = resources, .plan = plan, .error = error };

	plan_check(&row, facts);
}

TEST(nothing_asked_is_nothing_written)
{
	autolimit struct limit_plan plan = { 0 };
	struct error err;

	CHECK_OK(cgroup_limit_plan(NULL, &none, &plan, &err), err);
	CHECK_INT(plan.count, 0);
	check_one((struct spec_resources){ 0 }, none, "", NULL);
	check_one((struct spec_resources){
		.memory = PART(spec_memory, .limit = { 0 }), .cpu = PART(spec_cpu, .cpus = ""),
		.pids = PART(spec_pids, .limit = { 0 }), .unified = PART(json_pairs, .count = 0),
		.block_io = PART(spec_block_io, .weight = { 0 }) }, none, "", NULL);
}

/* */
TEST(pids_limit_zero_is_a_limit_and_negative_is_none)
{
	static const struct {
		int64_t limit;
		const char *text;
	} rows[] = { { 0, "pids pids.max=0" }, { 1, "pids pids.max=1" }, { -1, "pids pids.max=max" },
		     { -7, "pids pids.max=max" },
		     { INT64_MAX, "pids pids.max=9223372036854775807" } };

	for (size_t i = 0; i < countof(rows); i++)
		check_one((struct spec_resources){
			.pids = PART(spec_pids, .limit = INT(rows[i].limit)) }, v2, rows[i].text, NULL);
}

/* */
TEST(cpuset_lists_go_as_they_are)
{
	struct spec_resources r = { .cpu = PART(spec_cpu, .cpus = "0-1,3", .mems = "0") };

	check_one(r, v2, "cpuset cpuset.cpus=0-1,3\ncpuset cpuset.mems=0", NULL);
}

/* C-16 */
TEST(each_controller_of_a_hybrid_machine_has_its_own_version)
{
	struct spec_resources r = {
		.pids = &pids_32,
		.cpu = PART(spec_cpu, .cpus = "0"),
		.memory = PART(spec_memory, .limit = INT(4096)),
		.hugepage_limits = PART(spec_hugepage_limits, 1,
					PART(spec_hugepage_limit, "2MB", INT(5))),
	};

	check_one(r, hybrid,
		  "cpuset cpuset.cpus=0\n"
		  "1 memory memory.limit_in_bytes=4096 &\n"
		  "1 pids pids.max=32\n"
		  "hugetlb hugetlb.2MB.max=5\n"
		  "hugetlb hugetlb.2MB.rsvd.max=5 ?", NULL);
}

TEST(controller_that_is_nowhere_is_named_with_the_property)
{
	check_one((struct spec_resources){ .pids = &pids_32 }, v1, NULL,
		  "linux.resources.pids.limit: controller pids: not mounted anywhere");
	check_one((struct spec_resources){ .memory = PART(spec_memory, .limit = INT(1)) }, none, NULL,
		  "linux.resources.memory.limit: controller memory: no cgroup");
	check_one((struct spec_resources){ .hugepage_limits = PART(spec_hugepage_limits, 1,
			PART(spec_hugepage_limit, "2MB", INT(5))) }, v1, NULL,
		  "linux.resources.hugepageLimits[0]: controller hugetlb: not mounted anywhere");
}

/* */
TEST(rdma_writes_what_is_set)
{
	struct spec_rdma devices[] = {
		{ .key = "mlx5_1", .hca_handles = INT(3), .hca_objects = INT(10000) },
		{ .key = "mlx4_0", .hca_objects = INT(0) },
	};
	struct spec_resources r = { .rdma = PART(spec_rdmas, 2, devices) };

	check_one(r, v2,
		  "rdma rdma.max=mlx5_1 hca_handle=3 hca_object=10000\n"
		  "rdma rdma.max=mlx4_0 hca_object=0", NULL);
	devices[1].hca_objects.is_set = false;
	check_one(r, v2, NULL,
		  "linux.resources.rdma[\"mlx4_0\"]: hcaHandles or hcaObjects is missing");
	devices[1].key = "a b";
	check_one(r, v2, NULL, "linux.resources.rdma[\"a b\"]: not the name of a device");
}

static void check_unified(const char *key, const char *value, struct limit_facts facts,
			  const char *plan, const char *error)
{
	struct json_pair pair = { (char *)key, (char *)value };

	check_one((struct spec_resources){ .unified = PART(json_pairs, 1, &pair), .pids = &pids_32 },
		  facts, plan, error);
}

/* */
TEST(unified_comes_last_and_line_by_line)
{
	check_unified("pids.max", "5", v2, "pids pids.max=32\npids pids.max=5", NULL);
	check_unified("io.max", "8:0 rbps=1\n8:16 wbps=2\n", v2,
		      "pids pids.max=32\nio io.max=8:0 rbps=1\nio io.max=8:16 wbps=2", NULL);
	check_unified("cgroup.max.depth", "3", v2, "pids pids.max=32\ncgroup cgroup.max.depth=3",
		      NULL);
}

/* */
TEST(unified_names_only_files_of_the_folder)
{
	static const struct {
		const char *key, *error;
	} rows[] = {
		{ "../pids.max", "[\"../pids.max\"]: \"/\" in the name of a file" },
		{ "a/b.c", "[\"a/b.c\"]: \"/\" in the name of a file" },
		{ "pids", "[\"pids\"]: not of the form CONTROLLER.PARAMETER" },
		{ "pids.", "[\"pids.\"]: not of the form CONTROLLER.PARAMETER" },
		{ ".max", "[\".max\"]: not of the form CONTROLLER.PARAMETER" },
		{ "..", "[\"..\"]: not of the form CONTROLLER.PARAMETER" },
		{ "", "[\"\"]: not of the form CONTROLLER.PARAMETER" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autofree char *error = mem_format("linux.resources.unified%s", rows[i].error);

		check_unified(rows[i].key, "1", v2, NULL, error);
	}
}

/* */
TEST(unified_needs_pure_v2)
{
	check_unified("memory.high", "1", hybrid, NULL,
		      "linux.resources.unified[\"memory.high\"]: this machine has no pure cgroup v2");
}
