// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>

#include "layers.h"
#include "trace/show.h"

/* The last line of a text, without its end. */
static json_t *read_last(char *text)
{
	char *end = strrchr(text, '\n'), *begin;
	json_t *object;

	*end = '\0';
	begin = strrchr(text, '\n');
	object = json_loads(begin + 1, JSON_REJECT_DUPLICATES, NULL);
	CHECK_TRUE(json_is_object(object));
	return object;
}

/* What the format makes of one event of a container. */
static json_t *shown(const void *event)
{
	struct event_task born[] = { event_of_task(EVENT_FORK, INIT, 1, 20),
				     event_of_task(EVENT_FORK, INNER, 2, 30) };
	struct event_exit end = event_of_exit(INNER, 0, 2000);
	const void *events[] = { &born[0], &born[1], &end, event };
	autofree char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);
	struct show show;
	struct error err;
	json_t *object;

	show_begin(&show, render_find("json"), &(struct show_filter){ 0 },
		   (struct render_request){ .out = out });
	for (size_t i = 0; i < countof(events); i++)
		CHECK_OK(show_take(&show, events[i], &err), err);
	fflush(out);
	object = read_last(data);
	show_end(&show);
	fclose(out);
	return object;
}

static void check_words(json_t *object, const char *const (*rows)[2])
{
	for (; (*rows)[0]; rows++) {
		const char *value = json_string_value(json_object_get(object, (*rows)[0]));

		CHECK_STR(value ? value : "", (*rows)[1]);
	}
}

static void check_number(json_t *object, const char *key, long long number)
{
	CHECK_TRUE(json_is_integer(json_object_get(object, key)));
	CHECK_INT(json_integer_value(json_object_get(object, key)), number);
}

TEST(layer_has_its_state_and_no_process)
{
	static const char *const words[][2] = {
		{ "kind", "layer" }, { "layer", "irq" }, { "state", "off" }, { "why", "x" },
		{ "missing", "" }, { NULL, NULL },
	};
	struct event_layer layer = event_of_layer(EVENT_LAYER_OFF, "x");
	json_t *object = shown(&layer);

	check_words(object, words);
	CHECK_TRUE(!json_object_get(object, "process"));
	json_decref(object);
}

TEST(reap_has_its_reaper)
{
	struct event_reap reap = event_of_reap(INIT), alone = event_of_reap(0);
	json_t *object = shown(&reap);

	check_number(object, "zombie_ns", 5000);
	check_number(json_object_get(object, "reaper"), "pid", INIT);
	json_decref(object);
	object = shown(&alone);
	CHECK_TRUE(!json_object_get(object, "reaper"));
	json_decref(object);
}

TEST(refused_fork_has_its_limit_and_refused_signal_its_target)
{
	static const char *const fork_words[][2] = {
		{ "call", "clone3" }, { "errno", "EAGAIN" }, { "limit", "pids.max" },
		{ "signal", "" }, { NULL, NULL },
	};
	static const char *const kill_words[][2] = {
		{ "call", "kill" }, { "errno", "EPERM" }, { "signal", "SIGTERM" }, { NULL, NULL },
	};
	struct event_refused fork = event_of_fork(EVENT_LIMIT_PIDS), kill = event_of_kill(INIT);
	json_t *object = shown(&fork);

	check_words(object, fork_words);
	check_number(object, "limit_value", 16);
	check_number(object, "limit_cgroup", 99);
	json_decref(object);
	object = shown(&kill);
	check_words(object, kill_words);
	check_number(object, "target", 1);
	check_number(json_object_get(object, "target_process"), "pid", INIT);
	json_decref(object);
}

TEST(switches_have_a_count_for_each_reason)
{
	static const char *const words[][2] = { { "switch", "preempted-in-call" }, { NULL, NULL } };
	struct event_switches all = event_of_switches(INNER);
	struct event_sched one = event_of_switch(EVENT_SWITCH_PREEMPTED_IN_CALL, 17);
	json_t *object = shown(&all), *counts = json_object_get(object, "switches");

	CHECK_INT(json_object_size(counts), EVENT_SWITCH_KINDS);
	check_number(counts, "sleeps", 2);
	check_number(counts, "preempted-in-call", 7);
	json_decref(object);
	object = shown(&one);
	check_words(object, words);
	check_number(object, "syscall", 17);
	json_decref(object);
}

TEST(interrupts_have_their_kind_and_stack)
{
	static const char *const words[][2] = {
		{ "interrupt", "softirq" }, { "softirq", "NET_RX" }, { "stack", "processor" },
		{ NULL, NULL },
	};
	struct event_irq irq = event_of_irq(EVENT_IRQ_SOFTIRQ, 3);
	json_t *object = shown(&irq);

	check_words(object, words);
	check_number(object, "depth", 2);
	json_decref(object);
}
