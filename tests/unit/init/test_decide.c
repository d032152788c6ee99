// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/decide.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"

enum { EXITED_7 = 7 << 8, BY_SEGV = SIGSEGV, DUMPED_BY_SEGV = SIGSEGV | 0x80 };
enum { CODE_KERNEL = 0x80 };

static struct init_policy policy;
static struct init_state life;
static struct init_delayed delayed[SIGNAL_MAX + 1];

/* husk-init without options, but for a grace of 1 s and 2 s after the main child's own end. */
static void begin_native(void)
{
	init_policy_clear(&policy);
	policy.rule[SIGTERM].stops = policy.rule[SIGINT].stops = policy.rule[SIGQUIT].stops = true;
	policy.grace_ms = 1000;
	policy.end_grace_ms = 2000;
	memset(delayed, 0, sizeof(delayed));
	life = (struct init_state){ .policy = &policy, .delayed = delayed };
	init_decide_begin(&life, 0);
}

/* One event, and the actions for it as text: "child:10 all:15 end:143". */
struct step {
	struct init_event event;
	const char *actions;
};

#define SIGNAL_AT(ms, n) \
	{ .kind = INIT_EVENT_SIGNAL, .signal = { .number = (n) }, .now_ms = (ms) }
#define MAIN_ENDED(status) { .kind = INIT_EVENT_MAIN_ENDED, .wait_status = (status) }
#define MAIN_STOPPED(n) { .kind = INIT_EVENT_MAIN_STOPPED, .wait_status = (n) << 8 | 0x7f }
#define MAIN_CONTINUED { .kind = INIT_EVENT_MAIN_CONTINUED }
#define REAPED_AT(ms) { .kind = INIT_EVENT_REAPED, .now_ms = (ms) }
#define EMPTY { .kind = INIT_EVENT_EMPTY }
#define TIME(ms) { .kind = INIT_EVENT_TIME, .now_ms = (ms) }

static void write_action(const struct init_action *action, char text[32])
{
	static const char *const targets[] = { "child", "group", "all" };

	switch (action->kind) {
	case INIT_DO_SEND:
		snprintf(text, 32, "%s:%d", targets[action->target], action->signal.number);
		break;
	case INIT_DO_RESUME:
		snprintf(text, 32, "resume");
		break;
	case INIT_DO_SUSPEND:
		snprintf(text, 32, "suspend:%d", action->signal.number);
		break;
	case INIT_DO_LOOK:
		snprintf(text, 32, "look");
		break;
	case INIT_DO_END:
		snprintf(text, 32, "end:%d", action->exit_code);
		break;
	}
}

static void play(const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct init_actions actions;
		char text[32 * INIT_ACTIONS_MAX] = "", one[32];

		init_decide(&life, &steps[i].event, &actions);
		for (int k = 0; k < actions.count; k++) {
			write_action(&actions.item[k], one);
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				 k ? " " : "", one);
		}
		if (strcmp(text, steps[i].actions) != 0)
			print_error("step %zu\n", i);
		CHECK_STR(text, steps[i].actions);
	}
}

#define PLAY(...)                                     \
	play((const struct step[]){ __VA_ARGS__ }, \
	     countof(((const struct step[]){ __VA_ARGS__ })))

TEST(every_other_signal_goes_to_the_child)
{
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		struct init_event event = SIGNAL_AT(0, signal);
		struct init_actions actions;

		begin_native();
		init_decide(&life, &event, &actions);
		if (signal == SIGCHLD) {
			CHECK_INT(actions.count, 0);
			continue;
		}
		CHECK_INT(actions.count, 1);
		CHECK_INT(actions.item[0].kind, INIT_DO_SEND);
		CHECK_INT(actions.item[0].signal.number, signal);
		CHECK_INT(actions.item[0].target, policy.rule[signal].stops ? INIT_TO_ALL
									   : INIT_TO_CHILD);
	}
}

