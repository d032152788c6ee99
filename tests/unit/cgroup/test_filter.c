// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <linux/bpf.h>

#include "cgroup/device.h"
#include "cgroup/filter.h"
#include "cgroup/live.h"

/* The device programs of a folder; -1 when they cannot be asked for. */
static int count_programs(const char *folder)
{
	autoclose int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t ids[64];
	union bpf_attr attr = { 0 };

	attr.query.target_fd = (uint32_t)fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.query.prog_cnt = countof(ids);
	return sys_bpf(BPF_PROG_QUERY, &attr, sizeof(attr)) < 0 ? -1 : (int)attr.query.prog_cnt;
}

/* E-04 */
TEST(new_program_replaces_the_old_one)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	const char *folder = live.cgroup.tree->folder;
	autodevice struct device_policy policy = { 0 };
	struct arena arena = { 0 };
	struct bpf_insn *program;
	struct error err;
	size_t count;

	CHECK_INT(count_programs(folder), 1);
	CHECK_OK(cgroup_device_parse(NULL, &policy, &err), err);
	cgroup_device_program(&policy, &arena, &program, &count);
	CHECK_OK(cgroup_filter_attach(folder, program, count, &err), err);
	CHECK_INT(count_programs(folder), 1);
	arena_clear(&arena);
	live_end(&live);
}

/* The verifier reads every instruction: the largest list must pass as well. */
/* E-01 */
TEST(kernel_takes_every_kind_of_rule)
{
	enum { RULES = 2000 };
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	autodevice struct device_policy policy = { 0 };
	struct arena arena = { 0 };
	struct spec_device_rules list = {
		RULES, arena_new(&arena, RULES * sizeof(struct spec_device_rule)) };
	struct bpf_insn *program;
	struct error err;
	size_t count;

	for (int i = 0; i < RULES; i++)
		list.item[i] = (struct spec_device_rule){
			.allow = { true, i & 1 },
			.type = i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c",
			.major = { i & 4, i }, .minor = { i & 8, UINT32_MAX },
			.access = i % 50 == 0 ? "r" : i % 50 == 1 ? "wm" : "rwm",
		};
	CHECK_OK(cgroup_device_parse(&list, &policy, &err), err);
	cgroup_device_program(&policy, &arena, &program, &count);
	CHECK_OK(cgroup_filter_attach(live.cgroup.tree->folder, program, count, &err), err);
	arena_clear(&arena);
	live_end(&live);
}

TEST(folder_of_another_file_system_is_refused)
{
	struct bpf_insn nothing = { 0 };
	struct error err;

	CHECK_ERROR(cgroup_filter_attach("/proc", &nothing, 1, &err), err, EINVAL,
		    "/proc: not in a cgroup file system");
}
