// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/apply.h"
#include "cgroup/live.h"

/* One or two writes to the tree of the controller, carried out. */
static int apply(const struct live *live, struct limit_write first, struct limit_write second,
		 struct error *err)
{
	struct limit_write writes[] = { first, second };
	struct limit_plan plan = { .count = second.file ? 2 : 1, .write = writes };

	for (size_t i = 0; i < countof(writes); i++) {
		writes[i].version = live->cgroup.mode;
		writes[i].property = "linux.resources.x";
	}
	return cgroup_apply(&live->cgroup, &plan, err);
}

static const struct limit_write none;

TEST(missing_file_is_an_error_unless_it_may_be_missing)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write write = { .controller = "pids", .file = "pids.nosuch", .text = "1" };
	autofree char *text = mem_format("linux.resources.x: %s: this kernel has no pids.nosuch",
					 live_folder(&live, "pids"));
	struct error err;

	CHECK_ERROR(apply(&live, write, none, &err), err, ENOTSUP, text);
	write.rules = LIMIT_MAY_BE_MISSING;
	CHECK_OK(apply(&live, write, none, &err), err);
	live_end(&live);
}

TEST(other_file_gets_the_other_text)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write write = { .controller = "pids", .file = "pids.nosuch", .text = "1",
				     .other_file = "pids.max", .other_text = "7" };
	autofree char *text = mem_format("linux.resources.x: %s: this kernel has neither pids.nosuch "
					 "nor pids.neither", live_folder(&live, "pids"));
	struct error err;

	CHECK_OK(apply(&live, write, none, &err), err);
	live_check(&live, "pids", "pids.max", "7");
	write.other_file = "pids.neither";
	CHECK_ERROR(apply(&live, write, none, &err), err, ENOTSUP, text);
	live_end(&live);
}

TEST(refused_text_is_in_the_error)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write write = { .controller = "pids", .file = "pids.max", .text = "many" };
	autofree char *text = mem_format("linux.resources.x: %s: write \"many\" to pids.max: "
					 "invalid argument", live_folder(&live, "pids"));
	struct error err;

	CHECK_ERROR(apply(&live, write, none, &err), err, EINVAL, text);
	live_end(&live);
}

TEST(same_file_takes_one_write_after_the_other)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write first = { .controller = "pids", .file = "pids.max", .text = "12345" };
	struct limit_write second = { .controller = "pids", .file = "pids.max", .text = "6" };
	struct error err;

	CHECK_OK(apply(&live, first, second, &err), err);
	live_check(&live, "pids", "pids.max", "6");
	live_end(&live);
}

TEST(writes_that_agree_are_tried_again_after_each_other)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	struct limit_write burst = { .controller = "cpu", .file = "cpu.max.burst", .text = "9000",
				     .rules = LIMIT_AGREES };
	struct limit_write quota = { .controller = "cpu", .file = "cpu.max", .text = "9000",
				     .rules = LIMIT_AGREES };
	struct error err;

	CHECK_OK(cgroup_folder_write_at(live.cgroup.tree->folder, "cpu.max", "5000", &err), err);
	CHECK_OK(apply(&live, burst, quota, &err), err);
	live_check(&live, "", "cpu.max", "9000 100000");
	live_check(&live, "", "cpu.max.burst", "9000");
	quota.text = "many";
	CHECK_INT(apply(&live, burst, quota, &err), -EINVAL);
	live_end(&live);
}

TEST(first_word_is_kept)
{
	struct live live = live_create(CGROUP_MODE_V2, NULL);
	struct limit_write period = { .controller = "cpu", .file = "cpu.max", .text = " 70000",
				      .rules = LIMIT_KEEPS_FIRST_WORD };
	struct error err;

	CHECK_OK(apply(&live, period, none, &err), err);
	live_check(&live, "", "cpu.max", "max 70000");
	CHECK_OK(cgroup_folder_write_at(live.cgroup.tree->folder, "cpu.max", "5000", &err), err);
	period.text = " 80000";
	CHECK_OK(apply(&live, period, none, &err), err);
	live_check(&live, "", "cpu.max", "5000 80000");
	live_end(&live);
}

/* */
TEST(limit_below_the_use_is_refused_before_anything_is_written)
{
	struct live live = live_create(CGROUP_MODE_NONE, NULL);
	struct limit_write write = { .controller = "pids", .file = "pids.max", .text = "1",
				     .usage_file = "pids.current" };
	struct error err;

	live_add(&live, NULL);
	live_add(&live, NULL);
	CHECK_ERROR(apply(&live, (struct limit_write){ .controller = "pids", .file = "pids.max",
						       .text = "9" }, write, &err), err, EBUSY,
		    "linux.resources.x: 2 bytes are in use, more than 1: device or resource busy");
	live_check(&live, "pids", "pids.max", "max");
	write.text = "2";
	CHECK_OK(apply(&live, write, none, &err), err);
	live_end(&live);
}
