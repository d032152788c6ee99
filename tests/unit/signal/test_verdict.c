// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/verdict.h"

#include <errno.h>

#include "signal/name.h"
#include "signal/rule.h"
#include "signal/set.h"
#include "matrix.h"

#define SET(signal) signal_set_of(signal)

/* --- the measured rows --- */

/* "killed_15" of the file as a word of ours. */
static enum verdict_outcome row_outcome(const struct matrix_row *row)
{
	static const struct {
		const char *word;
		enum verdict_outcome outcome;
	} words[] = {
		{ "alive", VERDICT_IGNORED },
		{ "pending", VERDICT_PENDING },
		{ "handler_ran", VERDICT_HANDLER },
		{ "stopped_", VERDICT_STOP },
	};

	for (size_t i = 0; i < countof(words); i++)
		if (text_begins(row->outcome, words[i].word))
			return words[i].outcome;
	return signal_set_has(signal_set_group(SIGNAL_GROUP_CORE), row->signal)
		       ? VERDICT_CORE : VERDICT_TERMINATE;
}

static bool is_death(enum verdict_outcome outcome)
{
	return outcome == VERDICT_TERMINATE || outcome == VERDICT_CORE;
}

static const char *mismatch(const struct matrix_row *row, const struct verdict *v)
{
	enum verdict_outcome now = verdict_now(v);

	if (now != row_outcome(row))
		return verdict_outcome_name(now);
	if (strcmp(verdict_result_name(v->result), row->result) != 0)
		return verdict_result_name(v->result);
	if ((now == VERDICT_PENDING) != (row->pending_after == SET(row->signal)))
		return "pending";
	if (is_death(now) != (row->exit_signal == row->signal))
		return "exit signal";
	if (verdict_has_rule(v, "sender-hidden") &&
	    (row->pid_in_queue != 0 || !matrix_is(row->sender, "parent_ns")))
		return "hidden sender";
	return NULL;
}

TEST(every_measured_row_is_what_the_rule_says)
{
	autofree struct matrix_row *rows = matrix_read();
	int wrong = 0;

	for (size_t i = 0; i < MATRIX_ROWS; i++) {
		const struct matrix_row *row = &rows[i];
		struct verdict v = matrix_verdict(row);
		const char *what = mismatch(row, &v);

		if (!what)
			continue;
		print_error("line %d: %s, %s, %s from %s: measured %s (%s), said %s by rule %s\n",
			    row->number, signal_name(row->signal), row->disposition, row->target,
			    row->sender, row->outcome, row->result, what, v.step[0]->id);
		wrong++;
	}
	CHECK_INT(wrong, 0);
}

/* --- what the rows do not have, one fact at a time --- */

struct scene {
	struct verdict_thread thread[3];
	struct verdict_target target;
	struct verdict_sender sender;
};

/* A sleeping program with one thread, and a sender beside it that may. */
static void set_scene(struct scene *ret)
{
	*ret = (struct scene){ 0 };
	for (size_t i = 0; i < countof(ret->thread); i++)
		ret->thread[i] = (struct verdict_thread){ .tid = 100 + (pid_t)i, .state = 'S' };
	ret->target = (struct verdict_target){
		.exists = true, .queue_limit = 100, .thread_count = 1, .thread = ret->thread,
	};
	ret->sender = (struct verdict_sender){ .sees_target = true, .is_seen = true };
}

static struct verdict reach(struct scene *s, int signal)
{
	return verdict_reach(signal, &s->target, &s->sender);
}

/* "blocked,handler": the steps in their order. */
static void check_steps(const struct verdict *v, const char *expected)
{
	autotext struct text steps = { 0 };

	for (size_t i = 0; i < v->step_count; i++)
		text_add(&steps, "%s%s", i ? "," : "", v->step[i]->id);
	CHECK_STR(text_get(&steps), expected);
}

#define CHECK_SCENE(s, signal, expected)                 \
	do {                                             \
		struct verdict v_ = reach(&(s), signal); \
		check_steps(&v_, expected);              \
	} while (0)

