// SPDX-License-Identifier: GPL-2.0-or-later
/* show, and the formats behind it: text and json */
#include <jansson.h>

#include "base/text.h"
#include "signal/set.h"
#include "story.h"

TEST(text_tells_each_event_the_obituary_and_the_losses)
{
	autofree char *text = story_shown("text", &(struct show_filter){ 0 }, "p200");

	CHECK_TRUE(strstr(text, "200/1 p200              born, forked by 100 p100\n") != NULL);
	CHECK_TRUE(strstr(text, "SIGTERM from 100 p100 by kill: ignored [init-no-handler]\n") != NULL);
	CHECK_TRUE(strstr(text, "killed by SIGKILL from 100 p100 by kill; the kernel now kills") !=
		   NULL);
	CHECK_TRUE(strstr(text, "3 events lost: 3 signal; a larger") != NULL);
	CHECK_TRUE(strchr(text, '\033') == NULL);
}

TEST(filters_keep_events_back_and_not_their_meaning)
{
	struct show_filter filter = { .signals = signal_set_of(SIGTERM), .kinds = 1 << EVENT_SIGNAL };
	autofree char *text = story_shown("text", &filter, "p200");

	CHECK_TRUE(strstr(text, "SIGTERM from") != NULL);
	CHECK_TRUE(strstr(text, "born") == NULL);
	/* Not shown as an event; but the obituary knows it. */
	CHECK_TRUE(strstr(text, "lived 2 us: killed by SIGKILL") != NULL);
}

TEST(each_line_of_json_is_an_object)
{
	autofree char *text = story_shown("json", &(struct show_filter){ 0 }, "p200");
	char *rest = text, *line;
	int count = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		CHECK_TRUE(json_is_object(object));
		CHECK_TRUE(json_is_string(json_object_get(object, "kind")));
		json_decref(object);
		count++;
	}
	CHECK_INT(count, 11); /* begin, six events, a stop, a loss, an obituary, end */
}

TEST(a_layer_is_shown_once_however_often_it_is_told)
{
	struct event_layer layer = { .head = head_of(EVENT_LAYER, sizeof(layer), 5),
				     .layer = EVENT_LAYER_IRQ };

	for (size_t i = 0; i < 3; i++) {
		static const char *const formats[] = { "text", "json", "html" };
		static const char *const said[] = { "irq: on\n", "\"layer\":\"irq\"", NULL };
		autofree char *data = NULL;
		const char *first;
		size_t size = 0;
		FILE *out = open_memstream(&data, &size);
		struct show show;
		struct error err;

		show_begin(&show, render_find(formats[i]), &(struct show_filter){ 0 },
			   (struct render_request){ .out = out });
		CHECK_OK(show_take(&show, &layer.head, &err), err);
		CHECK_OK(show_take(&show, &layer.head, &err), err);
		show_end(&show);
		fclose(out);
		if (!said[i])
			continue;
		first = strstr(data, said[i]);
		CHECK_TRUE(first && !strstr(first + 1, said[i]));
	}
}

TEST(formats_are_known_by_name)
{
	CHECK_TRUE(render_find("text") == &render_text);
	CHECK_TRUE(render_find("json") == &render_json);
	CHECK_TRUE(render_find("chrome") == &render_chrome);
	CHECK_TRUE(render_find("html") == &render_html);
	CHECK_TRUE(!render_find("xml"));
}
