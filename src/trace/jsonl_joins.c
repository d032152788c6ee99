// SPDX-License-Identifier: GPL-2.0-or-later
/* jsonl_joins - the last lines of the format json: what several events together tell */
#include "json/emit.h"
#include "signal/name.h"
#include "trace/jsonl_part.h"
#include "trace/obituary.h"
#include "trace/tell.h"
#include "trace/words.h"

static void add_stop(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_line)
{
	const struct joins_stop *stop = &row->stop;

	jsonl_process("process", stop->process, io_line);
	emit_number("asked_before", (long long)stop->left_out, io_line);
	emit_key("asked", io_line);
	emit_bracket('[', io_line);
	for (size_t i = 0; i < stop->count; i++) {
		emit_item(io_line);
		emit_bracket('{', io_line);
		emit_number("time_ns", (long long)stop->ask[i].time_ns, io_line);
		jsonl_signal(&stop->ask[i], io_line);
		emit_bracket('}', io_line);
	}
	emit_bracket(']', io_line);
	if (!stop->process->end_ns)
		return;
	emit_number("end_ns", (long long)stop->process->end_ns, io_line);
	jsonl_end(stop->process, io_line);
}

static void add_zombie(const struct joins_row *row, const struct model *model,
		       struct text *io_line)
{
	const struct model_process *zombie = row->zombie;
	const struct model_process *reaper = joins_reaper(model, zombie);

	jsonl_process("process", zombie, io_line);
	emit_number("from_ns", (long long)row->first_ns, io_line);
	emit_bool("from_before", zombie->was_dead, io_line);
	if (model_gone_ns(zombie))
		emit_number("until_ns", (long long)model_gone_ns(zombie), io_line);
	if (reaper)
		jsonl_process("reaper", reaper, io_line);
}

static void add_lost(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_line)
{
	const struct joins_lost *lost = &row->lost;

	jsonl_process("process", lost->last.target, io_line);
	emit_string("signal", signal_name(lost->last.signal), io_line);
	emit_string("how", joins_loss_name(lost->how), io_line);
	emit_string("rule", lost->rule, io_line);
	emit_number("count", (long long)row->count, io_line);
	emit_number("first_ns", (long long)row->first_ns, io_line);
	emit_number("last_ns", (long long)row->last_ns, io_line);
	/* Nothing is known of how one was sent before the recording. */
	if (lost->last.time_ns)
		emit_string("source", model_source_name(lost->last.source), io_line);
	if (lost->last.sender)
		jsonl_process("sender", lost->last.sender, io_line);
}

static void add_call(const struct joins_row *row, const struct model *model UNUSED,
		     struct text *io_line)
{
	const struct joins_call *call = &row->call;
	autotext struct text name = { 0 };

	words_call(call->number, &name);
	jsonl_process("process", call->process, io_line);
	emit_string("signal", signal_name(call->signal), io_line);
	emit_number("syscall", call->number, io_line);
	emit_string("syscall_name", text_get(&name), io_line);
	emit_string("syscall_ends", call->ends == MODEL_CALL_EINTR ? "EINTR" : "restarts", io_line);
	emit_number("count", (long long)row->count, io_line);
	emit_number("first_ns", (long long)row->first_ns, io_line);
	emit_number("last_ns", (long long)row->last_ns, io_line);
}

static const struct {
	const char *name;
	void (*add)(const struct joins_row *row, const struct model *model, struct text *io_line);
} kinds[JOINS_KINDS] = {
	[JOINS_STOP] = { "stop", add_stop },
	[JOINS_ZOMBIE] = { "zombie", add_zombie },
	[JOINS_LOST] = { "lost_signal", add_lost },
	[JOINS_CALL] = { "interrupted_call", add_call },
};

static void print_table(const struct render_request *request, enum joins_kind kind)
{
	const struct joins_table *table = &request->joins->table[kind];

	for (size_t i = 0; i < table->count; i++) {
		const struct joins_row *row = table->row[i];
		autotext struct text line = { 0 };

		if (kind == JOINS_STOP && !joins_is_told(&row->stop))
			continue;
		text_add(&line, "{");
		emit_string("kind", kinds[kind].name, &line);
		kinds[kind].add(row, request->model, &line);
		text_add(&line, "}");
		jsonl_print(request, &line);
	}
}

static void print_obituary(const struct render_request *request,
			   const struct model_process *process)
{
	autotext struct text line = { 0 }, words = { 0 };

	render_obituary(request, process, &words);
	text_add(&line, "{");
	emit_string("kind", "obituary", &line);
	jsonl_process("process", process, &line);
	emit_number("begin_ns", (long long)process->start_ns, &line);
	if (process->end_ns) {
		emit_number("end_ns", (long long)process->end_ns, &line);
		jsonl_end(process, &line);
	}
	emit_string("words", text_get(&words), &line);
	text_add(&line, "}");
	jsonl_print(request, &line);
}

void jsonl_joins(const struct render_request *request)
{
	const struct model *model = request->model;

	for (enum joins_kind kind = 0; kind < JOINS_KINDS; kind++)
		print_table(request, kind);
	for (const struct model_process *process = model->first; process; process = process->next)
		if (tell_has_obituary(model, process))
			print_obituary(request, process);
}

void jsonl_left_out(const struct joins *joins, struct text *io_line)
{
	emit_key("left_out", io_line);
	emit_bracket('{', io_line);
	for (enum joins_kind kind = 0; kind < JOINS_KINDS; kind++)
		emit_number(kinds[kind].name, (long long)joins->table[kind].left_out, io_line);
	emit_bracket('}', io_line);
}
