// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/joins.h"

#include <signal.h>
#include <string.h>

#include "base/scope.h"
#include "signal/set.h"

/* What systemd as PID 1 takes for a halt. Numbers of the kernel: the C library's may move. */
enum { SIGNAL_HALT = 34 + 3 };

/* --- the tables --- */

/* Room for one more: the row whose last event is the oldest leaves when there is none. */
static struct joins_row *add_row(struct joins *io_joins, enum joins_kind kind, uint64_t time_ns)
{
	struct joins_table *table = &io_joins->table[kind];
	struct joins_row *row;
	size_t oldest = 0;

	if (table->count < JOINS_KEPT) {
		/* Behind the last one stand those that were forgotten. */
		row = table->row[table->count];
		if (!row)
			row = arena_new(&io_joins->arena, sizeof(*row));
	} else {
		for (size_t i = 1; i < JOINS_KEPT; i++)
			if (table->row[i]->last_ns < table->row[oldest]->last_ns)
				oldest = i;
		row = table->row[oldest];
		table->left_out += row->count;
		memmove(&table->row[oldest], &table->row[oldest + 1],
			(JOINS_KEPT - 1 - oldest) * sizeof(row));
		table->count--;
	}
	*row = (struct joins_row){ .first_ns = time_ns };
	table->row[table->count++] = row;
	return row;
}

static void count_row(struct joins_row *io_row, uint64_t time_ns)
{
	io_row->count++;
	io_row->last_ns = time_ns;
}

/* --- stops --- */

static bool asks_to_end(const struct model_signal *signal)
{
	static const int asks[] = { SIGHUP,  SIGINT,	  SIGQUIT, SIGTERM,
				    SIGPWR, SIGNAL_HALT, SIGKILL };
	bool is_from_outside = signal->source == MODEL_BY_TERMINAL ||
			       signal->source == MODEL_BY_CGROUP ||
			       signal->source == MODEL_BY_PARENT ||
			       (signal->source == MODEL_BY_PROCESS &&
				signal->sender != signal->target);

	for (size_t i = 0; is_from_outside && i < countof(asks); i++)
		if (signal->signal == asks[i])
			return true;
	return false;
}

/* What is sent to a dead one asks nobody. */
static bool is_too_late(const struct model_signal *signal)
{
	return signal->verdict.result == VERDICT_RESULT_IGNORED &&
	       signal->flags & (EVENT_SIGNAL_EXITING | EVENT_SIGNAL_DEAD);
}

static struct joins_row *find_stop(const struct joins *joins, const struct model_process *process)
{
	const struct joins_table *table = &joins->table[JOINS_STOP];

	for (size_t i = 0; i < table->count; i++)
		if (table->row[i]->stop.process == process)
			return table->row[i];
	return NULL;
}

static void take_ask(struct joins *io_joins, const struct model_signal *signal)
{
	struct joins_row *row = find_stop(io_joins, signal->target);
	struct joins_stop *stop;

	if (!row) {
		row = add_row(io_joins, JOINS_STOP, signal->time_ns);
		row->stop.process = signal->target;
	}
	count_row(row, signal->time_ns);
	stop = &row->stop;
	if (stop->count == JOINS_ASKS) {
		memmove(stop->ask, stop->ask + 1, (JOINS_ASKS - 1) * sizeof(*stop->ask));
		stop->count--;
		stop->left_out++;
	}
	stop->ask[stop->count++] = *signal;
}

static bool is_handled(const struct model_signal *ask)
{
	enum verdict_outcome end = verdict_end(&ask->verdict);

	return end == VERDICT_HANDLER || end == VERDICT_READ;
}

bool joins_is_told(const struct joins_stop *stop)
{
	const struct model_process *process = stop->process;
	bool is_simple = process->killer && stop->count == 1 && !stop->left_out &&
			 stop->ask[0].time_ns == process->killer->time_ns;

	if (process->end_ns)
		return !is_simple;
	for (size_t i = 0; i < stop->count; i++)
		if (!is_handled(&stop->ask[i]))
			return true;
	return false;
}

