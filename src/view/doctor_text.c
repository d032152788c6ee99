// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_text - a report for people, and the list of the rules */
#include <string.h>

#include "base/scope.h"
#include "base/utf8.h"
#include "view/block.h"
#include "view/doctor_rule.h"

static const char *const words[] = {
	[DOCTOR_CLEAN] = "none", [DOCTOR_WARNING] = "warning", [DOCTOR_PROBLEM] = "problem",
};

const char *doctor_severity_name(enum doctor_severity severity)
{
	return words[severity];
}

static size_t count(const struct doctor_report *report, enum doctor_severity severity)
{
	size_t found = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		found += report->finding[i].severity == severity;
	return found;
}

static void add_count(size_t number, const char *word, struct text *io_text)
{
	if (number)
		text_add(io_text, "%s%zu %s%s", io_text->size ? ", " : "", number, word,
			 number == 1 ? "" : "s");
}

static void add_head(const struct doctor_report *report, struct text *io_text)
{
	autotext struct text counts = { 0 };

	text_add(io_text, "%s", report->id);
	if (report->pid)
		text_add(io_text, " (first process %d)", (int)report->pid);
	add_count(count(report, DOCTOR_PROBLEM), "problem", &counts);
	add_count(count(report, DOCTOR_WARNING), "warning", &counts);
	text_add(io_text, ": %s\n", counts.size ? text_get(&counts) : "nothing found");
}

/* Words that hold what a container has written: no byte of it may steer a terminal. */
static void add_words(const char *label, const char *text, struct text *io_text)
{
	autofree char *clean = mem_text(text);

	for (char *at = clean; (at = strpbrk(at, "\n\t")); )
		*at = ' ';
	utf8_make_plain(clean, strlen(clean));
	block_add(label, clean, io_text);
}

static void add_finding(const struct doctor_finding *finding, struct text *io_text)
{
	autofree char *head = mem_format("%s [%s]", finding->summary, finding->rule->name);

	text_add(io_text, "\n");
	add_words(finding->severity == DOCTOR_PROBLEM ? "PROBLEM" : "WARNING", head, io_text);
	add_words("why", finding->rule->text, io_text);
	for (size_t i = 0; i < finding->evidence_count; i++) {
		autofree char *line = mem_format("%s: %s", finding->evidence[i].file,
						 finding->evidence[i].text);

		add_words(i ? "" : "evidence", line, io_text);
	}
	for (size_t i = 0; i < finding->fix_count; i++)
		add_words(i ? "" : "fix", finding->fix[i], io_text);
}

void doctor_text(const struct doctor_report *report, struct text *io_text)
{
	add_head(report, io_text);
	for (size_t i = 0; i < report->finding_count; i++)
		add_finding(&report->finding[i], io_text);
	for (size_t i = 0; i < report->gap_count; i++)
		add_words(i ? "" : "unknown", report->gap[i], io_text);
}

void doctor_list(struct text *io_text)
{
	text_add(io_text, "| rule | severity | looks at | what is wrong |\n"
			  "| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < doctor_rule_count; i++) {
		const struct doctor_rule *rule = &doctor_rules[i];
		const char *both = rule->judge && rule->judge_bundle ? ", " : "";

		text_add(io_text, "| `%s` | %s | %s%s%s | %s |\n", rule->name,
			 words[rule->severity], rule->judge ? "container" : "", both,
			 rule->judge_bundle ? "bundle" : "", rule->text);
	}
}
