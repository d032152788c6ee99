// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/verdict.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "signal/rule.h"
#include "signal/set.h"

static bool is_end(enum verdict_outcome outcome)
{
	return outcome != VERDICT_COALESCED && outcome != VERDICT_CONTINUE &&
	       outcome != VERDICT_QUEUED && outcome != VERDICT_PENDING;
}

static bool has_ended(const struct verdict *v)
{
	return v->step_count > 0 && is_end(verdict_end(v));
}

static void add(struct verdict *io_v, const struct verdict_rule *rule)
{
	if (rule->outcome == VERDICT_NOTE)
		io_v->note[io_v->note_count++] = rule;
	else
		io_v->step[io_v->step_count++] = rule;
	io_v->facts |= rule->facts;
}

static bool is_gone(char state)
{
	return state == 'Z' || state == 'X';
}

/* wants_signal: a dead thread and one that blocks it do not; KILL every living one. */
static bool wants(const struct verdict_thread *thread, int signal)
{
	return !is_gone(thread->state) &&
	       (signal == SIGKILL || signal == SIGSTOP || !signal_set_has(thread->blocked, signal));
}

static const struct verdict_thread *find_taker(const struct verdict_question *q)
{
	const struct verdict_target *t = q->target;
	size_t count = q->sender->call == VERDICT_TGKILL && t->thread_count ? 1 : t->thread_count;

	for (size_t i = 0; i < count; i++)
		if (wants(&t->thread[i], q->signal))
			return &t->thread[i];
	return NULL;
}

static struct verdict_question ask(int signal, const struct verdict_target *target,
				   const struct verdict_sender *sender,
				   const struct verdict *so_far)
{
	static const struct verdict_thread nobody = { .state = 'X' };
	struct verdict_question q = {
		.signal = signal,
		.target = target,
		.sender = sender,
		.addressed = target->thread_count ? target->thread : &nobody,
		.so_far = so_far,
	};
	bool is_only = signal_set_has(signal_set_group(SIGNAL_GROUP_ONLY), signal);
	bool is_set = signal_set_has(target->ignored | target->caught, signal);

	/* A kernel thread alone can ignore KILL: it was told so before it ran. */
	q.is_default = !is_set || (is_only && !target->is_kernel_thread);
	q.is_caught = !q.is_default && signal_set_has(target->caught, signal);
	q.is_forced = sender->source != VERDICT_FROM_PROCESS || !sender->is_seen;
	q.taker = find_taker(&q);
	return q;
}

static enum verdict_result result_of(const struct verdict *v)
{
	enum verdict_outcome end = verdict_end(v);

	if (end == VERDICT_REFUSED)
		return verdict_error(v) == EAGAIN ? VERDICT_RESULT_OVERFLOW_FAIL
						  : VERDICT_RESULT_NONE;
	if (end == VERDICT_IGNORED)
		return VERDICT_RESULT_IGNORED;
	if (verdict_has_rule(v, "already-pending"))
		return VERDICT_RESULT_ALREADY_PENDING;
	if (verdict_has_rule(v, "sender-lost"))
		return VERDICT_RESULT_LOSE_INFO;
	return VERDICT_RESULT_DELIVERED;
}

struct verdict verdict_reach(int signal, const struct verdict_target *target,
			     const struct verdict_sender *sender)
{
	struct verdict v = { .signal = signal };
	struct verdict_question q = ask(signal, target, sender, &v);

	for (size_t i = 0; i < verdict_rule_count; i++)
		if (verdict_rules[i].is_after == has_ended(&v) && verdict_rules[i].applies(&q))
			add(&v, &verdict_rules[i]);
	v.result = result_of(&v);
	if (q.taker && v.result != VERDICT_RESULT_NONE && v.result != VERDICT_RESULT_IGNORED)
		v.taker_tid = q.taker->tid;
	return v;
}

enum verdict_outcome verdict_now(const struct verdict *verdict)
{
	return verdict->step[0]->outcome;
}

enum verdict_outcome verdict_end(const struct verdict *verdict)
{
	return verdict->step[verdict->step_count - 1]->outcome;
}

int verdict_error(const struct verdict *verdict)
{
	return verdict->step[verdict->step_count - 1]->error;
}

bool verdict_has_rule(const struct verdict *verdict, const char *id)
{
	for (size_t i = 0; i < verdict->step_count; i++)
		if (strcmp(verdict->step[i]->id, id) == 0)
			return true;
	for (size_t i = 0; i < verdict->note_count; i++)
		if (strcmp(verdict->note[i]->id, id) == 0)
			return true;
	return false;
}

const char *verdict_outcome_name(enum verdict_outcome outcome)
{
	static const char *const names[] = {
		[VERDICT_NOTE] = "note",	   [VERDICT_REFUSED] = "refused",
		[VERDICT_IGNORED] = "ignored",	   [VERDICT_COALESCED] = "coalesced",
		[VERDICT_CONTINUE] = "continue",   [VERDICT_QUEUED] = "queued",
		[VERDICT_PENDING] = "pending",	   [VERDICT_READ] = "read",
		[VERDICT_HANDLER] = "handler",	   [VERDICT_STOP] = "stop",
		[VERDICT_TERMINATE] = "terminate", [VERDICT_CORE] = "core",
		[VERDICT_DROPPED] = "dropped",
	};

	return names[outcome];
}

const char *verdict_result_name(enum verdict_result result)
{
	static const char *const names[] = {
		[VERDICT_RESULT_DELIVERED] = "delivered",
		[VERDICT_RESULT_IGNORED] = "ignored",
		[VERDICT_RESULT_ALREADY_PENDING] = "already_pending",
		[VERDICT_RESULT_OVERFLOW_FAIL] = "overflow_fail",
		[VERDICT_RESULT_LOSE_INFO] = "lose_info",
	};

	return result < 0 || (size_t)result >= countof(names) ? "none" : names[result];
}
