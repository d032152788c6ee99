// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/doctor.h"

#include <string.h>

#include "ward.h"

TEST(healthy_container_has_no_finding)
{
	autoward struct ward w;

	ward_set(&w);
	CHECK_STR(ward_rules(&w), "");
	CHECK_INT(doctor_worst(&w.report), DOCTOR_CLEAN);
}

TEST(every_rule_has_a_name_of_its_own_a_severity_a_judge_and_a_text)
{
	for (size_t i = 0; i < doctor_rule_count; i++) {
		const struct doctor_rule *rule = &doctor_rules[i];

		CHECK_TRUE(rule->severity == DOCTOR_WARNING || rule->severity == DOCTOR_PROBLEM);
		CHECK_TRUE(rule->judge || rule->judge_bundle);
		CHECK_INT(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz-"), strlen(rule->name));
		CHECK_INT(rule->text[strlen(rule->text) - 1] == '.' ||
			  rule->text[strlen(rule->text) - 1] == '"', 1);
		/* It stands in a row of a table. */
		CHECK_TRUE(!strchr(rule->text, '|') && !strchr(rule->text, '\n'));
		for (size_t j = 0; j < i; j++)
			CHECK_TRUE(strcmp(rule->name, doctor_rules[j].name) != 0);
	}
}

TEST(problems_come_before_warnings)
{
	autoward struct ward w;

	ward_set(&w);
	w.facts.privilege.capabilities = UINT64_MAX;
	w.facts.freeze_file = "cgroup.freeze";
	w.facts.freeze_text = "1";
	w.facts.memory.oom_kills = (struct maybe_uint){ true, 1 };
	w.facts.memory.folder = "/x";
	CHECK_STR(ward_rules(&w), "out-of-memory frozen capabilities");
	CHECK_INT(doctor_worst(&w.report), DOCTOR_PROBLEM);
}

TEST(judge_may_lower_the_severity)
{
	static const char *const args[] = { "sh", "-c", "a; b", NULL };
	autoward struct ward w;

	ward_set_bundle(&w, args);
	CHECK_STR(ward_rules(&w), "shell-in-front");
	CHECK_INT(doctor_worst(&w.report), DOCTOR_WARNING);
}

TEST(every_finding_says_what_it_has_seen_and_what_to_do)
{
	autoward struct ward w;

	ward_set(&w);
	w.scene[0].facts.target.caught = 0;
	w.facts.privilege.capabilities = UINT64_MAX;
	w.facts.freeze_file = "cgroup.freeze";
	w.facts.freeze_text = "1";
	ward_rules(&w);
	CHECK_TRUE(w.report.finding_count >= 2);
	for (size_t i = 0; i < w.report.finding_count; i++) {
		CHECK_TRUE(w.report.finding[i].summary && *w.report.finding[i].summary);
		CHECK_TRUE(w.report.finding[i].fix_count > 0);
	}
}

TEST(what_could_not_be_looked_at_is_told_once)
{
	struct doctor_facts facts = { 0 };
	struct arena arena = { 0 };

	doctor_add_gap(&arena, &facts, "a");
	doctor_add_gap(&arena, &facts, "b");
	doctor_add_gap(&arena, &facts, "a");
	CHECK_INT(facts.gap_count, 2);
	CHECK_STR(facts.gap[1], "b");
	arena_clear(&arena);
}
