// SPDX-License-Identifier: GPL-2.0-or-later
/* explain_json - the verdict for machines */
#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "json/emit.h"
#include "json/string.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/advice.h"
#include "view/explain.h"

static void add_target(const struct facts *facts, struct text *io_text)
{
	const struct status *s = &facts->status;
	char state[2] = { facts->task.state, '\0' };

	emit_key("target", io_text);
	text_add(io_text, "{");
	emit_number("pid", facts->task.pid, io_text);
	emit_string("name", facts->task.name, io_text);
	emit_string("state", state, io_text);
	emit_number("threads", (long long)facts->target.thread_count, io_text);
	emit_key("numbers", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < s->level_count; i++) {
		emit_item(io_text);
		text_add(io_text, "%d", (int)s->level[i]);
	}
	text_add(io_text, "]");
	emit_bool("init", facts->target.is_init, io_text);
	text_add(io_text, "}");
}

static void add_sender(const struct facts *facts, struct text *io_text)
{
	static const char *const from[] = {
		[FACTS_FROM_CALLER] = "caller",
		[FACTS_FROM_INSIDE] = "inside",
		[FACTS_FROM_OUTSIDE] = "outside",
		[FACTS_FROM_PID] = "pid",
	};

	emit_key("sender", io_text);
	text_add(io_text, "{");
	emit_string("from", from[facts->from], io_text);
	if (facts->sender_pid) {
		emit_number("pid", facts->sender_pid, io_text);
		emit_string("name", facts->sender_name, io_text);
	}
	emit_bool("seen_by_target", facts->sender.is_seen, io_text);
	text_add(io_text, "}");
}

static void add_rules(const char *key, const struct verdict_rule *const *rules, size_t count,
		      struct text *io_text)
{
	emit_key(key, io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < count; i++) {
		emit_item(io_text);
		text_add(io_text, "{");
		if (rules[i]->outcome != VERDICT_NOTE)
			emit_string("outcome", verdict_outcome_name(rules[i]->outcome), io_text);
		emit_string("rule", rules[i]->id, io_text);
		emit_string("text", rules[i]->text, io_text);
		text_add(io_text, "}");
	}
	text_add(io_text, "]");
}

static void add_advice(const struct facts *facts, const struct verdict *v, struct text *io_text)
{
	emit_key("do", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < v->step_count + v->note_count; i++) {
		autotext struct text words = { 0 };

		if (!advice_add(i < v->step_count ? v->step[i] : v->note[i - v->step_count],
				v->signal, facts, &words))
			continue;
		emit_item(io_text);
		string_quote(text_get(&words), io_text);
	}
	text_add(io_text, "]");
}

static void add_seen(const struct verify_seen *seen, const struct verdict *v,
		     struct text *io_text)
{
	emit_key("seen", io_text);
	text_add(io_text, "{");
	emit_bool("agrees", verify_agrees(seen, v), io_text);
	emit_string("errno", seen->error ? strerrorname_np(seen->error) : NULL, io_text);
	emit_string("result", verdict_result_name(seen->result), io_text);
	emit_bool("delivered", seen->is_delivered, io_text);
	emit_bool("ended", seen->has_ended, io_text);
	emit_string("generate", seen->generate, io_text);
	emit_string("deliver", seen->deliver, io_text);
	text_add(io_text, "}");
}

static void add_signal(const struct facts *facts, int signal, const struct verify_seen *seen,
		       struct text *io_text)
{
	struct verdict v = verdict_reach(signal, &facts->target, &facts->sender);

	text_add(io_text, "{");
	emit_string("signal", signal_name(signal), io_text);
	emit_number("number", signal, io_text);
	emit_string("outcome", verdict_outcome_name(verdict_now(&v)), io_text);
	emit_string("end", verdict_outcome_name(verdict_end(&v)), io_text);
	emit_string("errno", verdict_error(&v) ? strerrorname_np(verdict_error(&v)) : NULL,
		   io_text);
	emit_string("result", verdict_result_name(v.result), io_text);
	if (v.taker_tid)
		emit_number("thread", v.taker_tid, io_text);
	add_rules("steps", v.step, v.step_count, io_text);
	add_rules("notes", v.note, v.note_count, io_text);
	add_advice(facts, &v, io_text);
	/* What the rule says of facts that were read is no more than that, unless it was tried. */
	emit_string("basis", seen ? "seen" : "inferred", io_text);
	if (seen)
		add_seen(seen, &v, io_text);
	text_add(io_text, "}");
}

static void add_evidence(const struct facts *facts, struct text *io_text)
{
	emit_key("evidence", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < facts->line_count; i++) {
		emit_item(io_text);
		text_add(io_text, "{");
		emit_string("file", facts->line[i].file, io_text);
		emit_string("line", facts->line[i].text, io_text);
		emit_string("meaning", facts->line[i].meaning, io_text);
		text_add(io_text, "}");
	}
	text_add(io_text, "]");
}

void explain_json(const struct facts *facts, uint64_t signals, const struct verify_seen *seen,
		  struct text *io_text)
{
	text_add(io_text, "{");
	emit_number("version", EXPLAIN_VERSION, io_text);
	add_target(facts, io_text);
	add_sender(facts, io_text);
	emit_key("signals", io_text);
	text_add(io_text, "[");
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		if (!signal_set_has(signals, signal))
			continue;
		emit_item(io_text);
		add_signal(facts, signal, seen ? seen++ : NULL, io_text);
	}
	text_add(io_text, "]");
	add_evidence(facts, io_text);
	emit_key("unknown", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < facts->gap_count; i++) {
		emit_item(io_text);
		string_quote(facts->gap[i].text, io_text);
	}
	text_add(io_text, "]}\n");
}
