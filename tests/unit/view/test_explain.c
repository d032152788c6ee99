// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/explain.h"

#include <errno.h>
#include <string.h>

#include "json/bind.h"
#include "scene.h"
#include "test.h"

static void check_first_line(const struct facts *facts, int signal, const char *expected)
{
	autotext struct text text = { 0 };
	autofree char *line = NULL;

	explain_signal(facts, signal, NULL, &text);
	line = mem_format("%.*s", (int)strcspn(text_get(&text), "\n"), text_get(&text));
	CHECK_STR(line, expected);
}

#define WHO "process 4711 (web, number 1 in its pid namespace) "

TEST(first_line_is_the_verdict)
{
	struct scene s;

	scene_set(&s);
	check_first_line(&s.facts, SIGTERM, "SIGTERM to " WHO "is thrown away at once, though its "
			 "sender is told that all is well");
	check_first_line(&s.facts, SIGHUP, "SIGHUP to " WHO "runs the program's handler");
	check_first_line(&s.facts, SIGKILL, "SIGKILL to " WHO "ends it");
}

TEST(later_steps_follow_in_the_same_line)
{
	struct scene s;

	scene_set(&s);
	s.thread.blocked = signal_set_of(SIGHUP);
	s.facts.target.freeze = VERDICT_FROZEN_V2;
	s.facts.target.shared_pending = signal_set_of(SIGHUP);
	check_first_line(&s.facts, SIGHUP,
			 "SIGHUP to " WHO "is lost in the one that is pending already, then waits "
			 "until it can run, then waits until it is unblocked, then runs the program's "
			 "handler");
}

TEST(refusal_names_its_errno)
{
	struct scene s;

	scene_set(&s);
	s.facts.status.level_count = 1;
	s.facts.target.uid = s.facts.target.saved_uid = 5;
	check_first_line(&s.facts, SIGTERM, "SIGTERM to process 4711 (web) is refused with EPERM "
			 "(Operation not permitted)");
}

TEST(sections_come_in_their_order_and_only_with_content)
{
	static const char *const labels[] = { "  from ", "  why ", "  evidence ", "  unknown ",
					      "  do " };
	struct facts_line lines[] = {
		{ FACT_INIT, 0, "/proc/4711/status", "NStgid: 4711 1", "PID 1" },
		{ FACT_FREEZE, 0, "/sys/x", "1", NULL },
		{ FACT_BLOCKED, 5000, "/proc/4711/task/5000/status", "SigBlk: 1", NULL },
	};
	struct facts_gap gap = { "whether it awaits signals" };
	autotext struct text text = { 0 };
	const char *at, *before;
	struct scene s;

	scene_set(&s);
	s.facts.line = lines;
	s.facts.line_count = countof(lines);
	s.facts.gap = &gap;
	s.facts.gap_count = 1;
	explain_signal(&s.facts, SIGTERM, NULL, &text);
	before = text_get(&text);
	for (size_t i = 0; i < countof(labels); i++) {
		at = strstr(text_get(&text), labels[i]);
		CHECK_TRUE(at && at > before);
		before = at;
	}
	CHECK_TRUE(strstr(text_get(&text), "/proc/4711/status: NStgid: 4711 1 (PID 1)\n"));
	/* What decided nothing is no evidence, and a thread that nobody asked is none. */
	CHECK_TRUE(!strstr(text_get(&text), "/sys/x"));
	CHECK_TRUE(!strstr(text_get(&text), "5000"));
	CHECK_TRUE(!strstr(text_get(&text), "  note "));
	CHECK_TRUE(!strstr(text_get(&text), "  seen "));
}

TEST(lines_are_broken_before_they_are_too_wide)
{
	autotext struct text text = { 0 };
	struct scene s;
	const char *at;

	scene_set(&s);
	explain_table(&s.facts, &text);
	for (at = text_get(&text); *at; at += strcspn(at, "\n") + 1)
		CHECK_TRUE(strcspn(at, "\n") <= 96);
}

/* How often @word stands in the lines of signals of the table. */
static int count_in_table(const char *table, const char *word)
{
	int count = 0;
	size_t size = strlen(word);

	for (const char *at = table; (at = strstr(at, word)); at += size)
		if (strchr(" \n", at[-1]) && strchr(" \n", at[size]))
			count++;
	return count;
}

TEST(table_has_every_signal_once)
{
	static const char *const words[] = { "HUP", "INT", "TERM", "CHLD", "STOP", "SYS" };
	autotext struct text text = { 0 };
	struct scene s;

	scene_set(&s);
	explain_table(&s.facts, &text);
	for (size_t i = 0; i < countof(words); i++)
		CHECK_INT(count_in_table(text_get(&text), words[i]), 1);
	CHECK_TRUE(strstr(text_get(&text), "32..RTMAX"));
	/* What ends it stands above what does nothing. */
	CHECK_TRUE(strstr(text_get(&text), "KILL") < strstr(text_get(&text), "TERM"));
}

