// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/obituary.h"

#include <signal.h>
#include <sys/wait.h>

#include "signal/name.h"
#include "state/record.h"
#include "trace/words.h"

enum { NS_PER_MS = 1000 * 1000, NS_PER_S = 1000 * NS_PER_MS };

/* One event of the story in the making, seen at @time_ns. */
static struct life_event *add(struct life *io_life, enum life_kind kind, uint64_t time_ns,
			      int64_t wall_offset_ns)
{
	int64_t wall_ns = (int64_t)time_ns + wall_offset_ns;
	struct timespec wall = { wall_ns / NS_PER_S, wall_ns % NS_PER_S };
	struct life_event *event;

	io_life->event = arena_grow(&io_life->arena, io_life->event, io_life->count,
				    sizeof(*io_life->event));
	event = &io_life->event[io_life->count++];
	*event = (struct life_event){ .time = record_time_of(&io_life->arena, wall),
				      .boot_ms = { true, time_ns / NS_PER_MS },
				      .kind = { true, (int)kind },
				      .certainty = { true, LIFE_SEEN } };
	return event;
}

/* A program chooses its own name: it is told as words_name does. */
static struct life_sender *sender_of(struct life *io_life, const struct model_process *process)
{
	struct life_sender *sender = arena_new(&io_life->arena, sizeof(*sender));
	autotext struct text name = { 0 };

	words_name(process->name, &name);
	sender->pid = (struct maybe_uint){ true, process->pid };
	sender->name = arena_text(&io_life->arena, text_get(&name));
	return sender;
}

static void add_sender(const struct model_signal *signal, struct life *io_life,
		       struct life_event *io_event)
{
	bool is_itself = signal->sender == signal->target;

	io_event->signal = (char *)signal_name(signal->signal);
	io_event->source = (char *)(is_itself ? "itself" : model_source_name(signal->source));
	if (signal->sender && !is_itself)
		io_event->sender = sender_of(io_life, signal->sender);
}

/* The SIGKILL that ended it stands with the end. */
static void add_ask(const struct model_signal *ask, int64_t wall_offset_ns, struct life *io_life)
{
	const struct verdict_rule *end = ask->verdict.step[ask->verdict.step_count - 1];
	struct life_event *event;

	if (ask->signal == SIGKILL)
		return;
	event = add(io_life, LIFE_TRACED, ask->time_ns, wall_offset_ns);
	add_sender(ask, io_life, event);
	event->outcome = (char *)verdict_outcome_name(end->outcome);
	event->rule = (char *)end->text;
}

/* Who died of the first word had no stop, but has been asked. */
static void add_asks(const struct joins_stop *stop, const struct model_process *process,
		     int64_t wall_offset_ns, struct life *io_life)
{
	for (size_t i = 0; stop && i < stop->count; i++)
		add_ask(&stop->ask[i], wall_offset_ns, io_life);
	if (!stop && process->killer)
		add_ask(process->killer, wall_offset_ns, io_life);
}

static void add_end(const struct model_process *process, int64_t wall_offset_ns,
		    struct life *io_life)
{
	struct life_event *event = add(io_life, LIFE_TRACED, process->end_ns, wall_offset_ns);
	int code = (int)process->exit_code;

	event->end = arena_new(&io_life->arena, sizeof(*event->end));
	if (WIFSIGNALED(code)) {
		event->end->signal = (struct maybe_int){ true, WTERMSIG(code) };
		event->end->has_core = (struct maybe_bool){ true, WCOREDUMP(code) };
	} else {
		event->end->exit_code = (struct maybe_int){ true, WEXITSTATUS(code) };
	}
	if (process->killer)
		add_sender(process->killer, io_life, event);
}

struct life obituary_of(const struct joins *joins, const struct model_process *process,
			int64_t wall_offset_ns)
{
	struct life life = { 0 };
	autotext struct text name = { 0 };

	words_process(process, &name);
	if (process->container) {
		text_add(&name, " in ");
		words_container(process, &name);
	}
	life.id = arena_text(&life.arena, text_get(&name));
	if (process->start_ns)
		add(&life, LIFE_STARTED, process->start_ns, wall_offset_ns);
	add_asks(joins_find_stop(joins, process), process, wall_offset_ns, &life);
	if (process->end_ns && !process->was_dead)
		add_end(process, wall_offset_ns, &life);
	return life;
}
