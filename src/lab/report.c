// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/report.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/scope.h"

enum { LABEL_WIDTH = 12, LINE_WIDTH = 96 };

/* The words begin in column @width and go on there in further lines. No line ends in blanks. */
static void add_paragraph(const char *label, size_t width, const char *words, struct text *io_text)
{
	size_t column = width;

	text_add(io_text, "%-*s", (int)width, label);
	while (*words) {
		size_t size = strcspn(words, " ");
		bool is_first = column == width;

		if (!is_first && column + 1 + size > LINE_WIDTH) {
			text_add(io_text, "\n%*s", (int)width, "");
			column = width;
		} else if (!is_first) {
			text_add(io_text, " ");
			column++;
		}
		text_add(io_text, "%.*s", (int)size, words);
		column += size;
		words += size;
		words += strspn(words, " ");
	}
	text_add(io_text, "\n");
}

void report_paragraph(const char *label, const char *words, struct text *io_text)
{
	add_paragraph(label, LABEL_WIDTH, words, io_text);
}

/* "6 3 21": the numbers of the questions that the experiment answers. */
static char *numbers_of(const struct experiment *experiment)
{
	autotext struct text text = { 0 };

	for (const struct question *at = questions; at->text; at++)
		if (question_has(at, experiment->id))
			text_add(&text, "%s%d", text.size ? ", " : "", at->number);
	return text_take(&text);
}

static void add_head(const struct experiment *experiment, struct text *io_text)
{
	autofree char *numbers = numbers_of(experiment);

	text_add(io_text, "%s %s", experiment->id, experiment->name);
	if (*numbers)
		text_add(io_text, "   (answers %s)", numbers);
	text_add(io_text, "\n\n");
	report_paragraph("Question", experiment->question, io_text);
	report_paragraph("Prediction", experiment->prediction, io_text);
	report_paragraph("Done", experiment->method, io_text);
}

static void add_tail(const struct experiment *experiment, struct text *io_text)
{
	if (experiment->husk)
		report_paragraph("husk", experiment->husk, io_text);
	report_paragraph("Read on", experiment->read_on, io_text);
}

static const char *verdict_title(enum lab_verdict verdict)
{
	switch (verdict) {
	case LAB_CONFIRMED:
		return "CONFIRMED";
	case LAB_REFUTED:
		return "REFUTED";
	case LAB_UNSEEN:
	case LAB_NOT_HERE:
		return "NOT OBSERVABLE HERE";
	}
	return "?";
}

static void add_evidence(const struct run_result *result, struct text *io_text)
{
	autoevidence struct evidence evidence = { 0 };

	if (!result->observation)
		return;
	result->experiment->show(result->observation, &evidence);
	report_evidence(&evidence, io_text);
}

void report_result(const struct run_result *result, struct text *io_text)
{
	const struct finding *finding = &result->finding;
	autofree char *words = mem_format("%s%s%s", verdict_title(finding->verdict),
					  *finding->text ? ": " : "", finding->text);

	add_head(result->experiment, io_text);
	text_add(io_text, "\n");
	add_evidence(result, io_text);
	report_paragraph("Verdict", words, io_text);
	add_tail(result->experiment, io_text);
}

void report_line(const struct run_result *result, struct text *io_text)
{
	autofree char *label = mem_format("%-14s  %-3s  %-20s  ",
					  lab_verdict_name(result->finding.verdict),
					  result->experiment->id, result->experiment->name);

	add_paragraph(label, strlen(label), result->finding.text, io_text);
}

void report_experiment(const struct experiment *experiment, struct text *io_text)
{
	add_head(experiment, io_text);
	add_tail(experiment, io_text);
	for (const struct question *at = questions; at->text; at++)
		if (question_has(at, experiment->id))
			text_add(io_text, "\n%3d. %s", at->number, at->text);
	text_add(io_text, "\n\nDo it: husk lab run %s\n", experiment->name);
}

void report_list(struct text *io_text)
{
	for (const struct experiment *const *at = lab_list; *at; at++) {
		autofree char *label = mem_format("%-3s  %-20s  ", (*at)->id, (*at)->name);

		add_paragraph(label, strlen(label), (*at)->question, io_text);
	}
}

void report_question(const struct question *question, struct text *io_text)
{
	autofree char *number = mem_format("%d.", question->number);
	autofree char *mark = mem_format("(%s)", question_mark_name(question->mark));

	report_paragraph(number, question->text, io_text);
	if (question->mark != QUESTION_ASKED)
		report_paragraph("", mark, io_text);
	report_paragraph("Answer", question->answer, io_text);
	for (const struct experiment *const *at = lab_list; *at; at++)
		if (question_has(question, (*at)->id))
			text_add(io_text, "%-*shusk lab run %s\n", LABEL_WIDTH, "See it",
				 (*at)->name);
}

static const struct run_result *result_of(const struct run_result *results, size_t count,
					  const struct experiment *experiment)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].experiment == experiment)
			return &results[i];
	return NULL;
}

static void add_markdown_cells(const struct question *question, const struct run_result *results,
			       size_t count, struct text *io_text)
{
	const char *between = "";

	for (const struct experiment *const *at = lab_list; *at; at++) {
		if (!question_has(question, (*at)->id))
			continue;
		text_add(io_text, "%s%s %s", between, (*at)->id, (*at)->name);
		between = ", ";
	}
	text_add(io_text, " | ");
	between = "";
	for (const struct experiment *const *at = lab_list; *at; at++) {
		const struct run_result *result = result_of(results, count, *at);

		if (!question_has(question, (*at)->id) || !result)
			continue;
		text_add(io_text, "%s%s", between, lab_verdict_name(result->finding.verdict));
		between = ", ";
	}
}

void report_markdown(const struct run_result *results, size_t count, struct text *io_text)
{
	text_add(io_text, "| # | Question or claim | It is | Experiment | Verdict |\n"
			  "| --- | --- | --- | --- | --- |\n");
	for (const struct question *at = questions; at->text; at++) {
		text_add(io_text, "| %d | %s | %s | ", at->number, at->text,
			 question_mark_name(at->mark));
		add_markdown_cells(at, results, count, io_text);
		text_add(io_text, " |\n");
	}
}
