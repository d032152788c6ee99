// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_json - reports for machines */
#include "json/emit.h"
#include "json/string.h"
#include "view/doctor_rule.h"

static void add_strings(const char *key, const char *const *list, size_t count,
			struct text *io_text)
{
	emit_key(key, io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < count; i++) {
		emit_item(io_text);
		string_quote(list[i], io_text);
	}
	text_add(io_text, "]");
}

static void add_finding(const struct doctor_finding *finding, struct text *io_text)
{
	text_add(io_text, "{");
	emit_string("rule", finding->rule->name, io_text);
	emit_string("severity", doctor_severity_name(finding->severity), io_text);
	emit_string("summary", finding->summary, io_text);
	emit_string("explanation", finding->rule->text, io_text);
	emit_key("evidence", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < finding->evidence_count; i++) {
		emit_item(io_text);
		text_add(io_text, "{");
		emit_string("source", finding->evidence[i].file, io_text);
		emit_string("text", finding->evidence[i].text, io_text);
		text_add(io_text, "}");
	}
	text_add(io_text, "]");
	add_strings("fix", finding->fix, finding->fix_count, io_text);
	text_add(io_text, "}");
}

static void add_report(const struct doctor_report *report, struct text *io_text)
{
	text_add(io_text, "{");
	emit_string("target", report->id, io_text);
	emit_string("kind", report->is_bundle ? "bundle" : "container", io_text);
	if (report->pid)
		emit_number("pid", report->pid, io_text);
	emit_string("severity", doctor_severity_name(doctor_worst(report)), io_text);
	emit_key("findings", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < report->finding_count; i++) {
		emit_item(io_text);
		add_finding(&report->finding[i], io_text);
	}
	text_add(io_text, "]");
	add_strings("unknown", report->gap, report->gap_count, io_text);
	text_add(io_text, "}");
}

void doctor_json(const struct doctor_report *reports, size_t count, struct text *io_text)
{
	text_add(io_text, "{");
	emit_number("version", DOCTOR_VERSION, io_text);
	emit_key("targets", io_text);
	text_add(io_text, "[");
	for (size_t i = 0; i < count; i++) {
		emit_item(io_text);
		add_report(&reports[i], io_text);
	}
	text_add(io_text, "]}\n");
}
