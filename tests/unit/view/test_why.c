// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why.h"

#include <string.h>

#include "base/scope.h"
#include "test.h"

static struct life_counters none = { .oom_kills = { true, 3 } };
static struct life_actor podman = {
	.command = "kill", .pid = { true, 10 }, .parent_pid = { true, 9 }, .uid = { true, 0 },
	.parent_name = "podman",
};
static struct life_end code_0 = { .exit_code = { true, 0 } }, code_143 = { .exit_code = { true, 143 } },
		       by_kill = { .signal = { true, 9 } }, by_segv = { .signal = { true, 11 } },
		       by_term = { .signal = { true, 15 } };

static struct life_event event(enum life_kind kind, uint64_t boot_ms)
{
	return (struct life_event){ .kind = { true, (int)kind }, .boot_ms = { true, boot_ms },
				    .certainty = { true, LIFE_SEEN } };
}

static struct life_event started(void)
{
	struct life_event e = event(LIFE_STARTED, 1000);

	e.counters = &none;
	return e;
}

static struct life_event sent(const char *signal, uint64_t boot_ms, const char *outcome)
{
	struct life_event e = event(LIFE_SIGNAL, boot_ms);

	e.signal = (char *)signal;
	e.outcome = (char *)outcome;
	e.rule = "PID 1 takes no signal that it has no handler for.";
	e.by = &podman;
	return e;
}

static struct life_event ended(struct life_end *end, uint64_t boot_ms, struct life_counters *counters)
{
	struct life_event e = event(LIFE_ENDED, boot_ms);

	e.end = end;
	e.counters = counters;
	return e;
}

struct story {
	size_t count;
	struct life_event event[6];
};

static struct life life_of(struct story *story)
{
	return (struct life){ .id = "web", .count = story->count, .event = story->event };
}

static char *tell(struct story *story)
{
	struct life life = life_of(story);
	struct text text = { 0 };

	why_text(&life, &text);
	return text_take(&text);
}

static enum why_cause cause_of(struct story *story)
{
	struct life life = life_of(story);

	return why_find(&life).cause;
}

TEST(how_long_it_ran_is_unknown_over_a_restart_of_the_machine)
{
	struct story story = { 2, { started(), ended(&code_0, 3500, &none) } };
	autofree char *before = tell(&story), *after = NULL;

	story.event[1].boot_ms.value = 999;
	after = tell(&story);
	CHECK_TRUE(text_begins(before, "web ran for 2.5 s and "));
	CHECK_TRUE(!strstr(after, "ran for"));
}

TEST(each_way_to_die_has_its_cause)
{
	struct life_counters oom = { .oom_kills = { true, 4 } };
	struct {
		struct story story;
		enum why_cause cause;
	} cases[] = {
		{ { 1, { started() } }, WHY_ALIVE },
		{ { 2, { started(), ended(&code_0, 2000, NULL) } }, WHY_EXITED },
		{ { 2, { started(), ended(&by_segv, 2000, NULL) } }, WHY_SIGNAL },
		{ { 2, { started(), ended(NULL, 2000, NULL) } }, WHY_UNKNOWN },
		{ { 3, { started(), sent("SIGTERM", 1500, "handler"), ended(&code_143, 2000, NULL) } },
		  WHY_STOPPED },
		{ { 3, { started(), sent("SIGTERM", 1500, "terminates"), ended(&by_term, 2000, NULL) } },
		  WHY_STOPPED },
		{ { 3, { started(), sent("SIGKILL", 1500, "terminates"), ended(&by_kill, 2000, NULL) } },
		  WHY_KILLED },
		{ { 4, { started(), sent("SIGTERM", 1500, "ignored"),
			 sent("SIGKILL", 3500, "terminates"), ended(&by_kill, 3501, NULL) } },
		  WHY_KILLED },
		{ { 2, { started(), ended(&by_kill, 2000, &oom) } }, WHY_OUT_OF_MEMORY },
		{ { 2, { started(), ended(&by_kill, 2000, &none) } }, WHY_SIGNAL },
	};

	for (size_t i = 0; i < countof(cases); i++)
		CHECK_INT(cause_of(&cases[i].story), cases[i].cause);
}

TEST(old_oom_kill_of_a_child_does_not_turn_a_stop_into_oom)
{
	struct life_counters one_more = { .oom_kills = { true, 4 } };
	struct story story = { 3, { started(), sent("SIGTERM", 1500, "handler"),
				    ended(&code_143, 2000, &one_more) } };
	autofree char *text = tell(&story);

	CHECK_INT(cause_of(&story), WHY_STOPPED);
	CHECK_TRUE(strstr(text, "was stopped on request, exit status 143"));
	CHECK_TRUE(strstr(text, "killed 1 process for want of memory, "));
	CHECK_TRUE(strstr(text, ", which is not what ended it"));
}

