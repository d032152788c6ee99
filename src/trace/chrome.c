// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * chrome - the JSON that Perfetto and chrome://tracing open
 *
 * A process is a track: its life is a slice, its time as a zombie another one. A signal is a
 * slice of one nanosecond on the track of its target, and one on that of its sender with an
 * arrow between both; an arrow needs a slice at each end. Lives are "B" and "E" and not "X",
 * since the readers round times, and an "X" that overlaps its neighbour by a rounding is lost.
 * A thread's times on a processor and the interrupts within are slices of a second track of its
 * own: they would cross the border between life and zombie.
 * Source: "Trace Event Format", the phases B, E, X, i, s, f and M.
 */
#include <inttypes.h>

#include "json/emit.h"
#include "signal/name.h"
#include "trace/kind.h"
#include "trace/layer_tell.h"
#include "trace/render.h"
#include "trace/tell.h"
#include "trace/words.h"

/* All tracks belong to one "process" of the format: real ones come and go, and share numbers. */
enum { GROUP = 1 };

/* Behind all that model_track gives: tracks of threads on processors. */
#define THREAD_TRACKS (1ULL << 40)

struct chart {
	struct render_request request;
	uint64_t arrows;
	struct text layers; /* of otherData */
};

/* --- one event of the format --- */

/* Microseconds since the first event; what was before it begins with it. */
static void add_time(const struct chart *chart, uint64_t time_ns, struct text *io_text)
{
	uint64_t first_ns = chart->request.model->first_ns;
	uint64_t since_ns = time_ns > first_ns ? time_ns - first_ns : 0;

	emit_key("ts", io_text);
	text_add(io_text, "%" PRIu64 ".%03u", since_ns / 1000, (unsigned int)(since_ns % 1000));
}

static void open_event_on(const struct chart *chart, const char *phase, uint64_t track,
			  uint64_t time_ns, struct text *io_text)
{
	text_add(io_text, ",\n");
	emit_bracket('{', io_text);
	emit_string("ph", phase, io_text);
	emit_number("pid", GROUP, io_text);
	emit_number("tid", (long long)track, io_text);
	add_time(chart, time_ns, io_text);
}

static void open_event(const struct chart *chart, const char *phase,
		       const struct model_process *process, uint64_t time_ns, struct text *io_text)
{
	open_event_on(chart, phase, model_track(process), time_ns, io_text);
}

static void close_event(struct text *io_text)
{
	emit_bracket('}', io_text);
}

static void print(const struct chart *chart, const struct text *text)
{
	fwrite(text_get(text), 1, text->size, chart->request.out);
}

/* A name of the track or of the group. */
static void add_label(const char *label, uint64_t track, const char *name, struct text *io_text)
{
	emit_bracket('{', io_text);
	emit_string("ph", "M", io_text);
	emit_number("pid", GROUP, io_text);
	emit_number("tid", (long long)track, io_text);
	emit_string("name", label, io_text);
	emit_key("args", io_text);
	emit_bracket('{', io_text);
	emit_string("name", name, io_text);
	emit_bracket('}', io_text);
	emit_bracket('}', io_text);
}