TEST(a_stop_signal_goes_to_all_once_and_init_ends_when_empty)
{
	begin_native();
	PLAY({ SIGNAL_AT(5, SIGQUIT), "all:3" }, { SIGNAL_AT(6, SIGQUIT), "" },
	     { SIGNAL_AT(7, SIGTERM), "" }, { SIGNAL_AT(8, SIGUSR1), "child:10" },
	     { REAPED_AT(8), "" }, { MAIN_ENDED(EXITED_7), "" }, { REAPED_AT(9), "" },
	     { SIGNAL_AT(9, SIGUSR1), "" }, { EMPTY, "end:7" });
}

TEST(when_the_main_child_ends_the_others_are_asked_with_term)
{
	begin_native();
	PLAY({ MAIN_ENDED(BY_SEGV), "" }, { REAPED_AT(1), "all:15" }, { REAPED_AT(1), "" },
	     { SIGNAL_AT(2, SIGTERM), "" }, { SIGNAL_AT(3, SIGHUP), "" }, { EMPTY, "end:139" });
}

TEST(a_main_child_that_was_alone_needs_no_further_word)
{
	begin_native();
	PLAY({ MAIN_ENDED(0), "" }, { EMPTY, "end:0" });
}

TEST(the_end_of_an_orphan_is_nothing)
{
	begin_native();
	PLAY({ REAPED_AT(1), "" }, { REAPED_AT(2), "" });
}

TEST(after_the_grace_the_rest_is_killed_and_the_code_stays_the_main_childs)
{
	begin_native();
	PLAY({ MAIN_ENDED(EXITED_7), "" }, { REAPED_AT(1), "all:15" }, { TIME(2000), "" },
	     { TIME(2001), "all:9" }, { REAPED_AT(2001), "all:9" }, { EMPTY, "end:7" });
}

TEST(a_main_child_that_ignores_the_stop_signal_ends_as_killed)
{
	begin_native();
	PLAY({ SIGNAL_AT(0, SIGTERM), "all:15" }, { TIME(999), "" }, { TIME(1000), "all:9" },
	     { MAIN_ENDED(SIGKILL), "" }, { EMPTY, "end:137" });
}

TEST(what_cannot_be_killed_is_not_waited_for_for_ever)
{
	begin_native();
	PLAY({ SIGNAL_AT(0, SIGTERM), "all:15" }, { TIME(1000), "all:9" },
	     { SIGNAL_AT(1001, SIGTERM), "" }, { TIME(1999), "" }, { TIME(2000), "end:137" });
}

TEST(wait_all_asks_nobody_until_it_is_told_to_stop)
{
	begin_native();
	policy.waits_for_all = true;
	PLAY({ MAIN_ENDED(EXITED_7), "" }, { REAPED_AT(1), "" }, { TIME(100000), "" },
	     { SIGNAL_AT(100000, SIGTERM), "all:15" }, { TIME(101000), "all:9" },
	     { EMPTY, "end:7" });
}

TEST(idle_waits_for_no_time)
{
	begin_native();
	CHECK_TRUE(init_next_ms(&life) == INIT_NEVER);
	PLAY({ SIGNAL_AT(100, SIGTERM), "all:15" });
	CHECK_INT(init_next_ms(&life), 1100);
	PLAY({ TIME(1100), "all:9" });
	CHECK_INT(init_next_ms(&life), 1100 + INIT_KILL_WAIT_MS);
}

TEST(a_signal_becomes_another_before_all_else)
{
	begin_native();
	policy.rule[SIGTERM].becomes = SIGQUIT;
	policy.rule[SIGINT].becomes = SIGUSR1;
	policy.rule[SIGWINCH].becomes = 0;
	PLAY({ SIGNAL_AT(0, SIGINT), "child:10" }, { SIGNAL_AT(0, SIGWINCH), "" },
	     { SIGNAL_AT(0, SIGTERM), "all:3" }, { SIGNAL_AT(0, SIGQUIT), "" });
}

