// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "cgroup/live.h"
#include "cgroup/oom.h"

static void take_memory(void)
{
	size_t size = 100 << 20;
	char *data = mem_new(size);

	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)data)[at] = 1;
	_exit(0);
}

TEST(end_of_memory_is_told_once)
{
	struct spec_resources resources = {
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(32 << 20)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	autooom struct cgroup_oom oom = CGROUP_OOM_NONE;
	struct pollfd wait;
	struct error err;

	CHECK_OK(cgroup_oom_open(&live.cgroup, &oom, &err), err);
	CHECK_TRUE(!cgroup_oom_take(&oom));
	CHECK_INT(WTERMSIG(live_wait(live_add(&live, take_memory))), SIGKILL);
	live.count = 0;
	wait = (struct pollfd){ .fd = oom.fd, .events = oom.events };
	CHECK_INT(poll(&wait, 1, LIVE_WAIT_MS), 1);
	CHECK_TRUE(cgroup_oom_take(&oom));
	CHECK_TRUE(!cgroup_oom_take(&oom));
	live_end(&live);
}

TEST(what_was_before_is_not_told)
{
	struct spec_resources resources = {
		.memory = PART(spec_memory, .limit = INT(32 << 20), .swap = INT(32 << 20)) };
	struct live live = live_create(CGROUP_MODE_NONE, &resources);
	autooom struct cgroup_oom oom = CGROUP_OOM_NONE;
	struct error err;

	CHECK_INT(WTERMSIG(live_wait(live_add(&live, take_memory))), SIGKILL);
	live.count = 0;
	CHECK_OK(cgroup_oom_open(&live.cgroup, &oom, &err), err);
	CHECK_TRUE(!cgroup_oom_take(&oom));
	live_end(&live);
}

TEST(container_without_cgroup_tells_nothing)
{
	struct cgroup none = { 0 };
	autooom struct cgroup_oom oom = CGROUP_OOM_NONE;
	struct error err;

	CHECK_OK(cgroup_oom_open(&none, &oom, &err), err);
	CHECK_INT(oom.fd, -1);
	CHECK_TRUE(!cgroup_oom_take(&oom));
}
