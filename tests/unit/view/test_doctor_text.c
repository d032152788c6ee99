// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

static char *text_of(struct ward *io_ward)
{
	struct text text = { 0 };

	ward_rules(io_ward);
	io_ward->report.id = "box";
	doctor_text(&io_ward->report, &text);
	return text_take(&text);
}

TEST(health_is_one_line)
{
	autoward struct ward w;
	autofree char *text = NULL;

	ward_set(&w);
	text = text_of(&w);
	CHECK_STR(text, "box: nothing found\n");
}

TEST(head_counts_and_names_the_first_process)
{
	autoward struct ward w;
	autofree char *text = NULL;

	ward_set(&w);
	w.scene[0].facts.target.caught = 0;
	w.facts.privilege.no_new_privs = false;
	w.facts.privilege.uid = 5;
	w.facts.privilege.capabilities = UINT64_MAX;
	ward_rules(&w);
	w.report.id = "box";
	w.report.pid = 100;
	{
		autotext struct text whole = { 0 };

		doctor_text(&w.report, &whole);
		text = text_take(&whole);
	}
	CHECK_TRUE(text_begins(text, "box (first process 100): 1 problem, 2 warnings\n\n  PROBLEM   "));
	CHECK_TRUE(strstr(text, "\n\n  WARNING   "));
	CHECK_TRUE(strstr(text, "[deaf-to-stop]\n  why       "));
	CHECK_TRUE(strstr(text, "\n  fix       "));
}

TEST(control_characters_of_a_container_do_not_get_out)
{
	autoward struct ward w;
	autofree char *text = NULL;

	ward_set(&w);
	w.scene[0].facts.target.caught = 0;
	strcpy(w.process[0].name, "a\033[3m\r\n\xc2\x9b" "b");
	text = text_of(&w);
	CHECK_TRUE(strstr(text, "a?[3m? ??b"));
	CHECK_TRUE(!strchr(text, '\033') && !strchr(text, '\r'));
}

TEST(gaps_are_told)
{
	static const char *gaps[] = { "whether it awaits signals" };
	autoward struct ward w;
	autofree char *text = NULL;

	ward_set(&w);
	w.facts.gap = gaps;
	w.facts.gap_count = 1;
	text = text_of(&w);
	CHECK_STR(text, "box: nothing found\n  unknown   whether it awaits signals\n");
}

TEST(list_has_a_row_for_each_rule)
{
	autotext struct text text = { 0 };
	size_t lines = 0;

	doctor_list(&text);
	for (const char *at = text_get(&text); *at; at += strcspn(at, "\n") + 1)
		lines++;
	CHECK_INT(lines, doctor_rule_count + 2);
	CHECK_TRUE(strstr(text_get(&text), "| `deaf-to-stop` | problem | container, bundle | PID 1"));
	CHECK_TRUE(strstr(text_get(&text), "| `frozen` | warning | container | "));
	CHECK_TRUE(strstr(text_get(&text), "| `oom-killer-off` | warning | bundle | "));
}