static struct life_event at(struct life_event event, const char *time)
{
	event.time = (char *)time;
	return event;
}

TEST(time_of_an_oom_kill_is_told_by_who_watched)
{
	struct life_counters one_more = { .oom_kills = { true, 4 } };
	struct story story = { 4, { started(), at(event(LIFE_OUT_OF_MEMORY, 1200), "T1"),
				    sent("SIGTERM", 1500, "handler"),
				    ended(&code_143, 2000, &one_more) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "stopped on request, exit status 143"));
	CHECK_TRUE(strstr(text, "killed 1 process for want of memory, at T1 [seen], which is not"));
}

TEST(several_times_are_told_by_the_first_and_the_last)
{
	struct life_counters more = { .oom_kills = { true, 6 } };
	struct story story = { 5, { started(), at(event(LIFE_OUT_OF_MEMORY, 1200), "T1"),
				    at(event(LIFE_OUT_OF_MEMORY, 1300), "T2"),
				    at(event(LIFE_OUT_OF_MEMORY, 1400), "T3"),
				    ended(&code_0, 2000, &more) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "3 processes for want of memory, first at T1, last seen at T3"));
}

TEST(without_a_watcher_the_time_lies_between_two_looks_at_the_counter)
{
	struct life_counters one_more = { .oom_kills = { true, 4 } };
	struct life_event request = at(sent("SIGTERM", 1500, "handler"), "T2");
	struct story story = { 4, { at(started(), "T1"), request, at(request, "T3"),
				    at(ended(&code_143, 2000, &one_more), "T4") } };
	autofree char *late = NULL, *early = NULL;

	story.event[1].counters = &none;
	late = tell(&story);
	CHECK_TRUE(strstr(late, "at an unknown time between T2 and T4 [inferred]"));
	story.event[1].counters = &one_more;
	early = tell(&story);
	CHECK_TRUE(strstr(early, "at an unknown time between T1 and T2 [inferred]"));
}

TEST(living_one_has_its_oom_kills_told_too)
{
	struct story story = { 2, { started(), at(event(LIFE_OUT_OF_MEMORY, 1200), "T1") } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "has not ended"));
	CHECK_TRUE(strstr(text, "Memory ran out, at T1 [seen]."));
}

TEST(oom_kill_that_ended_it_is_not_told_twice)
{
	struct life_counters one_more = { .oom_kills = { true, 4 } };
	struct story story = { 2, { started(), ended(&by_kill, 2000, &one_more) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "was killed by the kernel for want of memory"));
	CHECK_TRUE(!strstr(text, "In this life"));
}