#define CHECK_NOTE(s, signal, id) \
	do {                                             \
		struct verdict v_ = reach(&(s), signal); \
		CHECK_TRUE(verdict_has_rule(&v_, id));   \
	} while (0)

TEST(nobody_is_there)
{
	struct scene s = { 0 };
	struct verdict v = reach(&s, SIGTERM);

	check_steps(&v, "no-process");
	CHECK_INT(verdict_error(&v), ESRCH);
	CHECK_INT(v.result, VERDICT_RESULT_NONE);
}

TEST(sender_in_an_inner_namespace_has_no_number_for_the_target)
{
	struct scene s;

	set_scene(&s);
	s.sender.sees_target = false;
	CHECK_SCENE(s, SIGKILL, "out-of-sight");
}

TEST(permission_needs_one_of_four_equal_ids)
{
	static const struct {
		uid_t uid, effective, target, saved;
		bool may;
	} rows[] = {
		{ 1000, 1000, 1000, 1000, true }, { 1000, 1000, 0, 0, false },
		{ 1000, 0, 0, 5, true },	  { 1000, 0, 5, 0, true },
		{ 1000, 7, 1000, 5, true },	  { 1000, 7, 5, 1000, true },
		{ 0, 0, 1000, 1000, false },	  { 1000, 7, 5, 6, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct scene s;

		set_scene(&s);
		s.sender.uid = rows[i].uid;
		s.sender.effective_uid = rows[i].effective;
		s.target.uid = rows[i].target;
		s.target.saved_uid = rows[i].saved;
		CHECK_SCENE(s, SIGTERM, rows[i].may ? "default-terminates" : "no-right");
		s.sender.has_cap_kill = true;
		CHECK_SCENE(s, SIGTERM, "default-terminates");
	}
}

TEST(a_stranger_may_send_only_sigcont_and_only_within_the_session)
{
	struct scene s;

	set_scene(&s);
	s.target.uid = s.target.saved_uid = 9;
	CHECK_SCENE(s, SIGCONT, "no-right");
	s.sender.is_same_session = true;
	CHECK_SCENE(s, SIGCONT, "ignored-by-default");
	CHECK_SCENE(s, SIGTERM, "no-right");
	CHECK_INT(verdict_error(&(struct verdict[]){ reach(&s, SIGTERM) }[0]), EPERM);
}

TEST(a_process_may_always_signal_itself)
{
	struct scene s;

	set_scene(&s);
	s.target.uid = s.target.saved_uid = 9;
	s.sender.is_same_process = s.sender.is_held_back = true;
	CHECK_SCENE(s, SIGTERM, "default-terminates");
}

TEST(security_module_refuses_after_the_user_ids_allowed)
{
	struct scene s;

	set_scene(&s);
	s.sender.is_held_back = true;
	CHECK_SCENE(s, SIGTERM, "security-module");
}

TEST(kernel_needs_no_permission)
{
	struct scene s;

	set_scene(&s);
	s.target.uid = s.target.saved_uid = 9;
	s.sender = (struct verdict_sender){ .source = VERDICT_FROM_KERNEL };
	CHECK_SCENE(s, SIGKILL, "sure-kill");
}

TEST(kernel_kills_an_init_but_does_not_terminate_it)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	s.sender = (struct verdict_sender){ .source = VERDICT_FROM_KERNEL };
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	CHECK_NOTE(s, SIGKILL, "takes-all-with-it");
	CHECK_SCENE(s, SIGTERM, "init-no-handler");
}

TEST(zombie_takes_every_signal_and_nothing_happens)
{
	struct scene s;

	set_scene(&s);
	s.target.is_dying = true;
	s.thread[0].state = 'Z';
	CHECK_SCENE(s, SIGTERM, "dying");
	CHECK_SCENE(s, SIGKILL, "dying");
	CHECK_INT(verdict_error(&(struct verdict[]){ reach(&s, SIGKILL) }[0]), 0);
}

