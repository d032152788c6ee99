// SPDX-License-Identifier: 0BSD
#include "init/report.h"

#include <sys/wait.h>

static void add_after(struct init_text *io_text, const char *what, int64_t ms)
{
	init_text_add(io_text, what);
	init_text_add_seconds(io_text, ms);
}

static void add_sender(struct init_text *io_text, const struct init_signal *stop)
{
	init_text_add_signal(io_text, stop->arrived_as);
	if (stop->from_pid == 0) {
		init_text_add(io_text, " from outside of the container");
		return;
	}
	init_text_add(io_text, " from process ");
	init_text_add_number(io_text, stop->from_pid);
	init_text_add(io_text, " of uid ");
	init_text_add_number(io_text, stop->from_uid);
}

static void add_stop(struct init_text *io_text, const struct init_facts *facts)
{
	add_sender(io_text, &facts->stop);
	add_after(io_text, " after ", facts->stop_ms - facts->started_ms);
	if (facts->stop.number != facts->stop.arrived_as) {
		init_text_add(io_text, "; sent to all as ");
		init_text_add_signal(io_text, facts->stop.number);
	} else {
		init_text_add(io_text, "; sent to all");
	}
}

static void add_main(struct init_text *io_text, const struct init_facts *facts)
{
	if (!facts->main_ended_ms) {
		init_text_add(io_text, "; the main child did not end");
		return;
	}
	init_text_add(io_text, facts->stop.number ? "; main child ended " : "main child ended ");
	if (WIFSIGNALED(facts->main_status)) {
		init_text_add(io_text, "by ");
		init_text_add_signal(io_text, WTERMSIG(facts->main_status));
	} else {
		init_text_add(io_text, "with ");
		init_text_add_number(io_text, WEXITSTATUS(facts->main_status));
	}
	add_after(io_text, " after ", facts->main_ended_ms - facts->started_ms);
}

static uint64_t count_forwarded(const struct init_facts *facts)
{
	uint64_t count = 0;

	for (int signal = 1; signal <= SIGNAL_MAX; signal++)
		count += facts->forwarded[signal];
	return count;
}

void init_report_line(const struct init_facts *facts, struct init_text *io_text)
{
	uint64_t forwarded = count_forwarded(facts);

	init_text_add(io_text, "husk-init: ");
	if (facts->stop.number)
		add_stop(io_text, facts);
	add_main(io_text, facts);
	if (facts->asked_ms)
		init_text_add(io_text, "; SIGTERM to the others");
	if (facts->killed_ms)
		add_after(io_text, "; SIGKILL to the rest after ",
			  facts->killed_ms - facts->started_ms);
	if (forwarded) {
		init_text_add(io_text, "; signals passed on: ");
		init_text_add_number(io_text, (int64_t)forwarded);
	}
	init_text_add(io_text, "; reaped: ");
	init_text_add_number(io_text, (int64_t)facts->reaped);
	if (facts->stop.number)
		add_after(io_text, "; the stop took ", facts->ended_ms - facts->stop_ms);
	init_text_add(io_text, "; exit ");
	init_text_add_number(io_text, facts->exit_code);
	init_text_add(io_text, "\n");
}

static void add_field(struct init_text *io_text, const char *name, int64_t number)
{
	init_text_add(io_text, name);
	init_text_add_number(io_text, number);
}

static void add_name(struct init_text *io_text, const char *name, int signal)
{
	init_text_add(io_text, name);
	init_text_add(io_text, "\"");
	init_text_add_signal(io_text, signal);
	init_text_add(io_text, "\"");
}

static void add_json_main(struct init_text *io_text, const struct init_facts *facts)
{
	if (!facts->main_ended_ms) {
		init_text_add(io_text, ",\"main\":null");
		return;
	}
	add_field(io_text, ",\"main\":{\"pid\":", facts->main_pid);
	if (WIFSIGNALED(facts->main_status))
		add_name(io_text, ",\"signal\":", WTERMSIG(facts->main_status));
	else
		add_field(io_text, ",\"code\":", WEXITSTATUS(facts->main_status));
	init_text_add(io_text, "}");
}

static void add_json_stop(struct init_text *io_text, const struct init_facts *facts)
{
	if (!facts->stop.number) {
		init_text_add(io_text, ",\"stop\":null");
		return;
	}
	add_name(io_text, ",\"stop\":{\"signal\":", facts->stop.arrived_as);
	add_name(io_text, ",\"sent\":", facts->stop.number);
	add_field(io_text, ",\"pid\":", facts->stop.from_pid);
	add_field(io_text, ",\"uid\":", facts->stop.from_uid);
	add_field(io_text, ",\"after_ms\":", facts->stop_ms - facts->started_ms);
	init_text_add(io_text, "}");
}

static void add_json_time(struct init_text *io_text, const char *name,
			  const struct init_facts *facts, int64_t at_ms)
{
	init_text_add(io_text, name);
	if (at_ms)
		init_text_add_number(io_text, at_ms - facts->started_ms);
	else
		init_text_add(io_text, "null");
}

void init_report_json(const struct init_facts *facts, struct init_text *io_text)
{
	const char *separator = "";

	add_field(io_text, "{\"version\":1,\"exit\":", facts->exit_code);
	add_json_main(io_text, facts);
	add_json_stop(io_text, facts);
	add_json_time(io_text, ",\"asked_after_ms\":", facts, facts->asked_ms);
	add_json_time(io_text, ",\"killed_after_ms\":", facts, facts->killed_ms);
	init_text_add(io_text, ",\"forwarded\":{");
	for (int signal = 1; signal <= SIGNAL_MAX; signal++) {
		if (!facts->forwarded[signal])
			continue;
		add_name(io_text, separator, signal);
		add_field(io_text, ":", facts->forwarded[signal]);
		separator = ",";
	}
	add_field(io_text, "},\"reaped\":", (int64_t)facts->reaped);
	add_field(io_text, ",\"ran_ms\":", facts->ended_ms - facts->started_ms);
	init_text_add(io_text, "}\n");
}