static void *begin(const struct render_request *request)
{
	struct chart *chart = mem_new(sizeof(*chart));
	autotext struct text text = { 0 };

	chart->request = *request;
	text_add(&text, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
	add_label("process_name", 0, "husk trace", &text);
	print(chart, &text);
	return chart;
}

/* --- what happens --- */

static void add_args(const struct model_step *step, struct text *io_text)
{
	autotext struct text words = { 0 };

	tell_event(step, &words);
	emit_key("args", io_text);
	emit_bracket('{', io_text);
	emit_string("words", text_get(&words), io_text);
	if (step->event->kind == EVENT_SIGNAL)
		emit_string("rule", step->signal->verdict.step[0]->text, io_text);
	emit_bracket('}', io_text);
}

/* @name: "SIGTERM: ignored" on the one side, "SIGTERM to 200/1 sh" on the other. */
static void add_mark(const struct chart *chart, const struct model_step *step,
		     const struct model_process *process, const char *name, struct text *io_text)
{
	open_event(chart, "X", process, step->event->time_ns, io_text);
	text_add(io_text, ",\"dur\":0.001");
	emit_string("cat", "signal", io_text);
	emit_string("name", name, io_text);
	add_args(step, io_text);
	close_event(io_text);
}

/* @phase: "s" where it starts, "f" where it finishes. */
static void add_arrow(const struct chart *chart, const char *phase, const struct model_step *step,
		      const struct model_process *process, struct text *io_text)
{
	open_event(chart, phase, process, step->event->time_ns, io_text);
	emit_number("id", (long long)chart->arrows, io_text);
	emit_string("cat", "signal", io_text);
	emit_string("name", signal_name(step->signal->signal), io_text);
	if (phase[0] == 'f')
		emit_string("bp", "e", io_text); /* to the slice around it, not to the next */
	close_event(io_text);
}

static void add_signal(struct chart *io_chart, const struct model_step *step, struct text *io_text)
{
	const struct model_signal *signal = step->signal;
	bool has_arrow = signal->sender && signal->sender != signal->target;
	autotext struct text to = { 0 }, from = { 0 };

	text_add(&to, "%s: %s", signal_name(signal->signal),
		 verdict_outcome_name(verdict_now(&signal->verdict)));
	if (has_arrow) {
		io_chart->arrows++;
		text_add(&from, "%s to ", signal_name(signal->signal));
		words_process(signal->target, &from);
		add_mark(io_chart, step, signal->sender, text_get(&from), io_text);
		add_arrow(io_chart, "s", step, signal->sender, io_text);
	}
	add_mark(io_chart, step, signal->target, text_get(&to), io_text);
	if (has_arrow)
		add_arrow(io_chart, "f", step, signal->target, io_text);
}

static void add_instant(const struct chart *chart, const struct model_step *step,
			struct text *io_text)
{
	autotext struct text words = { 0 };

	tell_event(step, &words);
	open_event(chart, "i", step->process, step->event->time_ns, io_text);
	emit_string("s", "t", io_text); /* as high as its track */
	emit_string("cat", kind_name(step->event->kind), io_text);
	emit_string("name", text_get(&words), io_text);
	close_event(io_text);
}

/* --- on a processor --- */

static void add_stretch(const struct chart *chart, const struct model_step *step, uint32_t tid,
			uint64_t took_ns, struct text *io_text)
{
	uint64_t first_ns = chart->request.model->first_ns;
	uint64_t begin_ns = step->event->time_ns - took_ns;
	autotext struct text words = { 0 };

	if (begin_ns < first_ns)
		begin_ns = first_ns;
	took_ns = step->event->time_ns - begin_ns;
	layer_tell_event(step, &words);
	open_event_on(chart, "X", THREAD_TRACKS | tid, begin_ns, io_text);
	emit_key("dur", io_text);
	text_add(io_text, "%" PRIu64 ".%03u", took_ns / 1000, (unsigned int)(took_ns % 1000));
	emit_string("cat", kind_name(step->event->kind), io_text);
	emit_key("args", io_text);
	emit_bracket('{', io_text);
	emit_string("words", text_get(&words), io_text);
	emit_bracket('}', io_text);
}

/* The name is why it ended. */
static void add_sched(const struct chart *chart, const struct model_step *step,
		      struct text *io_text)
{
	const struct event_sched *event = (const void *)step->event;

	if (!event->ran_ns)
		return;
	add_stretch(chart, step, event->tid, event->ran_ns, io_text);
	emit_string("name", layer_switch_name(event->why), io_text);
	close_event(io_text);
}

static void add_irq(const struct chart *chart, const struct model_step *step,
		    struct text *io_text)
{
	const struct event_irq *event = (const void *)step->event;
	autotext struct text name = { 0 };

	layer_tell_source(event->source, event->number, &name);
	add_stretch(chart, step, event->tid, event->took_ns, io_text);
	emit_string("name", text_get(&name), io_text);
	close_event(io_text);
}

/* Once for each thread: so its track gets its name here. */
static void add_switches(const struct model_step *step, struct text *io_text)
{
	const struct event_switches *event = (const void *)step->event;
	autotext struct text name = { 0 };

	words_process(step->process, &name);
	if (event->tid != event->tgid)
		text_add(&name, ", thread %u", event->tid);
	text_add(&name, ": on a processor");
	text_add(io_text, ",\n");
	add_label("thread_name", THREAD_TRACKS | event->tid, text_get(&name), io_text);
}

static void keep_layer(struct chart *io_chart, const struct event_layer *event)
{
	autotext struct text key = { 0 }, words = { 0 };

	text_add(&key, "layer_%s", layer_name(event->layer));
	layer_tell_state(event, &words);
	emit_string(text_get(&key), text_get(&words), &io_chart->layers);
}

static void step(void *data, const struct model_step *step)
{
	struct chart *chart = data;
	autotext struct text text = { 0 };

	switch ((enum event_kind)step->event->kind) {
	case EVENT_SIGNAL:
		if (!tell_is_noise(step))
			add_signal(chart, step, &text);
		break;
	case EVENT_MOVE:
	case EVENT_EXEC:
	case EVENT_DELIVER:
	case EVENT_OOM:
	case EVENT_FREEZE:
	case EVENT_REAP:
	case EVENT_REFUSED:
		if (!step->is_thread || step->event->kind == EVENT_DELIVER)
			add_instant(chart, step, &text);
		break;
	case EVENT_SCHED:
		add_sched(chart, step, &text);
		break;
	case EVENT_IRQ:
		add_irq(chart, step, &text);
		break;
	case EVENT_SWITCHES:
		add_switches(step, &text);
		break;
	case EVENT_LAYER:
		keep_layer(chart, (const void *)step->event);
		break;
	case EVENT_INTERRUPTS: /* sums have no place on a track */
	case EVENT_NONE: /* the rest is a life; end draws those */
	case EVENT_TASK:
	case EVENT_FORK:
	case EVENT_EXIT:
	case EVENT_FREE:
	case EVENT_CGROUP:
	case EVENT_LOST:
	case EVENT_KINDS:
		break;
	}
	print(chart, &text);
}

/* --- lives --- */

struct slice {
	const char *name;
	uint64_t begin_ns, end_ns;
	const char *words; /* NULL: none */
};

static void add_slice(const struct chart *chart, const struct model_process *process,
		      const struct slice *slice, struct text *io_text)
{
	open_event(chart, "B", process, slice->begin_ns, io_text);
	emit_string("cat", "life", io_text);
	emit_string("name", slice->name, io_text);
	if (slice->words) {
		emit_key("args", io_text);
		emit_bracket('{', io_text);
		emit_string("words", slice->words, io_text);
		if (process->container)
			emit_string("container", process->container->name, io_text);
		emit_bracket('}', io_text);
	}
	close_event(io_text);
	open_event(chart, "E", process, slice->end_ns, io_text);
	close_event(io_text);
}

/* The life ends where the zombie begins: both are the same time to the reader, in this order. */
static void add_life(const struct chart *chart, const struct model_process *process,
		     struct text *io_text)
{
	uint64_t last_ns = chart->request.model->last_ns;
	autotext struct text name = { 0 }, words = { 0 };
	struct slice life = { .begin_ns = process->start_ns, .end_ns = last_ns };
	struct slice zombie = { .name = "zombie", .begin_ns = process->end_ns };

	words_process(process, &name);
	words_obituary(process, last_ns, &words);
	text_add(io_text, ",\n");
	add_label("thread_name", model_track(process), text_get(&name), io_text);
	life.name = text_get(&name);
	life.words = text_get(&words);
	if (process->end_ns)
		life.end_ns = process->end_ns;
	add_slice(chart, process, &life, io_text);
	if (!process->end_ns)
		return;
	zombie.end_ns = model_gone_ns(process) ? model_gone_ns(process) : last_ns;
	add_slice(chart, process, &zombie, io_text);
}

static void end(void *data)
{
	struct chart *chart = data;
	autotext struct text text = { 0 };

	for (const struct model_process *process = chart->request.model->first; process;
	     process = process->next) {
		autotext struct text life = { 0 };

		if (!process->is_met)
			continue;
		add_life(chart, process, &life);
		print(chart, &life);
	}
	text_add(&text, "\n],\"otherData\":{");
	for (size_t kind = 1; kind < EVENT_KINDS; kind++) {
		autotext struct text key = { 0 };

		text_add(&key, "lost_%s", kind_name(kind));
		emit_number(text_get(&key), (long long)chart->request.lost[kind], &text);
	}
	if (chart->layers.size) {
		emit_item(&text);
		text_add(&text, "%s", text_get(&chart->layers));
	}
	text_add(&text, "}}\n");
	print(chart, &text);
	text_clear(&chart->layers);
	free(chart);
}

const struct render render_chrome = { "chrome", begin, step, end };
