// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>

#include "events.h"
#include "trace/jsonl_part.h"

static void take(struct model *io_model, struct joins *io_joins, const void *event)
{
	struct model_step step = add(io_model, event);

	joins_take(io_joins, &step);
}

/* The lines, each an object; the caller gives the list back. */
static json_t *lines_of(const struct model *model, const struct joins *joins)
{
	char *data = NULL, *rest, *line;
	size_t size = 0;
	json_t *list = json_array();
	struct render_request request = { .model = model, .joins = joins,
					  .out = open_memstream(&data, &size) };

	jsonl_joins(&request);
	fclose(request.out);
	rest = data;
	while ((line = strsep(&rest, "\n")) && *line) {
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		CHECK_TRUE(json_is_object(object));
		json_array_append_new(list, object);
	}
	free(data);
	return list;
}

static const json_t *find(const json_t *lines, const char *kind)
{
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
		if (strcmp(json_string_value(json_object_get(line, "kind")), kind) == 0)
			return line;
	return NULL;
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* An init that is deaf, stopped, dead, and not reaped; and a read that was cut short. */
static void add_story(struct model *io_model, struct joins *io_joins)
{
	struct event_signal term = event_of_signal(OUTER, INIT, SIGTERM, VERDICT_RESULT_IGNORED);
	struct event_signal kill = event_of_signal(OUTER, INIT, SIGKILL, VERDICT_RESULT_DELIVERED);
	struct event_signal last = event_of_signal(OUTER, OUTER, SIGUSR1, VERDICT_RESULT_DELIVERED);
	struct event_deliver taken = {
		.head = head_of(EVENT_DELIVER, sizeof(taken), 1500), .tgid = INNER, .tid = INNER,
		.signal = SIGUSR1, .call_result = -512, .disposition = EVENT_HANDLER,
	};
	struct event_exit end = event_of_exit(INIT, SIGKILL, 4000);

	term.flags |= EVENT_SIGNAL_UNKILLABLE;
	kill.head.time_ns = 3000;
	last.head.time_ns = 4000 + JOINS_ZOMBIE_NS;
	add_container(io_model);
	take(io_model, io_joins, &term);
	take(io_model, io_joins, &taken);
	take(io_model, io_joins, &kill);
	take(io_model, io_joins, &end);
	take(io_model, io_joins, &last);
	joins_end(io_joins, io_model);
}

TEST(each_row_is_a_line)
{
	automodel struct model model = { 0 };
	struct joins joins = { 0 };
	const json_t *stop, *asked, *line;
	json_t *lines;

	add_story(&model, &joins);
	lines = lines_of(&model, &joins);
	stop = find(lines, "stop");
	asked = json_object_get(stop, "asked");
	CHECK_INT(json_array_size(lines), 5);
	CHECK_INT(json_array_size(asked), 2);
	CHECK_STR(word(json_array_get(asked, 0), "now"), "ignored");
	CHECK_INT(number(json_array_get(asked, 1), "time_ns"), 3000);
	CHECK_INT(number(stop, "asked_before"), 0);
	CHECK_INT(number(stop, "end_ns"), 4000);
	CHECK_INT(number(stop, "exit_status"), 137);
	CHECK_STR(word(json_object_get(stop, "killed_by"), "signal"), "SIGKILL");
	line = find(lines, "zombie");
	CHECK_INT(number(line, "from_ns"), 4000);
	CHECK_TRUE(!json_object_get(line, "until_ns"));
	CHECK_INT(number(json_object_get(line, "reaper"), "pid"), OUTER);
	line = find(lines, "lost_signal");
	CHECK_STR(word(line, "how"), "ignored");
	CHECK_STR(word(line, "rule"), "init-no-handler");
	CHECK_INT(number(line, "count"), 1);
	line = find(lines, "interrupted_call");
	CHECK_STR(word(line, "syscall_ends"), "EINTR");
	CHECK_STR(word(line, "signal"), "SIGUSR1");
	line = find(lines, "obituary");
	CHECK_INT(number(json_object_get(line, "process"), "pid"), INIT);
	CHECK_INT(number(line, "exit_status"), 137);
	CHECK_TRUE(strstr(word(line, "words"), "killed by SIGKILL"));
	json_decref(lines);
	joins_clear(&joins);
}

TEST(what_is_left_out_is_counted_for_each_kind)
{
	struct joins joins = { .table[JOINS_LOST].left_out = 7 };
	autotext struct text text = { 0 };

	jsonl_left_out(&joins, &text);
	CHECK_STR(text_get(&text), "\"left_out\":{\"stop\":0,\"zombie\":0,\"lost_signal\":7,"
				   "\"interrupted_call\":0}");
}