TEST(targets_are_child_group_and_all)
{
	begin_native();
	policy.rule[SIGHUP].target = INIT_TO_GROUP;
	policy.rule[SIGUSR1].target = INIT_TO_ALL;
	PLAY({ SIGNAL_AT(0, SIGHUP), "group:1" }, { SIGNAL_AT(0, SIGUSR1), "all:10" },
	     { SIGNAL_AT(0, SIGUSR2), "child:12" }, { MAIN_ENDED(0), "" },
	     { SIGNAL_AT(0, SIGHUP), "" }, { SIGNAL_AT(0, SIGUSR1), "all:10" });
}

TEST(a_delayed_stop_goes_out_late_and_its_grace_counts_from_its_arrival)
{
	begin_native();
	policy.rule[SIGTERM].delay_ms = 400;
	policy.rule[SIGUSR1].delay_ms = 100;
	PLAY({ SIGNAL_AT(10, SIGTERM), "" }, { SIGNAL_AT(20, SIGUSR1), "" },
	     { SIGNAL_AT(30, SIGTERM), "" });
	CHECK_INT(init_next_ms(&life), 120);
	PLAY({ TIME(120), "child:10" });
	CHECK_INT(init_next_ms(&life), 410);
	PLAY({ TIME(410), "all:15" });
	CHECK_INT(init_next_ms(&life), 1010);
}

TEST(a_pause_ends_with_0_on_a_stop_signal_only)
{
	begin_native();
	policy.is_pause = true;
	PLAY({ EMPTY, "" }, { REAPED_AT(0), "" }, { SIGNAL_AT(0, SIGCHLD), "" },
	     { SIGNAL_AT(0, SIGHUP), "" }, { SIGNAL_AT(0, SIGTERM), "end:0" });
}

TEST(a_forwarder_ends_with_its_child)
{
	begin_native();
	init_policy_clear(&policy);
	policy.ends_with_main = true;
	PLAY({ SIGNAL_AT(0, SIGTERM), "child:15" }, { SIGNAL_AT(0, SIGTERM), "child:15" },
	     { MAIN_ENDED(SIGTERM), "end:143" });
	policy.farewell = SIGINT;
	life = (struct init_state){ .policy = &policy };
	PLAY({ MAIN_ENDED(EXITED_7), "group:2 end:7" });
}

