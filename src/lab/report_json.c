// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/report_json.h"

#include <stdio.h>
#include <sys/utsname.h>

#include "json/emit.h"
#include "json/string.h"

enum { VERSION = 1 };

static void begin(const char *list, struct text *io_text)
{
	emit_bracket('{', io_text);
	emit_number("version", VERSION, io_text);
	if (list) {
		emit_key(list, io_text);
		emit_bracket('[', io_text);
	}
}

static void end(struct text *io_text)
{
	emit_bracket(']', io_text);
	emit_bracket('}', io_text);
	text_add(io_text, "\n");
}

static void add_numbers(const struct experiment *experiment, struct text *io_text)
{
	emit_key("numbers", io_text);
	emit_bracket('[', io_text);
	for (const struct question *at = questions; at->text; at++)
		if (question_has(at, experiment->id)) {
			emit_item(io_text);
			text_add(io_text, "%d", at->number);
		}
	emit_bracket(']', io_text);
}

static void add_experiment(const struct experiment *experiment, struct text *io_text)
{
	emit_string("id", experiment->id, io_text);
	emit_string("name", experiment->name, io_text);
	add_numbers(experiment, io_text);
	emit_string("question", experiment->question, io_text);
	emit_string("prediction", experiment->prediction, io_text);
	emit_string("method", experiment->method, io_text);
	emit_string("husk", experiment->husk, io_text);
	emit_string("readOn", experiment->read_on, io_text);
}

void report_json_list(struct text *io_text)
{
	begin("experiments", io_text);
	for (const struct experiment *const *at = lab_list; *at; at++) {
		emit_item(io_text);
		emit_bracket('{', io_text);
		add_experiment(*at, io_text);
		emit_bracket('}', io_text);
	}
	end(io_text);
}

/* --- evidence --- */

/* The value of a member, or an item of a list: a string in both. */
static void add_words(const char *words, struct text *io_text)
{
	emit_item(io_text);
	string_quote(words, io_text);
}

static void add_cells(const char *const *cell, size_t count, struct text *io_text)
{
	emit_bracket('[', io_text);
	for (size_t i = 0; i < count; i++)
		add_words(cell[i], io_text);
	emit_bracket(']', io_text);
}

static void add_table(const struct evidence_block *block, struct text *io_text)
{
	emit_key("columns", io_text);
	add_cells(block->head, block->columns, io_text);
	emit_key("rows", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < block->count; i++) {
		emit_item(io_text);
		add_cells(block->item[i].cell, block->columns, io_text);
	}
	emit_bracket(']', io_text);
}

static void add_bytes(const struct evidence_block *block, struct text *io_text)
{
	autotext struct text hex = { 0 };
	char address[32];

	for (size_t i = 0; i < block->size; i++)
		text_add(&hex, "%02x", block->bytes[i]);
	snprintf(address, sizeof(address), "%#llx", (unsigned long long)block->address);
	emit_string("address", address, io_text);
	emit_string("bytes", text_get(&hex), io_text);
	emit_key("labels", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < block->count; i++) {
		emit_item(io_text);
		emit_bracket('{', io_text);
		emit_number("offset", (long long)block->item[i].offset, io_text);
		emit_number("size", (long long)block->item[i].size, io_text);
		emit_string("text", block->item[i].text, io_text);
		emit_bracket('}', io_text);
	}
	emit_bracket(']', io_text);
}

static void add_lines(const struct evidence_block *block, struct text *io_text)
{
	emit_key("lines", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < block->count; i++)
		add_words(block->item[i].text, io_text);
	emit_bracket(']', io_text);
}

static void add_bars(const struct evidence_block *block, struct text *io_text)
{
	emit_key("bars", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < block->count; i++) {
		emit_item(io_text);
		emit_bracket('{', io_text);
		emit_string("label", block->item[i].text, io_text);
		emit_number("count", (long long)block->item[i].count, io_text);
		emit_bracket('}', io_text);
	}
	emit_bracket(']', io_text);
}

static void add_evidence(const struct run_result *result, struct text *io_text)
{
	static const struct {
		const char *name;
		void (*add)(const struct evidence_block *block, struct text *io_text);
	} kinds[] = {
		[EVIDENCE_TABLE] = { "table", add_table },
		[EVIDENCE_BYTES] = { "bytes", add_bytes },
		[EVIDENCE_LINES] = { "lines", add_lines },
		[EVIDENCE_BARS] = { "histogram", add_bars },
	};
	autoevidence struct evidence evidence = { 0 };

	if (result->observation)
		result->experiment->show(result->observation, &evidence);
	emit_key("evidence", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < evidence.count; i++) {
		const struct evidence_block *block = &evidence.block[i];

		emit_item(io_text);
		emit_bracket('{', io_text);
		emit_string("kind", kinds[block->kind].name, io_text);
		emit_string("title", block->title, io_text);
		kinds[block->kind].add(block, io_text);
		emit_bracket('}', io_text);
	}
	emit_bracket(']', io_text);
}

void report_json_results(const struct run_result *results, size_t count, struct text *io_text)
{
	struct utsname machine;

	uname(&machine);
	begin(NULL, io_text);
	emit_string("kernel", machine.release, io_text);
	emit_string("machine", machine.machine, io_text);
	emit_key("results", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < count; i++) {
		emit_item(io_text);
		emit_bracket('{', io_text);
		add_experiment(results[i].experiment, io_text);
		emit_string("verdict", lab_verdict_name(results[i].finding.verdict), io_text);
		emit_string("finding", results[i].finding.text, io_text);
		emit_number("tries", results[i].tries, io_text);
		add_evidence(&results[i], io_text);
		emit_bracket('}', io_text);
	}
	end(io_text);
}

void report_json_questions(const struct question *const *found, size_t count,
			   struct text *io_text)
{
	begin("questions", io_text);
	for (size_t i = 0; i < count; i++) {
		emit_item(io_text);
		emit_bracket('{', io_text);
		emit_number("number", found[i]->number, io_text);
		emit_string("is", question_mark_name(found[i]->mark), io_text);
		emit_string("question", found[i]->text, io_text);
		emit_string("answer", found[i]->answer, io_text);
		emit_key("experiments", io_text);
		emit_bracket('[', io_text);
		for (const struct experiment *const *at = lab_list; *at; at++)
			if (question_has(found[i], (*at)->id))
				add_words((*at)->name, io_text);
		emit_bracket(']', io_text);
		emit_bracket('}', io_text);
	}
	end(io_text);
}