/* Somebody who dies at the first word is no story, and leaves its place to those who are. */
static void forget_simple_stop(struct joins *io_joins, const struct model_process *process)
{
	struct joins_table *table = &io_joins->table[JOINS_STOP];
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct joins_row *row = table->row[i];

		if (row->stop.process == process && !joins_is_told(&row->stop))
			continue;
		table->row[i] = table->row[kept];
		table->row[kept++] = row;
	}
	table->count = kept;
}

const struct joins_stop *joins_find_stop(const struct joins *joins,
					 const struct model_process *process)
{
	const struct joins_row *row = find_stop(joins, process);

	return row ? &row->stop : NULL;
}

/* --- zombies --- */

const struct model_process *joins_reaper(const struct model *model,
					 const struct model_process *zombie)
{
	const struct model_process *parent = model_find(model, zombie->parent);
	uint64_t gone_ns = model_gone_ns(zombie);
	uint64_t until_ns = gone_ns ? gone_ns : model->last_ns;

	return parent && !(parent->end_ns && parent->end_ns <= until_ns) ? parent : NULL;
}

static void take_zombie(struct joins *io_joins, const struct model_process *process,
			uint64_t until_ns)
{
	struct joins_row *row;

	if (process->is_kernel || !process->end_ns || until_ns < process->end_ns ||
	    until_ns - process->end_ns < JOINS_ZOMBIE_NS)
		return;
	row = add_row(io_joins, JOINS_ZOMBIE, process->end_ns);
	row->zombie = process;
	count_row(row, until_ns);
}

/* Both may be told of one process, and then nearly always in this order. */
static bool is_gone_now(const struct model_step *step)
{
	if (step->event->kind == EVENT_REAP)
		return !step->process->freed_ns;
	return step->event->kind == EVENT_FREE && !step->is_thread && !step->process->reaped_ns;
}

/* --- signals that came to nothing --- */

/*
 * Every parent gets a SIGCHLD for every child, and what ignores signals by default is not deaf;
 * whoever is dying already needs no SIGKILL.
 */
static bool is_expected(const struct model_signal *signal)
{
	if (signal->verdict.result != VERDICT_RESULT_IGNORED)
		return false;
	return verdict_has_rule(&signal->verdict, "ignored-by-default") ||
	       signal->flags & EVENT_SIGNAL_CONTINUES || signal->signal == SIGCHLD ||
	       (is_too_late(signal) && signal->signal == SIGKILL);
}

static void take_loss(struct joins *io_joins, enum joins_loss how,
		      const struct model_signal *signal, const char *rule, uint64_t time_ns)
{
	struct joins_table *table = &io_joins->table[JOINS_LOST];
	struct joins_row *row = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct joins_lost *lost = &table->row[i]->lost;

		if (lost->how == how && lost->last.target == signal->target &&
		    lost->last.signal == signal->signal && strcmp(lost->rule, rule) == 0)
			row = table->row[i];
	}
	if (!row)
		row = add_row(io_joins, JOINS_LOST, time_ns);
	row->lost = (struct joins_lost){ how, *signal, rule };
	count_row(row, time_ns);
}

static void take_sent(struct joins *io_joins, const struct model_signal *signal)
{
	static const struct {
		bool is_lost;
		enum joins_loss how;
	} losses[] = {
		[VERDICT_RESULT_DELIVERED] = { false, 0 },
		[VERDICT_RESULT_IGNORED] = { true, JOINS_IGNORED },
		[VERDICT_RESULT_ALREADY_PENDING] = { true, JOINS_COALESCED },
		[VERDICT_RESULT_OVERFLOW_FAIL] = { true, JOINS_REFUSED },
		[VERDICT_RESULT_LOSE_INFO] = { false, 0 },
	};
	const struct verdict *verdict = &signal->verdict;

	if (asks_to_end(signal) && !is_too_late(signal))
		take_ask(io_joins, signal);
	if (losses[verdict->result].is_lost && !is_expected(signal))
		take_loss(io_joins, losses[verdict->result].how, signal,
			  verdict->step[0]->id, signal->time_ns);
}