TEST(sigkill_ends_a_core_dump_and_nothing_else_does)
{
	struct scene s;

	set_scene(&s);
	s.target.is_dying = s.target.is_dumping = true;
	CHECK_SCENE(s, SIGTERM, "dying");
	CHECK_SCENE(s, SIGKILL, "sure-kill");
}

TEST(dead_main_thread_leaves_the_signal_to_another)
{
	struct scene s;
	struct verdict v;

	set_scene(&s);
	s.target.thread_count = 2;
	s.thread[0].state = 'Z';
	v = reach(&s, SIGTERM);
	check_steps(&v, "default-terminates");
	CHECK_INT(v.taker_tid, 101);
}

TEST(first_process_of_the_machine_cannot_even_be_killed_from_outside)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = s.target.is_machine_init = true;
	s.sender.is_seen = false;
	CHECK_SCENE(s, SIGKILL, "machine-init");
	CHECK_SCENE(s, SIGSTOP, "machine-init");
	CHECK_SCENE(s, SIGTERM, "init-no-handler");
}

TEST(kernel_thread_ignores_sigkill)
{
	struct scene s;

	set_scene(&s);
	s.target.is_kernel_thread = true;
	s.target.ignored = UINT64_MAX;
	CHECK_SCENE(s, SIGKILL, "kernel-thread");
	s.target.caught = SET(SIGINT);
	s.target.ignored &= ~SET(SIGINT);
	CHECK_SCENE(s, SIGINT, "kernel-thread-asks");
	s.target.caught = SET(SIGKILL);
	s.target.ignored = ~SET(SIGKILL);
	CHECK_SCENE(s, SIGKILL, "kernel-thread-asks");
}

TEST(kill_and_stop_have_no_mask_and_no_disposition)
{
	struct scene s;

	set_scene(&s);
	s.target.ignored = UINT64_MAX;
	s.thread[0].blocked = UINT64_MAX;
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	CHECK_SCENE(s, SIGSTOP, "sure-stop");
}

TEST(sigcont_resumes_whatever_is_set_for_it)
{
	static const struct {
		bool is_caught, is_ignored, is_blocked;
		const char *steps;
	} rows[] = {
		{ false, false, false, "continue-resumes,ignored-by-default" },
		{ true, false, false, "continue-resumes,handler" },
		{ false, true, false, "continue-resumes,set-to-ignore" },
		{ false, false, true, "continue-resumes,blocked,default-is-nothing" },
		{ true, false, true, "continue-resumes,blocked,handler" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct scene s;

		set_scene(&s);
		s.thread[0].state = 'T';
		s.target.caught = rows[i].is_caught ? SET(SIGCONT) : 0;
		s.target.ignored = rows[i].is_ignored ? SET(SIGCONT) : 0;
		s.thread[0].blocked = rows[i].is_blocked ? SET(SIGCONT) : 0;
		CHECK_SCENE(s, SIGCONT, rows[i].steps);
	}
}

TEST(tracepoint_calls_a_sigcont_that_resumes_ignored)
{
	struct scene s;
	struct verdict v;

	set_scene(&s);
	s.thread[0].state = 'T';
	v = reach(&s, SIGCONT);
	CHECK_INT(verdict_now(&v), VERDICT_CONTINUE);
	CHECK_INT(v.result, VERDICT_RESULT_IGNORED);
}

TEST(stop_and_continue_remove_each_other)
{
	struct scene s;

	set_scene(&s);
	s.target.shared_pending = SET(SIGCONT) | SET(SIGTSTP);
	CHECK_NOTE(s, SIGSTOP, "stop-clears-continue");
	CHECK_NOTE(s, SIGCONT, "continue-clears-stop");
}

TEST(stopped_process_takes_only_kill_and_cont)
{
	struct scene s;

	set_scene(&s);
	s.thread[0].state = 'T';
	CHECK_SCENE(s, SIGTERM, "stopped,default-terminates");
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	CHECK_SCENE(s, SIGSTOP, "stopped,continue-will-clear");
	s.target.caught = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "stopped,handler");
}

