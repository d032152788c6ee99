// SPDX-License-Identifier: GPL-2.0-or-later
/* chrome: what Perfetto reads */
#include <jansson.h>

#include "layers.h"
#include "story.h"

static json_t *chart(const char *name)
{
	autofree char *text = story_shown("chrome", &(struct show_filter){ 0 }, name);
	json_t *whole = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	CHECK_TRUE(json_is_object(whole));
	return whole;
}

static const char *word(const json_t *event, const char *key)
{
	const char *value = json_string_value(json_object_get(event, key));

	return value ? value : "";
}

static long long number(const json_t *event, const char *key)
{
	return json_integer_value(json_object_get(event, key));
}

static size_t count(const json_t *whole, const char *phase, long long track)
{
	const json_t *event;
	size_t i, found = 0;

	json_array_foreach(json_object_get(whole, "traceEvents"), i, event)
		found += strcmp(word(event, "ph"), phase) == 0 && number(event, "tid") == track;
	return found;
}

/* The first event with this name on a track. */
static const json_t *find(const json_t *whole, const char *name, long long track)
{
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(whole, "traceEvents"), i, event)
		if (strcmp(word(event, "name"), name) == 0 && number(event, "tid") == track)
			return event;
	return NULL;
}

TEST(all_events_are_of_the_safe_phases)
{
	json_t *whole = chart("sh");
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(whole, "traceEvents"), i, event) {
		CHECK_INT(strlen(word(event, "ph")), 1);
		CHECK_TRUE(strchr("BEXisfM", word(event, "ph")[0]) != NULL);
		CHECK_TRUE(json_is_integer(json_object_get(event, "pid")));
	}
	json_decref(whole);
}

TEST(each_process_is_one_track_with_a_name)
{
	json_t *whole = chart("sh");

	CHECK_INT(count(whole, "M", OUTER), 1);
	CHECK_INT(count(whole, "M", INIT), 1);
	CHECK_INT(count(whole, "M", 0), 1); /* of the group of them all */
	json_decref(whole);
}

TEST(lives_are_slices_that_end_and_zombies_are_another)
{
	json_t *whole = chart("sh");

	CHECK_INT(count(whole, "B", INIT), 2);
	CHECK_INT(count(whole, "E", INIT), 2);
	CHECK_INT(count(whole, "B", OUTER), 1); /* still lives */
	CHECK_INT(count(whole, "E", OUTER), 1);
	CHECK_TRUE(find(whole, "200/1 sh", INIT) != NULL);
	/* Microseconds since the first event, which was at 10 ns. */
	CHECK_TRUE(json_real_value(json_object_get(find(whole, "zombie", INIT), "ts")) == 2.99);
	json_decref(whole);
}

TEST(signals_are_arrows_between_two_slices)
{
	json_t *whole = chart("sh");
	const json_t *start = find(whole, "SIGTERM", OUTER), *finish = find(whole, "SIGTERM", INIT);

	CHECK_TRUE(find(whole, "SIGTERM to 200/1 sh", OUTER) != NULL);
	CHECK_TRUE(find(whole, "SIGTERM: ignored", INIT) != NULL);
	CHECK_TRUE(find(whole, "SIGKILL: terminate", INIT) != NULL);
	CHECK_STR(word(start, "ph"), "s");
	CHECK_STR(word(finish, "ph"), "f");
	CHECK_INT(number(start, "id"), number(finish, "id"));
	CHECK_INT(count(whole, "s", OUTER), 2);
	CHECK_INT(count(whole, "f", INIT), 2);
	json_decref(whole);
}

TEST(losses_are_told)
{
	json_t *whole = chart("sh");

	CHECK_INT(number(json_object_get(whole, "otherData"), "lost_signal"), 3);
	json_decref(whole);
}

TEST(names_are_text_whatever_they_hold)
{
	json_t *whole = chart("\",\"ph\":\"X\\\n");

	CHECK_TRUE(find(whole, "200/1 \",\"ph\":\"X\\?", INIT) != NULL);
	json_decref(whole);
}

TEST(stretches_on_a_processor_are_slices_of_a_track_of_the_thread)
{
	struct event_task born = event_of_task(EVENT_FORK, INNER, 2, 30);
	struct event_layer layer = event_of_layer(EVENT_LAYER_ON, "");
	struct event_sched left = event_of_switch(EVENT_SWITCH_PREEMPTED, -1);
	struct event_irq irq = event_of_irq(EVENT_IRQ_TIMER, 0);
	struct event_switches all = event_of_switches(INNER);
	const void *events[] = { &layer, &born, &irq, &left, &all };
	long long track = (1LL << 40) + INNER;
	autofree char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);
	const json_t *slice;
	struct show show;
	struct error err;
	json_t *whole;

	show_begin(&show, render_find("chrome"), &(struct show_filter){ 0 },
		   (struct render_request){ .out = out });
	for (size_t i = 0; i < countof(events); i++)
		CHECK_OK(show_take(&show, events[i], &err), err);
	show_end(&show);
	fclose(out);
	whole = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	CHECK_TRUE(json_is_object(whole));
	slice = find(whole, "preempted", track);
	CHECK_STR(word(slice, "ph"), "X");
	/* Microseconds since the first event of anybody, which was at 30 ns. */
	CHECK_TRUE(json_real_value(json_object_get(slice, "ts")) == 4.970);
	CHECK_TRUE(json_real_value(json_object_get(slice, "dur")) == 4.0);
	CHECK_TRUE(find(whole, "local timer", track) != NULL);
	CHECK_INT(count(whole, "M", track), 1);
	CHECK_STR(word(json_object_get(whole, "otherData"), "layer_irq"), "irq: on");
	json_decref(whole);
}
