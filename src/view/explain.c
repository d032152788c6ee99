// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/explain.h"

#include <errno.h>
#include <string.h>

#include "base/scope.h"
#include "json/bind.h"
#include "signal/name.h"
#include "signal/set.h"
#include "view/advice.h"
#include "view/block.h"

/* --- the verdict in a line --- */

/* What a step does, said of the signal; and said of it after another step. */
static const struct phrase {
	const char *first, *later;
} phrases[] = {
	[VERDICT_NOTE] = { "", "" },
	[VERDICT_REFUSED] = { "is refused", "is refused" },
	[VERDICT_IGNORED] = { "is thrown away at once, though its sender is told that all is well",
			      "does nothing else" },
	[VERDICT_COALESCED] = { "is lost in the one that is pending already",
				"is lost in the one that is pending already" },
	[VERDICT_CONTINUE] = { "lets it run again", "lets it run again" },
	[VERDICT_QUEUED] = { "waits until it can run", "waits until it can run" },
	[VERDICT_PENDING] = { "waits until it is unblocked", "waits until it is unblocked" },
	[VERDICT_READ] = { "is read by the program itself", "is read by the program itself" },
	[VERDICT_HANDLER] = { "runs the program's handler", "runs the program's handler" },
	[VERDICT_STOP] = { "stops it", "stops it" },
	[VERDICT_TERMINATE] = { "ends it", "ends it" },
	[VERDICT_CORE] = { "ends it with a core dump", "ends it with a core dump" },
	[VERDICT_DROPPED] = { "is thrown away", "is thrown away" },
};

static void add_phrases(const struct verdict *v, struct text *io_text)
{
	for (size_t i = 0; i < v->step_count; i++) {
		const struct phrase *phrase = &phrases[v->step[i]->outcome];

		text_add(io_text, "%s%s", i ? ", then " : "", i ? phrase->later : phrase->first);
	}
	if (verdict_error(v))
		text_add(io_text, " with %s (%s)", strerrorname_np(verdict_error(v)),
			 strerror(verdict_error(v)));
}

static void add_target(const struct facts *facts, struct text *io_text)
{
	const struct status *s = &facts->status;

	/* Names are chosen by the processes themselves: a terminal must not obey them. */
	text_add(io_text, "process %d (%s", (int)facts->task.pid, json_show(facts->task.name).text);
	if (s->level_count > 1)
		text_add(io_text, ", number %d in its pid namespace",
			 (int)s->level[s->level_count - 1]);
	text_add(io_text, ")");
}

/* --- the sections --- */

static void add_sender(const struct facts *facts, struct text *io_text)
{
	autotext struct text words = { 0 };

	if (facts->from == FACTS_FROM_CALLER)
		text_add(&words, "this husk, ");
	else if (facts->sender_pid)
		text_add(&words, "process %d (%s), ", (int)facts->sender_pid,
			 json_show(facts->sender_name).text);
	else
		text_add(&words, "somebody with the right to send, ");
	text_add(&words, "%s", facts->sender.is_seen ? "seen in the target's pid namespace"
						     : "outside of the target's pid namespace");
	block_add("from", text_get(&words), io_text);
}

static void add_rules(const char *label, const struct verdict_rule *const *rules, size_t count,
		      struct text *io_text)
{
	for (size_t i = 0; i < count; i++) {
		autofree char *words = mem_format("%s [%s]", rules[i]->text, rules[i]->id);

		block_add(label, words, io_text);
		label = "";
	}
}

/* A process may have a thousand threads: those count that are asked, and that take it. */
static bool is_evidence(const struct facts_line *line, const struct verdict *v,
			const struct facts *facts)
{
	bool is_asked = line->tid == 0 || line->tid == facts->task.pid || line->tid == v->taker_tid;

	return is_asked && v->facts >> line->fact & 1;
}

static void add_evidence(const struct facts *facts, const struct verdict *v, struct text *io_text)
{
	const char *label = "evidence";

	for (size_t i = 0; i < facts->line_count; i++) {
		const struct facts_line *line = &facts->line[i];
		autofree char *words = NULL;

		if (!is_evidence(line, v, facts))
			continue;
		words = mem_format(line->meaning ? "%s: %s (%s)" : "%s: %s", line->file, line->text,
				   line->meaning);
		block_add(label, words, io_text);
		label = "";
	}
}