TEST(standard_signal_does_not_queue_and_a_real_time_one_does)
{
	struct scene s;
	struct verdict v;

	set_scene(&s);
	s.thread[0].blocked = UINT64_MAX;
	s.target.shared_pending = SET(SIGCHLD) | SET(33) | SET(40);
	s.target.caught = UINT64_MAX;
	v = reach(&s, SIGCHLD);
	check_steps(&v, "already-pending,blocked,handler");
	CHECK_INT(v.result, VERDICT_RESULT_ALREADY_PENDING);
	CHECK_SCENE(s, 33, "blocked,handler");
	CHECK_SCENE(s, 40, "blocked,handler");
}

TEST(each_call_looks_into_the_queue_that_it_fills)
{
	struct scene s;

	set_scene(&s);
	s.thread[0].blocked = s.thread[0].pending = SET(SIGUSR1);
	CHECK_SCENE(s, SIGUSR1, "blocked,default-terminates");
	s.sender.call = VERDICT_TGKILL;
	CHECK_SCENE(s, SIGUSR1, "already-pending,blocked,default-terminates");
}

TEST(full_queue_by_signal_and_call)
{
	static const struct {
		int signal;
		enum verdict_call call;
		enum verdict_result result;
	} rows[] = {
		{ 36, VERDICT_SIGQUEUE, VERDICT_RESULT_OVERFLOW_FAIL },
		{ 36, VERDICT_KILL, VERDICT_RESULT_LOSE_INFO },
		{ SIGUSR1, VERDICT_SIGQUEUE, VERDICT_RESULT_LOSE_INFO },
		{ SIGUSR1, VERDICT_KILL, VERDICT_RESULT_DELIVERED },
		{ SIGUSR1, VERDICT_TGKILL, VERDICT_RESULT_LOSE_INFO },
		{ SIGKILL, VERDICT_TGKILL, VERDICT_RESULT_DELIVERED },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct scene s;
		struct verdict v;

		set_scene(&s);
		s.target.queue_used = s.target.queue_limit = 3;
		s.sender.call = rows[i].call;
		v = reach(&s, rows[i].signal);
		CHECK_INT(v.result, rows[i].result);
		CHECK_INT(verdict_error(&v),
			  rows[i].result == VERDICT_RESULT_OVERFLOW_FAIL ? EAGAIN : 0);
	}
}

TEST(v1_freezer_holds_even_sigkill)
{
	struct scene s;

	set_scene(&s);
	s.target.freeze = VERDICT_FROZEN_V1;
	s.thread[0].state = 'D';
	CHECK_SCENE(s, SIGKILL, "frozen-v1,sure-kill");
	CHECK_SCENE(s, SIGTERM, "frozen-v1,default-terminates");
	CHECK_SCENE(s, SIGCHLD, "ignored-by-default");
}

TEST(v2_freezer_lets_through_what_kills_at_once)
{
	struct scene s;

	set_scene(&s);
	s.target.freeze = VERDICT_FROZEN_V2;
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	CHECK_SCENE(s, SIGTERM, "default-terminates");
	CHECK_SCENE(s, SIGQUIT, "frozen-v2,default-dumps-core");
	CHECK_SCENE(s, SIGSTOP, "frozen-v2,sure-stop");
	s.target.caught = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "frozen-v2,handler");
	s.target.caught = 0;
	s.thread[0].blocked = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "frozen-v2,blocked,default-terminates");
}

TEST(state_d_holds_a_signal_until_the_wait_is_over)
{
	struct scene s;

	set_scene(&s);
	s.thread[0].state = 'D';
	CHECK_SCENE(s, SIGKILL, "uninterruptible,sure-kill");
	s.target.thread_count = 2;
	s.thread[0].state = 'S';
	s.thread[1].state = 'D';
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	CHECK_NOTE(s, SIGKILL, "thread-in-kernel");
}

