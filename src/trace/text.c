// SPDX-License-Identifier: GPL-2.0-or-later
/* text - one line for each event, for people; the obituaries and the losses at the end */
#include <inttypes.h>
#include <string.h>

#include "trace/interrupts.h"
#include "trace/layer_tell.h"
#include "trace/render.h"
#include "trace/sections.h"
#include "trace/tell.h"
#include "trace/words.h"

/* All that is said at the end fits on one screen. */
enum { WHO_WIDTH = 22, SECTION_LINES = 5 };

/* The column of containers is there from the first one on, and as wide as the widest so far. */

struct lines {
	struct render_request request;
	uint64_t folded;
	int place_width;
	struct interrupts interrupts;
};

static void *begin(const struct render_request *request)
{
	struct lines *lines = mem_new(sizeof(*lines));

	lines->request = *request;
	return lines;
}

/* Red kills, yellow is lost, blue goes through. */
static const char *colour_of(const struct model_step *step)
{
	static const char *const colours[] = {
		[VERDICT_NOTE] = "",		   [VERDICT_REFUSED] = "\033[33m",
		[VERDICT_IGNORED] = "\033[33m",	   [VERDICT_COALESCED] = "\033[33m",
		[VERDICT_CONTINUE] = "\033[36m",   [VERDICT_QUEUED] = "\033[36m",
		[VERDICT_PENDING] = "\033[36m",	   [VERDICT_READ] = "\033[36m",
		[VERDICT_HANDLER] = "\033[36m",	   [VERDICT_STOP] = "\033[36m",
		[VERDICT_TERMINATE] = "\033[31m",  [VERDICT_CORE] = "\033[31m",
		[VERDICT_DROPPED] = "\033[33m",
	};

	if (step->event->kind == EVENT_EXIT && step->process->killer)
		return colours[VERDICT_TERMINATE];
	if (step->event->kind != EVENT_SIGNAL)
		return "";
	return colours[verdict_now(&step->signal->verdict)];
}

/* What is no line about a process at a time; true when it was that. */
static bool is_apart(struct lines *io_lines, const struct model_step *step)
{
	const void *event = step->event;
	autotext struct text line = { 0 };

	if (step->event->kind == EVENT_INTERRUPTS) {
		interrupts_add(&io_lines->interrupts, event);
		return true;
	}
	if (step->event->kind != EVENT_LAYER)
		return false;
	layer_tell_state(event, &line);
	fprintf(io_lines->request.out, "%s\n", text_get(&line));
	return true;
}

static void step(void *data, const struct model_step *step)
{
	struct lines *lines = data;
	const struct render_request *request = &lines->request;
	const char *colour = request->has_colour ? colour_of(step) : "";
	autotext struct text who = { 0 }, what = { 0 }, place = { 0 };

	if (step->event->kind == EVENT_TASK || step->is_thread || is_apart(lines, step))
		return;
	if (tell_is_noise(step)) {
		lines->folded++;
		return;
	}
	words_process(step->process, &who);
	words_container(step->process, &place);
	if (place.size && (int)place.size + 2 > lines->place_width)
		lines->place_width = (int)place.size + 2;
	tell_event(step, &what);
	fprintf(request->out, "%11.6f  %-*s  %-*s%s%s%s\n",
		(double)(step->event->time_ns - request->model->first_ns) / 1e9, WHO_WIDTH,
		text_get(&who), lines->place_width, text_get(&place), colour, text_get(&what),
		*colour ? "\033[0m" : "");
}

static void print_lost(const struct render_request *request)
{
	autotext struct text text = { 0 };

	words_lost(request->lost, &text);
	/* Only with a loss there is a list. */
	fprintf(request->out, "%s%s.\n", text_get(&text),
		strchr(text_get(&text), ':') ? "; a larger --buffer holds more" : "");
}

static void print_section(const struct render_request *request, enum joins_kind kind)
{
	autotext struct text lines = { 0 };

	sections_lines(request->joins, request->model, kind, SECTION_LINES, &lines);
	if (!lines.size)
		return;
	fprintf(request->out, "\n%s:\n", sections_title(kind));
	for (const char *line = text_get(&lines); *line;) {
		int size = (int)strcspn(line, "\n");

		fprintf(request->out, "  %.*s\n", size, line);
		line += size + 1;
	}
}

static void end(void *data)
{
	struct lines *lines = data;
	const struct render_request *request = &lines->request;
	autotext struct text interrupts = { 0 };

	for (enum joins_kind kind = 0; kind < JOINS_KINDS; kind++)
		print_section(request, kind);
	fprintf(request->out, "\n");
	for (const struct model_process *process = request->model->first; process;
	     process = process->next) {
		autotext struct text text = { 0 };

		if (!tell_has_obituary(request->model, process))
			continue;
		render_obituary(request, process, &text);
		fprintf(request->out, "%s\n", text_get(&text));
	}
	if (lines->folded)
		fprintf(request->out, "%" PRIu64 " ignored SIGCHLD and SIGURG are not shown.\n",
			lines->folded);
	interrupts_tell(&lines->interrupts, &interrupts);
	fputs(text_get(&interrupts), request->out);
	print_lost(request);
	interrupts_clear(&lines->interrupts);
	free(lines);
}

const struct render render_text = { "text", begin, step, end };
