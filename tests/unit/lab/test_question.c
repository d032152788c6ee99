// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/question.h"

#include <string.h>

#include "test.h"

TEST(all_95_are_there_in_order_with_an_answer)
{
	int number = 0;

	for (const struct question *at = questions; at->text; at++) {
		CHECK_INT(at->number, ++number);
		CHECK_TRUE(*at->text && *at->answer && *at->experiments);
		CHECK_TRUE(question_find(number) == at);
	}
	CHECK_INT(number, 95);
	CHECK_TRUE(!question_find(0) && !question_find(96));
}

TEST(each_experiment_has_a_question)
{
	char id[4];

	for (int i = 1; i <= 36; i++) {
		bool is_asked = false;

		id[0] = 'E';
		id[1] = (char)('0' + i / 10);
		id[2] = (char)('0' + i % 10);
		id[3] = '\0';
		for (const struct question *at = questions; at->text; at++)
			is_asked |= question_has(at, id);
		CHECK_TRUE(is_asked);
	}
}

TEST(id_is_found_among_several_and_no_other_in_it)
{
	CHECK_TRUE(question_has(question_find(3), "E19"));
	CHECK_TRUE(question_has(question_find(3), "E21"));
	CHECK_TRUE(!question_has(question_find(3), "E1"));
	CHECK_TRUE(!question_has(question_find(3), "E2"));
}

static int best(const char *words)
{
	const struct question *found[3];

	return question_search(words, found, 3) ? found[0]->number : 0;
}

TEST(question_is_found_by_its_rare_words)
{
	CHECK_INT(best("a heap of children sigchld"), 6);
	CHECK_INT(best("Why does a container not react to kill?"), 61);
	CHECK_INT(best("what is a TSS"), 18);
	CHECK_INT(best("why are there zombies"), 4);
	CHECK_INT(best("restart_syscall"), 72);
	CHECK_INT(best("two processes with parent 0"), 75);
}

TEST(words_that_nobody_has_find_nothing)
{
	CHECK_INT(best("xyzzy"), 0);
	CHECK_INT(best(""), 0);
	CHECK_INT(best("?!"), 0);
}

TEST(no_more_are_found_than_there_is_room_for)
{
	const struct question *found[2];

	CHECK_INT(question_search("signal", found, 2), 2);
	CHECK_INT(question_search("signal", found, 0), 0);
}
