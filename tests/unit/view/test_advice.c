// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/advice.h"

#include <string.h>

#include "signal/rule.h"
#include "scene.h"
#include "test.h"

static const struct verdict_rule *find_rule(const char *id)
{
	for (size_t i = 0; i < verdict_rule_count; i++)
		if (strcmp(verdict_rules[i].id, id) == 0)
			return &verdict_rules[i];
	return NULL;
}

TEST(words_in_braces_are_filled_in)
{
	static const struct {
		const char *rule, *part;
	} rows[] = {
		{ "init-no-handler", "set a handler for SIGTERM;" },
		{ "init-no-handler", "It has handlers for: HUP INT." },
		{ "dying", "its parent 12 must" },
		{ "stopped", "kill -CONT 4711." },
		{ "frozen-v2", "write 0 to /sys/fs/cgroup/x/cgroup.freeze." },
		{ "stopped-by-tracer", "Let process 77 continue" },
		{ "no-right", "as user 33 or" },
		{ "uninterruptible", "/proc/4711/stack" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		autotext struct text text = { 0 };
		char file[] = "/sys/fs/cgroup/x/cgroup.freeze";
		struct scene s;

		scene_set(&s);
		s.facts.freeze.file = file;
		s.facts.status.tracer_pid = 77;
		s.facts.status.uid.real = 33;
		CHECK_TRUE(advice_add(find_rule(rows[i].rule), SIGTERM, &s.facts, &text));
		CHECK_TRUE(strstr(text_get(&text), rows[i].part));
	}
}

TEST(every_advice_is_a_sentence_without_braces)
{
	int count = 0;

	for (size_t i = 0; i < verdict_rule_count; i++) {
		autotext struct text text = { 0 };
		struct scene s;

		scene_set(&s);
		if (!advice_add(&verdict_rules[i], SIGTERM, &s.facts, &text))
			continue;
		count++;
		CHECK_TRUE(!strpbrk(text_get(&text), "{}"));
		CHECK_INT(text.data[text.size - 1], '.');
	}
	/* A row whose rule no longer exists would never be found. */
	CHECK_INT(count, 22);
}

TEST(what_works_needs_no_advice)
{
	static const char *const rules[] = { "handler", "default-terminates", "sure-kill", "awaited" };

	for (size_t i = 0; i < countof(rules); i++) {
		autotext struct text text = { 0 };
		struct scene s;

		scene_set(&s);
		CHECK_TRUE(!advice_add(find_rule(rules[i]), SIGTERM, &s.facts, &text));
		CHECK_STR(text_get(&text), "");
	}
}