static void add_gaps(const struct facts *facts, struct text *io_text)
{
	const char *label = "unknown";

	for (size_t i = 0; i < facts->gap_count; i++) {
		block_add(label, facts->gap[i].text, io_text);
		label = "";
	}
}

static void add_advice(const struct facts *facts, const struct verdict *v, struct text *io_text)
{
	const char *label = "do";

	for (size_t i = 0; i < v->step_count + v->note_count; i++) {
		const struct verdict_rule *rule =
			i < v->step_count ? v->step[i] : v->note[i - v->step_count];
		autotext struct text words = { 0 };

		if (!advice_add(rule, v->signal, facts, &words))
			continue;
		block_add(label, text_get(&words), io_text);
		label = "";
	}
}

static void add_seen(const struct verify_seen *seen, const struct verdict *v,
		     struct text *io_text)
{
	bool agrees = verify_agrees(seen, v);

	if (seen->error)
		block_add("seen", strerror(seen->error), io_text);
	if (seen->generate)
		block_add("seen", seen->generate, io_text);
	if (seen->deliver)
		block_add(seen->generate ? "" : "seen", seen->deliver, io_text);
	if (seen->has_ended)
		block_add("", "the process has ended", io_text);
	block_add("", agrees ? "The kernel did what the rule says."
			     : "The kernel did NOT do what the rule says.", io_text);
}

void explain_signal(const struct facts *facts, int signal, const struct verify_seen *seen,
		    struct text *io_text)
{
	struct verdict v = verdict_reach(signal, &facts->target, &facts->sender);

	text_add(io_text, "%s to ", signal_name(signal));
	add_target(facts, io_text);
	text_add(io_text, " ");
	add_phrases(&v, io_text);
	text_add(io_text, "\n");
	add_sender(facts, io_text);
	add_rules("why", v.step, v.step_count, io_text);
	add_rules("note", v.note, v.note_count, io_text);
	add_evidence(facts, &v, io_text);
	add_gaps(facts, io_text);
	add_advice(facts, &v, io_text);
	if (seen)
		add_seen(seen, &v, io_text);
}

/* --- the table --- */

static bool is_alike(const struct verdict *one, const struct verdict *other)
{
	return one->step_count == other->step_count &&
	       memcmp(one->step, other->step, one->step_count * sizeof(one->step[0])) == 0;
}

/* The signals whose verdict has the same steps as that of @first; they leave @io_left. */
static uint64_t take_group(const struct verdict *all, int first, uint64_t *io_left)
{
	uint64_t group = 0;

	for (int signal = first; signal <= SIGNAL_MAX; signal++)
		if (signal_set_has(*io_left, signal) &&
		    is_alike(&all[signal - 1], &all[first - 1]))
			group |= signal_set_of(signal);
	*io_left &= ~group;
	return group;
}

static void add_group(const struct verdict *v, uint64_t group, struct text *io_text)
{
	autotext struct text names = { 0 };
	autotext struct text phrase = { 0 };

	signal_set_format(group, &names);
	add_phrases(v, &phrase);
	text_add(io_text, "\n%s\n", text_get(&phrase));
	block_add("signals", text_get(&names), io_text);
	add_rules("why", v->step, v->step_count, io_text);
}

/* What ends it first, what does nothing last: so a reader finds the way to stop it at once. */
static const enum verdict_outcome order[] = {
	VERDICT_TERMINATE, VERDICT_CORE, VERDICT_STOP, VERDICT_CONTINUE, VERDICT_HANDLER,
	VERDICT_READ, VERDICT_QUEUED, VERDICT_PENDING, VERDICT_COALESCED, VERDICT_DROPPED,
	VERDICT_IGNORED, VERDICT_REFUSED,
};

void explain_table(const struct facts *facts, struct text *io_text)
{
	struct verdict all[SIGNAL_MAX];
	uint64_t left = UINT64_MAX;

	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		all[signal - 1] = verdict_reach(signal, &facts->target, &facts->sender);
	text_add(io_text, "Signals to ");
	add_target(facts, io_text);
	text_add(io_text, "\n");
	add_sender(facts, io_text);
	add_gaps(facts, io_text);
	for (size_t i = 0; i < countof(order); i++)
		for (int signal = 1; signal <= SIGNAL_MAX; signal++)
			if (signal_set_has(left, signal) &&
			    verdict_now(&all[signal - 1]) == order[i])
				add_group(&all[signal - 1], take_group(all, signal, &left),
					  io_text);
}