TEST(codes_are_mapped_and_a_wanted_stop_may_be_a_success)
{
	static const struct {
		int status, code;
		bool is_asked;
	} rows[] = {
		{ SIGTERM, 0, true },  { SIGKILL, 0, true },	{ SIGINT, 0, true },
		{ SIGTERM, 143, false }, { SIGSEGV, 139, true }, { EXITED_7, 70, true },
		{ 143 << 8, 0, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct init_event stop = SIGNAL_AT(0, SIGTERM), ended = MAIN_ENDED(rows[i].status),
				  empty = EMPTY;
		struct init_actions actions;

		begin_native();
		policy.stop_is_success = true;
		policy.exit_map[7] = 70;
		if (rows[i].is_asked)
			init_decide(&life, &stop, &actions);
		init_decide(&life, &ended, &actions);
		init_decide(&life, &empty, &actions);
		CHECK_INT(actions.item[0].exit_code, rows[i].code);
	}
}

TEST(a_stop_after_the_main_childs_end_makes_no_success_of_it)
{
	begin_native();
	policy.stop_is_success = true;
	PLAY({ MAIN_ENDED(SIGTERM), "" }, { REAPED_AT(0), "all:15" },
	     { SIGNAL_AT(1, SIGTERM), "" }, { EMPTY, "end:143" });
}

TEST(a_shell_may_stop_and_continue_us_as_a_job)
{
	begin_native();
	life.can_suspend = true;
	PLAY({ MAIN_STOPPED(SIGTSTP), "suspend:20" }, { SIGNAL_AT(0, SIGCONT), "resume" },
	     { MAIN_CONTINUED, "" }, { SIGNAL_AT(0, SIGCONT), "child:18" },
	     { MAIN_STOPPED(SIGSTOP), "" });
}

TEST(nobody_stops_pid_1_as_a_job)
{
	begin_native();
	PLAY({ MAIN_STOPPED(SIGTSTP), "" }, { SIGNAL_AT(0, SIGCONT), "resume" });
}

TEST(a_stopped_main_child_is_continued_to_hear_the_stop)
{
	begin_native();
	PLAY({ MAIN_STOPPED(SIGTSTP), "" }, { SIGNAL_AT(0, SIGTERM), "all:15 group:18" });
}

TEST(what_the_terminal_told_the_child_already_is_not_told_again)
{
	struct init_event by_terminal = { .kind = INIT_EVENT_SIGNAL,
					  .signal = { .number = SIGINT, .code = CODE_KERNEL } };

	begin_native();
	life.shares_group = true;
	PLAY({ by_terminal, "" }, { SIGNAL_AT(0, SIGHUP), "child:1" });
	life.shares_group = false;
	PLAY({ by_terminal, "all:2" });
}

TEST(our_own_echo_is_nothing)
{
	struct init_event echo = SIGNAL_AT(0, SIGHUP);

	begin_native();
	echo.is_own = true;
	PLAY({ echo, "" });
}

TEST(dumb_init_stops_itself_after_the_others)
{
	begin_native();
	policy.suspends_itself = true;
	policy.rule[SIGTSTP].becomes = SIGSTOP;
	policy.rule[SIGTTIN].becomes = 0;
	PLAY({ SIGNAL_AT(0, SIGTSTP), "child:19 suspend:19" },
	     { SIGNAL_AT(0, SIGTTIN), "suspend:19" }, { SIGNAL_AT(0, SIGHUP), "child:1" });
}

TEST(orphans_are_looked_for_four_times_in_their_timeout_and_no_more_after_a_stop)
{
	begin_native();
	policy.orphan_timeout_ms = 4000;
	init_decide_begin(&life, 0);
	CHECK_INT(init_next_ms(&life), 1000);
	PLAY({ TIME(1000), "look" });
	CHECK_INT(init_next_ms(&life), 2000);
	PLAY({ SIGNAL_AT(1500, SIGTERM), "all:15" });
	CHECK_INT(init_next_ms(&life), 2500);
}

TEST(a_signal_keeps_its_sender_and_value)
{
	struct init_event event = {
		.kind = INIT_EVENT_SIGNAL,
		.signal = { .number = SIGUSR1, .code = -1, .from_pid = 5, .from_uid = 6, .value = 7 },
	};
	struct init_actions actions;

	begin_native();
	policy.rule[SIGUSR1].becomes = SIGUSR2;
	init_decide(&life, &event, &actions);
	CHECK_INT(actions.item[0].signal.number, SIGUSR2);
	CHECK_INT(actions.item[0].signal.arrived_as, SIGUSR1);
	CHECK_INT(actions.item[0].signal.code, -1);
	CHECK_INT(actions.item[0].signal.from_pid, 5);
	CHECK_INT(actions.item[0].signal.from_uid, 6);
	CHECK_INT(actions.item[0].signal.value, 7);
}

TEST(an_end_by_signal_n_is_128_and_n)
{
	static const struct {
		int status, code;
	} rows[] = {
		{ 0, 0 }, { EXITED_7, 7 }, { 255 << 8, 255 }, { BY_SEGV, 139 },
		{ DUMPED_BY_SEGV, 139 }, { SIGKILL, 137 }, { 38, 166 }, { 64, 192 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		CHECK_INT(init_exit_code(rows[i].status), rows[i].code);
}
