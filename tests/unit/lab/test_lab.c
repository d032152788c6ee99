// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lab/lab.h"
#include "lab/question.h"
#include "test.h"

TEST(experiment_is_found_by_name_and_by_id)
{
	CHECK_TRUE(lab_find("sigchld-storm") == lab_find("e14"));
	CHECK_STR(lab_find("E14")->name, "sigchld-storm");
	CHECK_TRUE(!lab_find("sigchld"));
}

TEST(every_experiment_is_whole)
{
	for (const struct experiment *const *at = lab_list; *at; at++) {
		const struct experiment *e = *at;

		CHECK_TRUE(lab_find(e->id) == e && lab_find(e->name) == e);
		CHECK_TRUE(e->question[strlen(e->question) - 1] == '?');
		CHECK_TRUE(*e->prediction && *e->method && *e->read_on);
		CHECK_TRUE(e->size && e->observe && e->check && e->show);
	}
}

TEST(list_is_by_id)
{
	for (const struct experiment *const *at = lab_list; at[0] && at[1]; at++)
		CHECK_TRUE(strcmp(at[0]->id, at[1]->id) < 0);
}

TEST(first_broken_prediction_is_the_one_that_is_told)
{
	struct finding finding = { 0 };

	CHECK_TRUE(finding_must(&finding, true, "a"));
	CHECK_INT(finding.verdict, LAB_CONFIRMED);
	CHECK_TRUE(!finding_may(&finding, false, "b"));
	CHECK_INT(finding.verdict, LAB_UNSEEN);
	CHECK_TRUE(!finding_must(&finding, false, "c %d", 1));
	CHECK_TRUE(!finding_must(&finding, false, "d"));
	finding_may(&finding, false, "e");
	finding_say(&finding, "f");
	CHECK_INT(finding.verdict, LAB_REFUTED);
	CHECK_STR(finding.text, "c 1");
}

TEST(confirmed_finding_says_what_was_seen)
{
	struct finding finding = { 0 };

	finding_say(&finding, "%d of %d", 2, 2);
	CHECK_INT(finding.verdict, LAB_CONFIRMED);
	CHECK_STR(finding.text, "2 of 2");
}
