// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * html - one page that needs nothing else: what page/page.html shows is the JSON put into it here
 *
 * Events go out as they come, as short lists (page/recording.js); lives follow at the end.
 * Whatever a program has called itself or its files is text of that JSON and nothing else: it
 * holds no "<" that could end the element it stands in.
 */
#include <inttypes.h>
#include <string.h>

#include "json/emit.h"
#include "json/string.h"
#include "signal/rule.h"
#include "trace/kind.h"
#include "trace/page.h"
#include "trace/render.h"
#include "trace/sections.h"
#include "trace/tell.h"
#include "trace/words.h"

/* Where the recording goes in the page; there once. */
static const char mark[] = "@RECORDING@";

/*
 * What the reader of HTML could take for markup only ever stands inside of strings of JSON, and
 * there an escape is as good. U+2028 and U+2029 end a line in old scripts.
 * Source: HTML, "Restrictions for contents of script elements".
 */
static void print(const struct render_request *request, const struct text *text)
{
	const char *at = text_get(text), *end = at + text->size;

	while (at < end) {
		if (*at == '<' || *at == '>' || *at == '&') {
			fprintf(request->out, "\\u%04x", (unsigned int)*at++);
		} else if (text_begins(at, "\xe2\x80\xa8") || text_begins(at, "\xe2\x80\xa9")) {
			fprintf(request->out, "\\u20%s", at[2] == '\xa8' ? "28" : "29");
			at += 3;
		} else {
			putc(*at++, request->out);
		}
	}
}

/* --- events --- */

static void add_rules(struct text *io_text)
{
	emit_key("rules", io_text);
	emit_bracket('[', io_text);
	for (size_t i = 0; i < verdict_rule_count; i++) {
		emit_item(io_text);
		emit_bracket('[', io_text);
		string_quote(verdict_rules[i].id, io_text);
		emit_item(io_text);
		string_quote(verdict_rules[i].text, io_text);
		emit_bracket(']', io_text);
	}
	emit_bracket(']', io_text);
}

static void *begin(const struct render_request *request)
{
	struct render_request *copy = mem_new(sizeof(*copy));
	autotext struct text text = { 0 };

	*copy = *request;
	fwrite(page, 1, (size_t)(strstr(page, mark) - page), request->out);
	emit_bracket('{', &text);
	add_rules(&text);
	text_add(&text, ",\n\"events\":[\n[]");
	print(request, &text);
	return copy;
}

/* Nanoseconds since the first event; what was before it begins with it. */
static uint64_t since(const struct render_request *request, uint64_t time_ns)
{
	uint64_t first_ns = request->model->first_ns;

	return time_ns > first_ns ? time_ns - first_ns : 0;
}

/* What comes of it now, and by which rules. */
static void add_verdict(const struct model_step *step, struct text *io_text)
{
	const struct verdict *verdict = &step->signal->verdict;

	emit_item(io_text);
	string_quote(verdict_outcome_name(verdict_now(verdict)), io_text);
	text_add(io_text, ",%d,", tell_is_noise(step));
	emit_bracket('[', io_text);
	for (size_t i = 0; i < verdict->step_count; i++) {
		emit_item(io_text);
		text_add(io_text, "%td", verdict->step[i] - verdict_rules);
	}
	emit_bracket(']', io_text);
}

static void step(void *data, const struct model_step *step)
{
	const struct render_request *request = data;
	enum event_kind kind = step->event->kind;
	const struct model_process *other = step->signal ? step->signal->sender : step->other;
	autotext struct text text = { 0 }, words = { 0 };

	if (kind == EVENT_TASK || kind == EVENT_LAYER ||
	    (step->is_thread && kind != EVENT_DELIVER))
		return;
	tell_event(step, &words);
	text_add(&text, ",\n[\"%s\",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", kind_name(kind),
		 since(request, step->event->time_ns), model_track(step->process),
		 other ? model_track(other) : 0);
	string_quote(text_get(&words), &text);
	if (kind == EVENT_SIGNAL)
		add_verdict(step, &text);
	emit_bracket(']', &text);
	print(request, &text);
}

/* --- lives --- */

static void add_life(const struct render_request *request, const struct model_process *process,
		     struct text *io_text)
{
	const struct model *model = request->model;
	autotext struct text name = { 0 }, obituary = { 0 };

	words_process(process, &name);
	if (tell_has_obituary(model, process))
		render_obituary(request, process, &obituary);
	else
		words_obituary(process, model->last_ns, &obituary);
	emit_item(io_text);
	text_add(io_text, "\n");
	emit_bracket('{', io_text);
	emit_number("track", (long long)model_track(process), io_text);
	emit_string("name", text_get(&name), io_text);
	emit_string("story", text_get(&obituary), io_text);
	if (process->container)
		emit_string("container", process->container->name, io_text);
	emit_bool("first", tell_has_obituary(model, process), io_text);
	emit_bool("killed", process->killer, io_text);
	emit_bool("old", process->was_there, io_text);
	emit_number("begin", (long long)since(request, process->start_ns), io_text);
	if (process->end_ns)
		emit_number("end", (long long)since(request, process->end_ns), io_text);
	if (model_gone_ns(process))
		emit_number("gone", (long long)since(request, model_gone_ns(process)), io_text);
	emit_bracket('}', io_text);
}

/* --- what several events together tell --- */

static void add_section(const struct render_request *request, enum joins_kind kind,
			struct text *io_text)
{
	autotext struct text lines = { 0 };

	sections_lines(request->joins, request->model, kind, JOINS_KEPT, &lines);
	if (!lines.size)
		return;
	emit_item(io_text);
	emit_bracket('[', io_text);
	string_quote(sections_title(kind), io_text);
	emit_item(io_text);
	string_quote(text_get(&lines), io_text);
	emit_bracket(']', io_text);
}

static void add_sections(const struct render_request *request, struct text *io_text)
{
	emit_key("sections", io_text);
	emit_bracket('[', io_text);
	for (enum joins_kind kind = 0; kind < JOINS_KINDS; kind++)
		add_section(request, kind, io_text);
	emit_bracket(']', io_text);
}

static void end(void *data)
{
	struct render_request *request = data;
	const struct model *model = request->model;
	int64_t begin_ns = (int64_t)model->first_ns + request->wall_offset_ns;
	autotext struct text text = { 0 };
	autotext struct text lost = { 0 };

	words_lost(request->lost, &lost);
	text_add(&text, "\n],\n\"lives\":[");
	for (const struct model_process *process = model->first; process; process = process->next)
		if (process->is_met)
			add_life(request, process, &text);
	text_add(&text, "\n]");
	add_sections(request, &text);
	emit_number("begin_ms", begin_ns / 1000000, &text);
	emit_number("duration", (long long)(model->last_ns - model->first_ns), &text);
	emit_string("lost", text_get(&lost), &text);
	emit_bracket('}', &text);
	print(request, &text);
	fputs(strstr(page, mark) + sizeof(mark) - 1, request->out);
	free(request);
}

const struct render render_html = { "html", begin, step, end };