TEST(tracer_sees_first_even_what_would_be_ignored)
{
	struct scene s;

	set_scene(&s);
	s.thread[0].is_traced = true;
	CHECK_SCENE(s, SIGWINCH, "default-is-nothing");
	CHECK_NOTE(s, SIGWINCH, "tracer-first");
	CHECK_SCENE(s, SIGKILL, "sure-kill");
	s.thread[0].state = 't';
	CHECK_SCENE(s, SIGTERM, "stopped-by-tracer,default-terminates");
	CHECK_SCENE(s, SIGKILL, "sure-kill");
}

TEST(traced_init_gets_the_signal_and_drops_it)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	s.thread[0].is_traced = true;
	CHECK_SCENE(s, SIGTERM, "init-survives");
	CHECK_SCENE(s, SIGKILL, "init-from-inside");
}

TEST(unblocked_thread_takes_what_the_main_thread_blocks)
{
	struct scene s;
	struct verdict v;

	set_scene(&s);
	s.target.thread_count = 3;
	s.target.caught = SET(SIGUSR1);
	s.thread[0].blocked = s.thread[1].blocked = SET(SIGUSR1);
	v = reach(&s, SIGUSR1);
	check_steps(&v, "handler");
	CHECK_INT(v.taker_tid, 102);
	CHECK_TRUE(verdict_has_rule(&v, "another-thread"));
	s.sender.call = VERDICT_TGKILL;
	CHECK_SCENE(s, SIGUSR1, "blocked,handler");
}

TEST(main_thread_of_an_init_that_blocks_keeps_the_signal_and_another_drops_it)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	s.target.thread_count = 2;
	s.thread[0].blocked = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "init-survives");
}

TEST(sigtimedwait_of_an_init_keeps_the_signal_though_sigblk_is_empty)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	CHECK_SCENE(s, SIGTERM, "init-no-handler");
	s.thread[0].awaited = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "awaited");
	CHECK_SCENE(s, SIGHUP, "init-no-handler");
}

TEST(signalfd_reads_what_is_blocked_only)
{
	struct scene s;

	set_scene(&s);
	s.target.signalfd = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "default-terminates");
	s.thread[0].blocked = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "signalfd");
}

TEST(blocked_and_then_the_rest_of_the_rule)
{
	struct scene s;

	set_scene(&s);
	s.thread[0].blocked = UINT64_MAX;
	CHECK_SCENE(s, SIGTERM, "blocked,default-terminates");
	CHECK_SCENE(s, SIGQUIT, "blocked,default-dumps-core");
	CHECK_SCENE(s, SIGTSTP, "blocked,default-stops");
	CHECK_SCENE(s, SIGURG, "blocked,default-is-nothing");
	s.target.ignored = SET(SIGTERM);
	CHECK_SCENE(s, SIGTERM, "blocked,ignored-when-taken");
	s.target.is_init = true;
	CHECK_SCENE(s, SIGQUIT, "blocked,init-survives");
}

TEST(orphaned_group_is_stopped_by_sigstop_only)
{
	struct scene s;

	set_scene(&s);
	s.target.is_group_orphaned = true;
	CHECK_SCENE(s, SIGTSTP, "orphaned-group");
	CHECK_SCENE(s, SIGTTIN, "orphaned-group");
	CHECK_SCENE(s, SIGTTOU, "orphaned-group");
	CHECK_SCENE(s, SIGSTOP, "sure-stop");
	s.target.caught = SET(SIGTSTP);
	CHECK_SCENE(s, SIGTSTP, "handler");
}