TEST(counters_from_before_the_start_do_not_count)
{
	struct story story = { 2, { started(), ended(&code_0, 2000, &none) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(!strstr(text, "want of memory"));
}

TEST(deaf_first_process_is_told_with_rule_and_mend)
{
	struct story story = { 4, { started(), sent("SIGTERM", 1500, "ignored"),
				    sent("SIGKILL", 3500, "terminates"),
				    ended(&by_kill, 3501, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "SIGTERM by `husk kill`, called by podman (9) as user 0 [seen]."));
	CHECK_TRUE(strstr(text, "came to nothing [inferred]: PID 1 takes no signal"));
	CHECK_TRUE(strstr(text, "org.husk.init=true"));
	CHECK_TRUE(strstr(text, "2.0 s later SIGKILL was sent by `husk kill`"));
}

TEST(name_of_a_caller_does_not_steer_the_terminal)
{
	struct life_actor actor = podman;
	struct story story = { 2, { started(), sent("SIGTERM", 2000, "handler") } };
	autofree char *text = NULL;

	actor.parent_name = (char *)"a\033[2J";
	story.event[1].by = &actor;
	text = tell(&story);
	CHECK_TRUE(strstr(text, "called by a?[2J (9) as user 0") != NULL);
}

TEST(unknown_end_is_said_to_be_unknown)
{
	struct story story = { 2, { started(), ended(NULL, 2000, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "nobody saw how it ended [inferred]"));
}

TEST(json_has_the_version_and_every_event)
{
	struct story story = { 2, { started(), ended(&by_segv, 2000, NULL) } };
	struct life life = life_of(&story);
	autotext struct text text = { 0 };

	why_json(&life, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"version\": 1"));
	CHECK_TRUE(strstr(text_get(&text), "\"cause\": \"signal\""));
	CHECK_TRUE(strstr(text_get(&text), "\"exitStatus\": 139"));
	CHECK_TRUE(strstr(text_get(&text), "\"kind\": \"ended\""));
	CHECK_TRUE(!strstr(text_get(&text), "memoryRanOut"));
}

TEST(json_says_when_memory_ran_out)
{
	struct story story = { 2, { started(), at(event(LIFE_OUT_OF_MEMORY, 1200), "T1") } };
	struct life life = life_of(&story);
	autotext struct text text = { 0 };

	why_json(&life, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"memoryRanOut\": {"));
	CHECK_TRUE(strstr(text_get(&text), "\"from\": \"T1\""));
	CHECK_TRUE(strstr(text_get(&text), "\"kind\": \"out-of-memory\""));
}

/* --- what a recorder saw --- */

static struct life_sender conmon = { .pid = { true, 77 }, .name = "conmon" },
			  ourselves = { .pid = { true, 10 }, .name = "husk" };

static struct life_event traced(const char *signal, uint64_t boot_ms, const char *outcome,
				struct life_sender *sender)
{
	struct life_event e = event(LIFE_TRACED, boot_ms);

	e.signal = (char *)signal;
	e.outcome = (char *)outcome;
	e.rule = "PID 1 takes no signal that it has no handler for.";
	e.sender = sender;
	e.source = "process";
	return e;
}

static struct life_event died(const char *signal, struct life_end *end, const char *source,
			      struct life_sender *sender)
{
	struct life_event e = event(LIFE_TRACED, 4000);

	e.signal = (char *)signal;
	e.source = (char *)source;
	e.sender = sender;
	e.end = end;
	return e;
}

TEST(who_is_no_command_of_husk_is_named_by_a_recorder)
{
	struct story story = { 4, { started(), traced("SIGTERM", 1500, "ignored", &conmon),
				    died("SIGKILL", &by_kill, "process", &conmon),
				    ended(&by_kill, 4005, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "was killed, exit status 137 [seen]. It was asked to end: SIGTERM by "
				"conmon (77) [seen]. That came to nothing [seen]: PID 1 takes no"));
	CHECK_TRUE(strstr(text, " 2.5 s later SIGKILL was sent by conmon (77) [seen]."));
	CHECK_TRUE(strstr(text, "traced SIGTERM by conmon (77): ignored [seen]"));
}

TEST(name_of_a_sender_does_not_steer_the_terminal)
{
	struct life_sender sender = { .name = (char *)"a\033[2J", .pid = conmon.pid };
	struct story story = { 4, { started(), traced("SIGTERM", 1500, "ig\177ed", &sender),
				    died("SIGKILL", &by_kill, "process", &sender),
				    ended(&by_kill, 4005, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "SIGKILL was sent by a?[2J (77)"));
	CHECK_TRUE(strstr(text, "traced SIGTERM by a?[2J (77): ig?ed [seen]\n"));
}

TEST(a_command_and_what_a_recorder_saw_of_it_are_one)
{
	struct story story = { 6, { started(), sent("SIGTERM", 1500, "terminates"),
				    traced("SIGTERM", 1500, "ignored", &ourselves),
				    sent("SIGKILL", 3500, "terminates"),
				    died("SIGKILL", &by_kill, "process", &ourselves),
				    ended(&by_kill, 4005, NULL) } };
	autofree char *text = tell(&story);

	/* The kernel's own word is better than what was to be expected before. */
	CHECK_TRUE(strstr(text, "SIGTERM by `husk kill`, called by podman (9) as user 0 [seen]. That "
				"came to nothing [seen]: PID 1"));
	CHECK_TRUE(strstr(text, "2.0 s later SIGKILL was sent by `husk kill`"));
}

TEST(whoever_was_quicker_than_a_command_is_named)
{
	struct story story = { 4, { started(), sent("SIGKILL", 3500, "terminates"),
				    died("SIGKILL", &by_kill, "cgroup.kill", &conmon),
				    ended(&by_kill, 4005, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, " SIGKILL was sent through cgroup.kill by conmon (77) [seen]."));
}

TEST(a_recorder_knows_an_end_that_nobody_else_saw)
{
	struct story story = { 3, { started(), died(NULL, &code_0, NULL, NULL),
				    ended(NULL, 9000, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "web ran for 3.0 s and ended by itself with exit status 0 [seen]."));
}

TEST(the_oom_killer_is_seen_by_a_recorder)
{
	struct story story = { 3, { started(), died("SIGKILL", &by_kill, "oom", NULL),
				    ended(&by_kill, 4005, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "killed by the kernel for want of memory, exit status 137 [seen]."));
}

TEST(who_ends_by_itself_was_not_stopped_by_a_signal_that_came_to_nothing)
{
	struct story story = { 4, { started(), traced("SIGTERM", 1500, "ignored", &conmon),
				    died(NULL, &code_0, NULL, NULL), ended(&code_0, 4005, NULL) } };
	autofree char *text = tell(&story);

	CHECK_TRUE(strstr(text, "ended by itself with exit status 0 [seen]."));
}
