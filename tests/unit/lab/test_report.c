// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/report.h"

#include <string.h>

#include "lab/report_json.h"
#include "test.h"

static void show(const void *observation, struct evidence *io_evidence)
{
	evidence_table(io_evidence, NULL, "number");
	evidence_row(io_evidence, "%d", *(const int *)observation);
}

static const struct experiment example = {
	.id = "E99",
	.name = "example",
	.question = "Is it so?",
	.prediction = "It is.",
	.method = "It is looked at.",
	.read_on = "intro(2)",
	.show = show,
};

static int number = 5;

TEST(result_is_question_prediction_evidence_and_verdict)
{
	struct run_result result = { .experiment = &example, .observation = &number, .tries = 1,
				     .finding = { LAB_REFUTED, "it is not" } };
	autotext struct text text = { 0 };

	report_result(&result, &text);
	CHECK_STR(text_get(&text), "E99 example\n\n"
				   "Question    Is it so?\n"
				   "Prediction  It is.\n"
				   "Done        It is looked at.\n\n"
				   "  number\n"
				   "       5\n\n"
				   "Verdict     REFUTED: it is not\n"
				   "Read on     intro(2)\n");
}

TEST(result_without_observation_shows_none)
{
	struct run_result result = { .experiment = &example, .tries = 1,
				     .finding = { LAB_NOT_HERE, "needs root" } };
	autotext struct text text = { 0 };

	report_result(&result, &text);
	CHECK_TRUE(strstr(text_get(&text), "Verdict     NOT OBSERVABLE HERE: needs root\n"));
	CHECK_TRUE(!strstr(text_get(&text), "number"));
}

TEST(line_of_several_begins_with_the_verdict)
{
	struct run_result result = { .experiment = &example,
				     .finding = { LAB_CONFIRMED, "it is" } };
	autotext struct text text = { 0 };

	report_line(&result, &text);
	CHECK_STR(text_get(&text), "confirmed       E99  example               it is\n");
}

TEST(long_paragraph_goes_on_below_its_first_word)
{
	autotext struct text text = { 0 };
	char words[100];

	memset(words, 'x', sizeof(words));
	words[50] = ' ';
	words[99] = '\0';
	report_paragraph("Label", words, &text);
	CHECK_TRUE(strstr(text_get(&text), "Label       xxx"));
	CHECK_TRUE(strstr(text_get(&text), "x\n            xxx"));
}

TEST(json_of_a_result_is_whole)
{
	struct run_result result = { .experiment = &example, .observation = &number, .tries = 2,
				     .finding = { LAB_CONFIRMED, "\"so\"" } };
	autotext struct text text = { 0 };

	report_json_results(&result, 1, &text);
	CHECK_TRUE(strstr(text_get(&text), "\"husk\":null,"));
	CHECK_TRUE(strstr(text_get(&text),
			  "\"verdict\":\"confirmed\",\"finding\":\"\\\"so\\\"\",\"tries\":2,"
			  "\"evidence\":[{\"kind\":\"table\",\"title\":null,"
			  "\"columns\":[\"number\"],\"rows\":[[\"5\"]]}]}]}\n"));
}

TEST(question_names_how_to_see_it)
{
	autotext struct text text = { 0 };

	report_question(question_find(6), &text);
	CHECK_TRUE(strstr(text_get(&text), "See it      husk lab run sigchld-storm\n"));
}