TEST(fault_ends_even_an_init_unless_its_handler_may_run)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	s.sender = (struct verdict_sender){ .source = VERDICT_FROM_FAULT };
	CHECK_SCENE(s, SIGSEGV, "fault");
	CHECK_NOTE(s, SIGSEGV, "takes-all-with-it");
	s.target.ignored = SET(SIGSEGV);
	CHECK_SCENE(s, SIGSEGV, "fault");
	s.target.ignored = 0;
	s.target.caught = SET(SIGSEGV);
	CHECK_SCENE(s, SIGSEGV, "handler");
	s.thread[0].blocked = SET(SIGSEGV);
	CHECK_SCENE(s, SIGSEGV, "fault");
}

TEST(init_that_survives_a_sent_signal_is_told_what_ends_it)
{
	struct scene s;

	set_scene(&s);
	s.target.is_init = true;
	CHECK_NOTE(s, SIGSEGV, "fault-ends-init");
	CHECK_NOTE(s, SIGABRT, "abort-ends-init");
}

TEST(verdict_names_the_facts_that_decided)
{
	struct scene s;
	struct verdict v;

	set_scene(&s);
	s.target.is_init = true;
	v = reach(&s, SIGTERM);
	CHECK_INT(v.facts, 1 << FACT_INIT | 1 << FACT_DISPOSITION | 1 << FACT_BLOCKED);
}

TEST(rules_have_different_ids_and_a_sentence_each)
{
	for (size_t i = 0; i < verdict_rule_count; i++) {
		const struct verdict_rule *rule = &verdict_rules[i];

		CHECK_TRUE(rule->applies && rule->facts);
		CHECK_INT(rule->text[strlen(rule->text) - 1], '.');
		CHECK_TRUE((rule->outcome == VERDICT_REFUSED) == (rule->error != 0));
		CHECK_TRUE(strlen(verdict_outcome_name(rule->outcome)) > 0);
		for (size_t j = 0; j < i; j++)
			CHECK_TRUE(strcmp(rule->id, verdict_rules[j].id) != 0);
	}
}

/* Whatever the facts are, the walk comes to an end and stays within its room. */
TEST(every_combination_of_facts_ends)
{
	uint32_t random = 1;

	for (int round = 0; round < 200000; round++) {
		struct scene s;
		struct verdict v;
		int signal = 1 + round % SIGNAL_MAX;

		set_scene(&s);
		random = random * 1664525 + 1013904223;
		s.target.is_init = random >> 31 & 1;
		s.target.is_dying = (random >> 27 & 7) == 0;
		s.target.freeze = (enum verdict_freeze)((random >> 24 & 7) % 3);
		s.target.caught = random >> 23 & 1 ? SET(signal) : 0;
		s.target.ignored = random >> 22 & 1 ? SET(signal) : 0;
		s.target.shared_pending = random >> 21 & 1 ? UINT64_MAX : 0;
		s.target.queue_used = random >> 20 & 1 ? 100 : 0;
		s.target.thread_count = 1 + (random >> 18 & 3) % 3;
		s.target.is_group_orphaned = random >> 17 & 1;
		s.target.is_kernel_thread = (random >> 14 & 7) == 0;
		s.thread[0].blocked = random >> 13 & 1 ? UINT64_MAX : 0;
		s.thread[1].blocked = random >> 12 & 1 ? UINT64_MAX : 0;
		s.thread[0].awaited = (random >> 10 & 3) == 0 ? UINT64_MAX : 0;
		s.thread[0].is_traced = random >> 9 & 1;
		s.thread[0].state = "SDTtZRSS"[random >> 6 & 7];
		s.sender.source = (enum verdict_source)((random >> 4 & 3) % 3);
		s.sender.is_seen = random >> 3 & 1;
		s.sender.call = (enum verdict_call)((random >> 1 & 3) % 3);
		v = reach(&s, signal);
		CHECK_TRUE(v.step_count >= 1 && v.step_count <= VERDICT_STEPS_MAX);
		CHECK_TRUE(v.note_count <= VERDICT_NOTES_MAX);
		CHECK_TRUE(verdict_end(&v) != VERDICT_QUEUED && verdict_end(&v) != VERDICT_PENDING);
	}
}