/*
 * A signal that waited until it was unblocked meets what the program has set by then: nothing
 * is set in an init, or it is to be ignored. NULL: it is not dropped.
 */
static const char *drop_rule(const struct model_step *step)
{
	const struct event_deliver *event = (const void *)step->event;
	bool is_fault = step->signal ? step->signal->source == MODEL_BY_FAULT : event->code > 0;
	uint64_t unknown = signal_set_group(SIGNAL_GROUP_ONLY) |
			   signal_set_group(SIGNAL_GROUP_IGNORE);

	if (event->disposition == EVENT_IGNORED)
		return "ignored-when-taken";
	if (event->disposition == EVENT_DEFAULT && step->process->is_init && !is_fault &&
	    !signal_set_has(unknown, event->signal))
		return "init-survives";
	return NULL;
}

/* One that was sent before the recording has only what its delivery tells. */
static void take_drop(struct joins *io_joins, const struct model_step *step, const char *rule)
{
	const struct event_deliver *event = (const void *)step->event;
	struct model_signal unseen = { .signal = event->signal, .source = MODEL_BY_KERNEL,
				       .target = step->process, .tid = event->tid,
				       .code = event->code };

	take_loss(io_joins, JOINS_DROPPED, step->signal ? step->signal : &unseen, rule,
		  event->head.time_ns);
}

/* --- system calls --- */

static void take_call(struct joins *io_joins, const struct model_step *step)
{
	const struct event_deliver *event = (const void *)step->event;
	struct joins_call call = { step->process, event->signal, event->call, step->call };
	struct joins_table *table = &io_joins->table[JOINS_CALL];
	struct joins_row *row = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct joins_call *known = &table->row[i]->call;

		if (known->process == call.process && known->signal == call.signal &&
		    known->number == call.number && known->ends == call.ends)
			row = table->row[i];
	}
	if (!row)
		row = add_row(io_joins, JOINS_CALL, event->head.time_ns);
	row->call = call;
	count_row(row, event->head.time_ns);
}

static void take_delivery(struct joins *io_joins, const struct model_step *step)
{
	const struct event_deliver *event = (const void *)step->event;
	const char *rule = drop_rule(step);

	if (rule)
		take_drop(io_joins, step, rule);
	if (event->disposition == EVENT_HANDLER && step->call != MODEL_CALL_NONE)
		take_call(io_joins, step);
}

/* --- all of them --- */

void joins_take(struct joins *io_joins, const struct model_step *step)
{
	if (step->event->kind == EVENT_SIGNAL)
		take_sent(io_joins, step->signal);
	else if (step->event->kind == EVENT_DELIVER)
		take_delivery(io_joins, step);
	else if (step->event->kind == EVENT_EXIT && !step->is_thread)
		forget_simple_stop(io_joins, step->process);
	else if (is_gone_now(step))
		take_zombie(io_joins, step->process, model_gone_ns(step->process));
}

void joins_end(struct joins *io_joins, const struct model *model)
{
	for (const struct model_process *process = model->first; process; process = process->next)
		if (!model_gone_ns(process) && process->is_followed)
			take_zombie(io_joins, process, model->last_ns);
}

void joins_clear(struct joins *io_joins)
{
	arena_clear(&io_joins->arena);
	*io_joins = (struct joins){ 0 };
}

const char *joins_loss_name(enum joins_loss how)
{
	static const char *const names[] = {
		[JOINS_IGNORED] = "ignored", [JOINS_COALESCED] = "coalesced",
		[JOINS_DROPPED] = "dropped", [JOINS_REFUSED] = "refused",
	};

	return names[how];
}