/* The members that a reader of the JSON form counts on. */
struct step {
	char *outcome, *rule, *text;
};

struct answer {
	char *signal, *outcome, *end, *result, *basis;
	struct maybe_int number, thread;
	struct json_list *steps, *notes;
	struct json_strings *advice;
};

struct whole {
	struct maybe_int version;
	struct json_list *signals;
	struct json_strings *unknown;
};

static const struct json_field step_fields[] = {
	JSON_FIELD_STRING(struct step, outcome, "outcome"),
	JSON_FIELD_STRING(struct step, rule, "rule"),
	JSON_FIELD_STRING(struct step, text, "text"),
};
static const struct json_table step_table = JSON_TABLE(struct step, step_fields);

static const struct json_field answer_fields[] = {
	JSON_FIELD_STRING(struct answer, signal, "signal"),
	JSON_FIELD_STRING(struct answer, outcome, "outcome"),
	JSON_FIELD_STRING(struct answer, end, "end"),
	JSON_FIELD_STRING(struct answer, result, "result"),
	JSON_FIELD_STRING(struct answer, basis, "basis"),
	JSON_FIELD_INT(struct answer, number, "number"),
	JSON_FIELD_INT(struct answer, thread, "thread"),
	JSON_FIELD_LIST(struct answer, steps, "steps", step_table),
	JSON_FIELD_LIST(struct answer, notes, "notes", step_table),
	JSON_FIELD_STRINGS(struct answer, advice, "do"),
};
static const struct json_table answer_table = JSON_TABLE(struct answer, answer_fields);

static const struct json_field whole_fields[] = {
	JSON_FIELD_INT(struct whole, version, "version"),
	JSON_FIELD_LIST(struct whole, signals, "signals", answer_table),
	JSON_FIELD_STRINGS(struct whole, unknown, "unknown"),
};
static const struct json_table whole_table = JSON_TABLE(struct whole, whole_fields);

TEST(json_says_what_the_text_says)
{
	uint64_t signals = signal_set_of(SIGTERM) | signal_set_of(SIGHUP);
	struct verify_seen seen[2] = { { .result = VERDICT_RESULT_DELIVERED, .is_delivered = true,
					 .has_handler = true },
				       { .result = VERDICT_RESULT_IGNORED } };
	autotext struct text text = { 0 };
	struct arena arena = { 0 };
	struct whole whole;
	const struct answer *answer;
	struct error err;
	struct scene s;

	scene_set(&s);
	explain_json(&s.facts, signals, seen, &text);
	CHECK_OK(json_read("t", text.data, text.size, &whole_table, &arena, &whole, &err), err);
	CHECK_INT(whole.version.value, EXPLAIN_VERSION);
	CHECK_INT(whole.signals->count, 2);
	CHECK_INT(whole.unknown->count, 0);
	answer = whole.signals->item;
	CHECK_STR(answer[0].signal, "SIGHUP");
	CHECK_STR(answer[0].outcome, "handler");
	CHECK_INT(answer[0].thread.value, 4711);
	CHECK_STR(answer[0].basis, "seen");
	CHECK_STR(answer[1].signal, "SIGTERM");
	CHECK_STR(answer[1].outcome, "ignored");
	CHECK_STR(answer[1].result, "ignored");
	CHECK_STR(((const struct step *)answer[1].steps->item)->rule, "init-no-handler");
	CHECK_INT(answer[1].advice->count, 1);
	CHECK_TRUE(!answer[1].thread.is_set);
	arena_clear(&arena);
}

TEST(json_of_all_signals_is_json)
{
	autotext struct text text = { 0 };
	struct arena arena = { 0 };
	struct whole whole;
	struct error err;
	struct scene s;

	scene_set(&s);
	snprintf(s.facts.task.name, sizeof(s.facts.task.name), "a\"\n\\\xff");
	explain_json(&s.facts, UINT64_MAX, NULL, &text);
	CHECK_OK(json_read("t", text.data, text.size, &whole_table, &arena, &whole, &err), err);
	CHECK_INT(whole.signals->count, 64);
	CHECK_STR(((const struct answer *)whole.signals->item)->basis, "inferred");
	arena_clear(&arena);
}

TEST(what_was_seen_is_shown_with_the_verdict_on_the_verdict)
{
	struct verify_seen seen = { .result = VERDICT_RESULT_DELIVERED };
	autotext struct text text = { 0 };
	struct scene s;

	scene_set(&s);
	explain_signal(&s.facts, SIGTERM, &seen, &text);
	CHECK_TRUE(strstr(text_get(&text), "The kernel did NOT do what the rule says."));
	seen.result = VERDICT_RESULT_IGNORED;
	explain_signal(&s.facts, SIGTERM, &seen, &text);
	CHECK_TRUE(strstr(text_get(&text), "The kernel did what the rule says."));
}
