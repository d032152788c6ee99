// SPDX-License-Identifier: GPL-2.0-or-later
/* jsonl - one JSON object a line, for machines; docs/schema/trace.schema.json has the members */
#include "json/emit.h"
#include "json/string.h"
#include "signal/name.h"
#include "trace/jsonl_part.h"
#include "trace/kind.h"
#include "trace/layer_json.h"
#include "trace/words.h"

enum { SCHEMA_VERSION = 2 };

void jsonl_print(const struct render_request *request, struct text *io_line)
{
	text_add(io_line, "\n");
	fwrite(io_line->data, 1, io_line->size, request->out);
}

static void *begin(const struct render_request *request)
{
	struct render_request *copy = mem_new(sizeof(*copy));
	autotext struct text line = { 0 };

	*copy = *request;
	text_add(&line, "{");
	emit_string("kind", "begin", &line);
	emit_number("version", SCHEMA_VERSION, &line);
	emit_number("wall_offset_ns", request->wall_offset_ns, &line);
	text_add(&line, "}");
	jsonl_print(copy, &line);
	return copy;
}

void jsonl_process(const char *key, const struct model_process *process, struct text *io_line)
{
	uint32_t levels = process->level < EVENT_LEVELS ? process->level + 1 : EVENT_LEVELS;

	emit_key(key, io_line);
	text_add(io_line, "{");
	emit_number("pid", process->pid, io_line);
	emit_key("numbers", io_line);
	text_add(io_line, "[");
	for (uint32_t i = 0; i < levels; i++) {
		emit_item(io_line);
		text_add(io_line, "%u", process->number[i]);
	}
	text_add(io_line, "]");
	emit_string("name", process->name, io_line);
	emit_bool("init", process->is_init, io_line);
	emit_number("pid_namespace", process->namespace, io_line);
	emit_number("cgroup1", process->cgroup1, io_line);
	emit_number("cgroup2", process->cgroup2, io_line);
	if (process->container) {
		emit_key("container", io_line);
		text_add(io_line, "{");
		emit_string("engine", process->container->engine, io_line);
		emit_string("id", process->container->container, io_line);
		text_add(io_line, "}");
	}
	text_add(io_line, "}");
}

static void add_rules(const struct verdict *verdict, struct text *io_line)
{
	emit_key("rules", io_line);
	text_add(io_line, "[");
	for (size_t i = 0; i < verdict->step_count; i++) {
		emit_item(io_line);
		string_quote(verdict->step[i]->id, io_line);
	}
	text_add(io_line, "]");
}

void jsonl_signal(const struct model_signal *signal, struct text *io_line)
{
	emit_string("signal", signal_name(signal->signal), io_line);
	emit_string("result", verdict_result_name(signal->verdict.result), io_line);
	emit_string("now", verdict_outcome_name(verdict_now(&signal->verdict)), io_line);
	emit_string("end", verdict_outcome_name(verdict_end(&signal->verdict)), io_line);
	add_rules(&signal->verdict, io_line);
	emit_string("source", model_source_name(signal->source), io_line);
	emit_number("code", signal->code, io_line);
	emit_number("tid", signal->tid, io_line);
	emit_bool("to_thread", !(signal->flags & EVENT_SIGNAL_GROUP), io_line);
	if (signal->sender)
		jsonl_process("sender", signal->sender, io_line);
}

static void add_delivery(const struct model_step *step, struct text *io_line)
{
	static const char *const calls[] = {
		[MODEL_CALL_NONE] = NULL,
		[MODEL_CALL_RESTARTS] = "restarts",
		[MODEL_CALL_EINTR] = "EINTR",
	};
	const struct event_deliver *event = (const void *)step->event;
	int signal = step->signal ? step->signal->signal : event->signal;

	emit_number("tid", event->tid, io_line);
	emit_string("signal", signal_name(signal), io_line);
	emit_bool("handler", event->disposition == EVENT_HANDLER, io_line);
	if (step->signal)
		emit_number("latency_ns", event->head.time_ns - step->signal->time_ns, io_line);
	if (step->call == MODEL_CALL_NONE)
		return;
	emit_number("syscall", event->call, io_line);
	emit_string("syscall_ends", calls[step->call], io_line);
}

void jsonl_end(const struct model_process *process, struct text *io_line)
{
	emit_number("wait_status", process->exit_code, io_line);
	emit_number("exit_status", words_status(process->exit_code), io_line);
	if (!process->killer)
		return;
	emit_key("killed_by", io_line);
	text_add(io_line, "{");
	jsonl_signal(process->killer, io_line);
	text_add(io_line, "}");
}

static void add_exit(const struct model_step *step, struct text *io_line)
{
	const struct event_exit *event = (const void *)step->event;

	emit_number("tid", event->tid, io_line);
	emit_bool("last_thread", !step->is_thread, io_line);
	emit_string("cause", model_cause_name(step->cause), io_line);
	if (step->is_thread)
		return;
	emit_number("parent", step->process->parent, io_line);
	jsonl_end(step->process, io_line);
}

static void add_particulars(const struct model_step *step, struct text *io_line)
{
	const void *event = step->event;

	switch ((enum event_kind)step->event->kind) {
	case EVENT_TASK:
	case EVENT_FORK:
	case EVENT_MOVE:
		emit_number("tid", ((const struct event_task *)event)->tid, io_line);
		emit_number("parent", ((const struct event_task *)event)->parent, io_line);
		return;
	case EVENT_EXEC:
		emit_string("file", ((const struct event_exec *)event)->file, io_line);
		return;
	case EVENT_EXIT:
		return add_exit(step, io_line);
	case EVENT_FREE:
		emit_number("tid", ((const struct event_end *)event)->tid, io_line);
		return;
	case EVENT_SIGNAL:
		return jsonl_signal(step->signal, io_line);
	case EVENT_DELIVER:
		return add_delivery(step, io_line);
	case EVENT_FREEZE:
		emit_number("cgroup", ((const struct event_freeze *)event)->cgroup2, io_line);
		emit_bool("frozen", ((const struct event_freeze *)event)->is_frozen, io_line);
		return;
	case EVENT_REAP:
	case EVENT_REFUSED:
	case EVENT_SCHED:
	case EVENT_SWITCHES:
	case EVENT_IRQ:
	case EVENT_INTERRUPTS:
	case EVENT_LAYER:
		return layer_json_add(step, io_line);
	case EVENT_OOM:
	case EVENT_NONE:
	case EVENT_CGROUP:
	case EVENT_LOST:
	case EVENT_KINDS:
		return;
	}
}

static void step(void *data, const struct model_step *step)
{
	const struct render_request *request = data;
	autotext struct text line = { 0 };

	text_add(&line, "{");
	emit_string("kind", kind_name(step->event->kind), &line);
	emit_number("time_ns", step->event->time_ns, &line);
	if (step->process) {
		emit_number("cpu", step->event->cpu, &line);
		jsonl_process("process", step->process, &line);
	}
	add_particulars(step, &line);
	text_add(&line, "}");
	jsonl_print(request, &line);
}

static void end(void *data)
{
	struct render_request *request = data;
	autotext struct text line = { 0 };

	jsonl_joins(request);
	text_add(&line, "{");
	emit_string("kind", "end", &line);
	emit_key("lost", &line);
	text_add(&line, "{");
	for (size_t kind = 1; kind < EVENT_KINDS; kind++)
		emit_number(kind_name(kind), request->lost[kind], &line);
	text_add(&line, "}");
	jsonl_left_out(request->joins, &line);
	text_add(&line, "}");
	jsonl_print(request, &line);
	free(request);
}

const struct render render_json = { "json", begin, step, end };
