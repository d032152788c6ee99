// SPDX-License-Identifier: GPL-2.0-or-later
/* html: one page, and nothing in a recording that could become a part of it */
#include <jansson.h>

#include "story.h"

static const char open_mark[] = "<script type=\"application/json\" id=\"recording\">";
static const char shut_mark[] = "</script>";

static size_t count(const char *text, const char *word)
{
	size_t found = 0;

	while ((text = strstr(text, word))) {
		found++;
		text++;
	}
	return found;
}

/* The data block, as a browser would cut it out. */
static json_t *recording(const char *page)
{
	const char *begin = strstr(page, open_mark);
	const char *end = begin ? strstr(begin, shut_mark) : NULL;
	json_t *whole;

	CHECK_TRUE(begin && end);
	begin += strlen(open_mark);
	whole = json_loadb(begin, (size_t)(end - begin), JSON_REJECT_DUPLICATES, NULL);
	CHECK_TRUE(json_is_object(whole));
	return whole;
}

static const json_t *life(const json_t *whole, long long track)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(whole, "lives"), i, one)
		if (json_integer_value(json_object_get(one, "track")) == track)
			return one;
	return NULL;
}

TEST(the_page_is_whole_and_loads_nothing)
{
	autofree char *page = story_shown("html", &(struct show_filter){ 0 }, "sh");

	CHECK_TRUE(strncmp(page, "<!DOCTYPE html>\n", 16) == 0);
	CHECK_STR(page + strlen(page) - 8, "</html>\n");
	CHECK_INT(count(page, "http://"), 0);
	CHECK_INT(count(page, "https://"), 0);
	CHECK_INT(count(page, "src="), 0);
	CHECK_INT(count(page, "@import"), 0);
	CHECK_INT(count(page, "innerHTML"), 0);
	CHECK_INT(count(page, "@STYLE@") + count(page, "@SCRIPT@") + count(page, "@RECORDING@"), 0);
	CHECK_INT(count(page, "default-src 'none'"), 1);
}

TEST(the_recording_holds_events_lives_and_losses)
{
	autofree char *page = story_shown("html", &(struct show_filter){ 0 }, "sh");
	json_t *whole = recording(page);
	const json_t *events = json_object_get(whole, "events");
	const json_t *term = json_array_get(events, 2), *rule;

	CHECK_INT(json_array_size(events), 6); /* an empty one, and all but the snapshot */
	CHECK_STR(json_string_value(json_array_get(term, 0)), "signal");
	CHECK_INT(json_integer_value(json_array_get(term, 1)), 990);
	CHECK_INT(json_integer_value(json_array_get(term, 2)), INIT);
	CHECK_INT(json_integer_value(json_array_get(term, 3)), OUTER);
	CHECK_STR(json_string_value(json_array_get(term, 4)),
		  "SIGTERM from 100 p100 by kill: ignored [init-no-handler]");
	CHECK_STR(json_string_value(json_array_get(term, 5)), "ignored");
	rule = json_array_get(json_object_get(whole, "rules"),
			      (size_t)json_integer_value(json_array_get(json_array_get(term, 7), 0)));
	CHECK_STR(json_string_value(json_array_get(rule, 0)), "init-no-handler");
	CHECK_INT(json_array_size(json_object_get(whole, "lives")), 2);
	CHECK_TRUE(json_is_true(json_object_get(life(whole, INIT), "first")));
	CHECK_TRUE(json_is_true(json_object_get(life(whole, INIT), "killed")));
	CHECK_INT(json_integer_value(json_object_get(life(whole, INIT), "end")), 2990);
	CHECK_INT(json_integer_value(json_object_get(life(whole, INIT), "gone")), 4990);
	CHECK_STR(json_string_value(json_object_get(whole, "lost")), "3 events lost: 3 signal");
	json_decref(whole);
}

TEST(a_name_cannot_leave_the_block_it_stands_in)
{
	static const char *const names[] = { "</script><b>", "<!--<script>", "\"}]};alert(1)//",
					     "&lt;\\u003c", "\xe2\x80\xa8\xff" };
	autofree char *plain = story_shown("html", &(struct show_filter){ 0 }, "sh");

	for (size_t i = 0; i < countof(names); i++) {
		autofree char *page = story_shown("html", &(struct show_filter){ 0 }, names[i]);
		json_t *whole = recording(page);
		const char *begin = strstr(page, open_mark) + strlen(open_mark);

		CHECK_TRUE(strcspn(begin, "<>&") == (size_t)(strstr(begin, shut_mark) - begin));
		CHECK_INT(count(page, "<script"), count(plain, "<script"));
		CHECK_INT(json_array_size(json_object_get(whole, "lives")), 2);
		json_decref(whole);
	}
}

TEST(a_name_of_markup_comes_back_as_text)
{
	autofree char *page = story_shown("html", &(struct show_filter){ 0 }, "</script><b>");
	json_t *whole = recording(page);

	CHECK_STR(json_string_value(json_object_get(life(whole, INIT), "name")),
		  "200/1 </script><b>");
	json_decref(whole);
}
