// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static void add_limit(struct ward *io_ward, const char *name, uint64_t used, uint64_t limit)
{
	io_ward->limit[io_ward->facts.limit_count++] = (struct doctor_limit){
		.name = name, .file = "max", .source = "current", .raise = "raise it",
		.limit = limit, .used = used, .used_before = used,
	};
}

TEST(nine_tenths_are_near_and_all_is_reached)
{
	static const struct {
		uint64_t used, limit;
		const char *rules;
	} rows[] = {
		{ 1, 20, "" }, { 17, 20, "" }, { 18, 20, "fork-limit-near" },
		{ 19, 20, "fork-limit-near" }, { 20, 20, "fork-refused" },
		/* A limit may be set below what is in use. */
		{ 25, 20, "fork-refused" }, { 0, 0, "fork-refused" }, { 1, 2, "" },
		{ UINT64_MAX / 2, UINT64_MAX, "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set(&w);
		add_limit(&w, "pids.max", rows[i].used, rows[i].limit);
		CHECK_STR(ward_rules(&w), rows[i].rules);
	}
}

TEST(limit_that_refuses_first_is_named)
{
	autoward struct ward w;

	ward_set(&w);
	add_limit(&w, "pids.max of the container", 95, 100);
	add_limit(&w, "pids.max of /above", 998, 1000);
	add_limit(&w, "threads-max", 990, 1000);
	CHECK_STR(ward_rules(&w), "fork-limit-near");
	CHECK_SAYS(&w, "pids.max of /above is near: 998 of 1000 in use\n");
	w.limit[0].used = 100;
	CHECK_STR(ward_rules(&w), "fork-refused");
	CHECK_SAYS(&w, "pids.max of the container is reached: 100 of 100 in use");
	CHECK_SAYS(&w, "raise it");
	CHECK_SAYS(&w, "husk ps box");
}

TEST(growth_tells_the_time_that_is_left)
{
	static const struct {
		uint64_t before;
		const char *says;
	} rows[] = {
		{ 900, "in use\n" },
		{ 950, "in use\n" }, /* it shrinks */
		{ 890, "; at the present growth 5 s are left" },
		{ 0, "; at the present growth less than a second is left" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set(&w);
		add_limit(&w, "pids.max", 900, 1000);
		w.limit[0].used_before = rows[i].before;
		CHECK_STR(ward_rules(&w), "fork-limit-near");
		CHECK_SAYS(&w, rows[i].says);
	}
}

TEST(forks_that_were_refused_are_told_when_there_is_room_again)
{
	autoward struct ward w;

	ward_set(&w);
	add_limit(&w, "pids.max", 1, 20);
	w.facts.forks_refused = (struct maybe_uint){ true, 7 };
	w.facts.refused_file = "/x/pids.events";
	CHECK_STR(ward_rules(&w), "forks-were-refused");
	CHECK_SAYS(&w, "7 forks were refused");
	w.limit[0].used = 19;
	CHECK_STR(ward_rules(&w), "fork-limit-near");
	w.limit[0].used = 20;
	CHECK_STR(ward_rules(&w), "fork-refused");
	CHECK_SAYS(&w, "/x/pids.events: max 7");
}
