// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static struct doctor_process *add(struct ward *io_ward, char state)
{
	static const char *const worker[] = { "worker", NULL };
	struct doctor_process *process = ward_add(io_ward, 100, worker);

	process->state = state;
	process->has_stayed = true;
	return process;
}

TEST(freezer_is_undone_by_its_own_word)
{
	static const struct {
		const char *file, *text, *says;
		bool is_own;
	} rows[] = {
		{ "/x/cgroup.freeze", "1", "husk resume box", true },
		{ "/x/cgroup.freeze", "1", "echo 0 > /x/cgroup.freeze", false },
		{ "/x/freezer.state", "FROZEN", "echo THAWED > /x/freezer.state", false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set(&w);
		w.facts.is_own = rows[i].is_own;
		w.facts.freeze_file = rows[i].file;
		w.facts.freeze_text = rows[i].text;
		CHECK_STR(ward_rules(&w), "frozen");
		CHECK_SAYS(&w, rows[i].says);
	}
}

TEST(stopped_one_is_named)
{
	autoward struct ward w;

	ward_set(&w);
	add(&w, 'T');
	CHECK_STR(ward_rules(&w), "stopped");
	CHECK_SAYS(&w, "kill -CONT 101");
}

TEST(stuck_one_is_named_with_its_place)
{
	autoward struct ward w;

	ward_set(&w);
	strcpy(add(&w, 'D')->place, "rpc_wait");
	CHECK_STR(ward_rules(&w), "stuck-in-kernel");
	CHECK_SAYS(&w, "worker (process 101, 2 in the container) is stuck in the kernel, in "
		       "rpc_wait\n");
	CHECK_SAYS(&w, "/proc/101/wchan: worker: rpc_wait");
}

TEST(state_of_the_moment_is_no_fault)
{
	autoward struct ward w;

	ward_set(&w);
	add(&w, 'D')->has_stayed = false;
	add(&w, 'T')->has_stayed = false;
	add(&w, 't');
	CHECK_STR(ward_rules(&w), "");
}

TEST(what_the_freezer_holds_is_not_stuck)
{
	autoward struct ward w;

	ward_set(&w);
	add(&w, 'D');
	w.facts.freeze_file = "freezer.state";
	w.facts.freeze_text = "FROZEN";
	CHECK_STR(ward_rules(&w), "frozen");
}

TEST(core_dump_is_cut_only_by_a_limit_between_none_and_enough)
{
	static const struct {
		uint64_t limit, size;
		bool is_piped;
		const char *rules;
	} rows[] = {
		{ 0, 100, false, "" }, { 99, 100, false, "core-cut" }, { 99, 100, true, "" },
		{ 100, 100, false, "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autoward struct ward w;

		ward_set(&w);
		w.facts.core = (struct doctor_core){ { true, rows[i].limit },
						     { true, rows[i].size }, rows[i].is_piped };
		CHECK_STR(ward_rules(&w), rows[i].rules);
	}
}
