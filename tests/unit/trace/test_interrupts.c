// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.h"

#include "trace/interrupts.h"

static struct event_interrupts sum(enum event_irq_source source, uint16_t number, uint64_t took_ns)
{
	return (struct event_interrupts){ .source = (uint16_t)source, .number = number, .count = 3,
					  .took_ns = took_ns, .longest_ns = took_ns / 2,
					  .on_task_stack = 1, .depth = (uint32_t)(1 + number) };
}

TEST(those_of_one_kind_are_added_up_whoever_was_interrupted)
{
	struct event_interrupts two[] = { sum(EVENT_IRQ_TIMER, 0, 2000), sum(EVENT_IRQ_TIMER, 0, 6000) };
	struct interrupts all = { 0 };

	two[1].head.cpu = 1;
	two[1].tgid = INNER;
	for (size_t i = 0; i < countof(two); i++)
		interrupts_add(&all, &two[i]);
	CHECK_INT(all.count, 1);
	CHECK_INT(all.row[0].count, 6);
	CHECK_INT(all.row[0].took_ns, 8000);
	CHECK_INT(all.row[0].longest_ns, 3000);
	CHECK_INT(all.row[0].on_task_stack, 2);
	interrupts_clear(&all);
}

TEST(kinds_and_numbers_have_a_row_each_the_longest_first)
{
	struct event_interrupts rows[] = { sum(EVENT_IRQ_SOFTIRQ, 3, 1000),
					   sum(EVENT_IRQ_SOFTIRQ, 9, 9000),
					   sum(EVENT_IRQ_HANDLER, 3, 5000) };
	struct interrupts all = { 0 };
	autotext struct text text = { 0 };
	const char *first, *second, *third;

	for (size_t i = 0; i < countof(rows); i++)
		interrupts_add(&all, &rows[i]);
	interrupts_tell(&all, &text);
	first = strstr(text_get(&text), "softirq RCU");
	second = strstr(text_get(&text), "device 3");
	third = strstr(text_get(&text), "softirq NET_RX");
	CHECK_TRUE(first && second && third);
	CHECK_TRUE(first < second && second < third);
	interrupts_clear(&all);
}

TEST(none_are_not_told)
{
	struct interrupts all = { 0 };
	autotext struct text text = { 0 };

	interrupts_tell(&all, &text);
	CHECK_STR(text_get(&text), "");
	interrupts_clear(&all);
}
