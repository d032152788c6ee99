// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/check.h"

#include "layers.h"

static void check_refused(const struct event_head *event, const char *words)
{
	struct error err;

	CHECK_INT(check_event(event, &err), -EBADMSG);
	CHECK_TRUE(strstr(err.text, words) != NULL);
}

TEST(what_is_no_event_is_refused)
{
	struct event_end end = { .head = head_of(EVENT_KINDS, sizeof(end), 1) };
	struct error err;

	CHECK_ERROR(check_event(&end.head, &err), err, EBADMSG, "an event of the unknown kind 20");
	end.head.kind = EVENT_SIGNAL;
	CHECK_ERROR(check_event(&end.head, &err), err, EBADMSG,
		    "an event of kind 7 has 24 bytes, not 56");
}

TEST(each_kind_has_a_least_size)
{
	uint64_t room[128] = { 0 };
	struct event_head *event = (void *)room;
	struct error err;

	for (uint16_t kind = 1; kind < EVENT_KINDS; kind++) {
		*event = (struct event_head){ .kind = kind, .size = sizeof(*event) };
		check_refused(event, "has 16 bytes, not");
		event->size = sizeof(room);
		/* A signal has a number. */
		if (kind != EVENT_SIGNAL && kind != EVENT_DELIVER)
			CHECK_OK(check_event(event, &err), err);
	}
}

TEST(what_no_kernel_has_told_is_refused)
{
	struct event_signal sent = event_of_signal(OUTER, INNER, 65, VERDICT_RESULT_DELIVERED);
	struct event_signal result = event_of_signal(OUTER, INNER, SIGTERM, 5);
	struct event_deliver taken = { .head = head_of(EVENT_DELIVER, sizeof(taken), 1) };
	struct event_exec exec = { .task = event_of_task(EVENT_EXEC, INNER, 2, 1) };
	struct event_cgroup cgroup = event_of_cgroup(7, EVENT_TREE_V2, "/");
	struct event_lost lost = { .head = head_of(EVENT_LOST, sizeof(lost), 1),
				   .kind = EVENT_KINDS };
	const struct event_head *events[] = { &sent.head, &result.head, &taken.head,
					      &exec.task.head, &cgroup.head, &lost.head };

	exec.task.head.size = sizeof(exec);
	memset(exec.file, 'x', sizeof(exec.file));
	memset(cgroup.path, 'x', sizeof(cgroup.path));
	for (size_t i = 0; i < countof(events); i++)
		check_refused(events[i], "that no kernel has told");
}

TEST(what_is_said_of_a_time_after_the_end_of_time_is_refused)
{
	struct event_end end = { .head = head_of(EVENT_FREE, sizeof(end), 1) };
	struct event_task task = event_of_task(EVENT_TASK, INNER, 2, 1);
	struct error err;

	end.head.time_ns = task.start_ns = CHECK_TIME_MAX_NS;
	CHECK_OK(check_event(&end.head, &err), err);
	CHECK_OK(check_event(&task.head, &err), err);
	end.head.time_ns = ++task.start_ns;
	check_refused(&end.head, "that no kernel has told");
	check_refused(&task.head, "that no kernel has told");
}

TEST(what_no_layer_has_told_is_refused)
{
	struct event_refused call = event_of_fork(EVENT_LIMITS), limit = event_of_fork(0);
	struct event_sched why = event_of_switch(EVENT_SWITCH_KINDS, 0);
	struct event_irq source = event_of_irq(EVENT_IRQ_SOURCES, 0);
	struct event_layer third = event_of_layer(3, ""), text = event_of_layer(0, "");
	struct event_layer unknown = event_of_layer(0, "");
	const struct event_head *events[] = { &call.head,  &limit.head, &why.head,    &source.head,
					      &third.head, &text.head,  &unknown.head };

	limit.call = EVENT_CALLS;
	unknown.layer = EVENT_LAYERS;
	memset(text.why, 'x', sizeof(text.why));
	for (size_t i = 0; i < countof(events); i++)
		check_refused(events[i], "that no kernel has told");
}
