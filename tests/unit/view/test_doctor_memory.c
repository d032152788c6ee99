// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static void set(struct ward *ret, uint64_t used, uint64_t limit)
{
	ward_set(ret);
	ret->facts.memory = (struct doctor_memory){
		.limit_bytes = { true, limit << 20 },
		.used_bytes = { true, used << 20 },
		.folder = "/cgroup",
	};
}

TEST(nine_tenths_are_near)
{
	autoward struct ward w;

	set(&w, 89, 100);
	CHECK_STR(ward_rules(&w), "");
	w.facts.memory.used_bytes.value = 90 << 20;
	CHECK_STR(ward_rules(&w), "memory-near-limit");
	CHECK_SAYS(&w, "90 of 100 MiB");
	CHECK_SAYS(&w, "husk update --memory 200M box");
}

TEST(no_limit_is_never_near)
{
	autoward struct ward w;

	set(&w, 90, 100);
	w.facts.memory.limit_bytes.is_set = false;
	CHECK_STR(ward_rules(&w), "");
}

TEST(killed_ones_say_more_than_a_level)
{
	autoward struct ward w;

	set(&w, 100, 100);
	w.facts.memory.oom_kills = (struct maybe_uint){ true, 1 };
	CHECK_STR(ward_rules(&w), "out-of-memory");
	CHECK_SAYS(&w, "1 process was killed");
	w.facts.memory.oom_kills.value = 2;
	ward_rules(&w);
	CHECK_SAYS(&w, "2 processes were killed");
}

TEST(counter_at_zero_is_no_fault)
{
	autoward struct ward w;

	set(&w, 1, 100);
	w.facts.memory.oom_kills = (struct maybe_uint){ true, 0 };
	CHECK_STR(ward_rules(&w), "");
}
