// SPDX-License-Identifier: GPL-2.0-or-later
#include "ward.h"

TEST(no_target_is_an_empty_list)
{
	autotext struct text text = { 0 };

	doctor_json(NULL, 0, &text);
	CHECK_STR(text_get(&text), "{\"version\":1,\"targets\":[]}\n");
}

TEST(healthy_container_and_bundle_are_told_apart)
{
	struct doctor_report reports[] = { { .id = "a\"b", .pid = 7 },
					   { .id = "c", .is_bundle = true } };
	autotext struct text text = { 0 };

	doctor_json(reports, 2, &text);
	CHECK_STR(text_get(&text),
		  "{\"version\":1,\"targets\":[{\"target\":\"a\\\"b\",\"kind\":\"container\","
		  "\"pid\":7,\"severity\":\"none\",\"findings\":[],\"unknown\":[]},"
		  "{\"target\":\"c\",\"kind\":\"bundle\",\"severity\":\"none\",\"findings\":[],"
		  "\"unknown\":[]}]}\n");
}

TEST(finding_has_rule_severity_words_evidence_and_fixes)
{
	autotext struct text text = { 0 };
	autoward struct ward w;

	ward_set(&w);
	w.facts.freeze_file = "/x/cgroup.freeze";
	w.facts.freeze_text = "1";
	ward_rules(&w);
	w.report.id = "box";
	doctor_json(&w.report, 1, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"severity\":\"warning\",\"findings\":[{\"rule\":"
			  "\"frozen\",\"severity\":\"warning\",\"summary\":\"it is frozen\","));
	CHECK_TRUE(strstr(text_get(&text), "\"evidence\":[{\"source\":\"/x/cgroup.freeze\","
			  "\"text\":\"1\"}],\"fix\":[\"let it go on: husk resume box\"]}]"));
}
