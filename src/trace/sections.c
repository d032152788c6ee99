// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/sections.h"

#include <inttypes.h>

#include "signal/name.h"
#include "trace/words.h"

static void add_times(uint64_t count, struct text *io_text)
{
	if (count == 1)
		text_add(io_text, "once");
	else
		text_add(io_text, "%" PRIu64 " times", count);
}

static void add_then(uint64_t from_ns, uint64_t to_ns, struct text *io_text)
{
	text_add(io_text, ", then ");
	words_duration(to_ns > from_ns ? to_ns - from_ns : 0, io_text);
	text_add(io_text, ", then ");
}

static void add_stop(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_text)
{
	const struct joins_stop *stop = &row->stop;
	const struct model_process *process = stop->process;

	words_process(process, io_text);
	text_add(io_text, ": ");
	if (stop->left_out)
		text_add(io_text, "%" PRIu64 " before that, then ", stop->left_out);
	for (size_t i = 0; i < stop->count; i++) {
		if (i)
			add_then(stop->ask[i - 1].time_ns, stop->ask[i].time_ns, io_text);
		text_add(io_text, "%s ", signal_name(stop->ask[i].signal));
		words_source(&stop->ask[i], io_text);
		text_add(io_text, ": ");
		words_verdict(&stop->ask[i], io_text);
	}
	if (!process->end_ns) {
		text_add(io_text, "; it lives on");
		return;
	}
	add_then(row->last_ns, process->end_ns, io_text);
	words_end(process->exit_code, io_text);
}

static void add_zombie(const struct joins_row *row, const struct model *model,
		       struct text *io_text)
{
	const struct model_process *zombie = row->zombie;
	const struct model_process *reaper = joins_reaper(model, zombie);

	words_process(zombie, io_text);
	text_add(io_text, ": for %s", zombie->was_dead ? "more than " : "");
	words_duration(row->last_ns - row->first_ns, io_text);
	if (!model_gone_ns(zombie))
		text_add(io_text, ", and was not seen to be reaped");
	else if (!zombie->was_dead && !zombie->reaped_ns)
		text_add(io_text, " at most");
	if (!reaper)
		return;
	text_add(io_text, model_gone_ns(zombie) ? ", reaped by " : "; that is for ");
	words_process(reaper, io_text);
}

static void add_lost(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_text)
{
	const struct joins_lost *lost = &row->lost;

	text_add(io_text, "%s to ", signal_name(lost->last.signal));
	words_process(lost->last.target, io_text);
	text_add(io_text, ": %s ", joins_loss_name(lost->how));
	add_times(row->count, io_text);
	text_add(io_text, " [%s], %s", lost->rule, row->count > 1 ? "the last time " : "");
	/* Sent before the recording. */
	if (lost->last.time_ns)
		words_source(&lost->last, io_text);
	else
		text_add(io_text, "from somebody before the recording");
}

static void add_call(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_text)
{
	const struct joins_call *call = &row->call;

	words_process(call->process, io_text);
	text_add(io_text, ": ");
	words_call(call->number, io_text);
	text_add(io_text, call->ends == MODEL_CALL_EINTR ? " ended with EINTR "
							 : " was restarted ");
	add_times(row->count, io_text);
	text_add(io_text, ", after the handler of %s", signal_name(call->signal));
}

static const struct {
	const char *title;
	void (*add)(const struct joins_row *row, const struct model *model, struct text *io_text);
} sections[JOINS_KINDS] = {
	[JOINS_STOP] = { "Asked to end", add_stop },
	[JOINS_ZOMBIE] = { "Zombies", add_zombie },
	[JOINS_LOST] = { "Signals that came to nothing", add_lost },
	[JOINS_CALL] = { "Interrupted system calls", add_call },
};

const char *sections_title(enum joins_kind kind)
{
	return sections[kind].title;
}

static bool is_told(enum joins_kind kind, const struct joins_row *row)
{
	return kind != JOINS_STOP || joins_is_told(&row->stop);
}

void sections_lines(const struct joins *joins, const struct model *model, enum joins_kind kind,
		    size_t most, struct text *io_text)
{
	const struct joins_table *table = &joins->table[kind];
	uint64_t left_out = table->left_out;
	size_t told = 0;

	for (size_t i = 0; i < table->count; i++)
		told += is_told(kind, table->row[i]);
	for (size_t i = 0; i < table->count; i++) {
		const struct joins_row *row = table->row[i];

		if (!is_told(kind, row))
			continue;
		if (told-- > most) {
			left_out += row->count;
			continue;
		}
		sections[kind].add(row, model, io_text);
		text_add(io_text, "\n");
	}
	if (left_out)
		text_add(io_text, "%" PRIu64 " more before these are left out\n", left_out);
}
