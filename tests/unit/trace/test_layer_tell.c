// SPDX-License-Identifier: GPL-2.0-or-later
#include "layers.h"

#include "trace/layer_tell.h"

static void check_words(struct model *io_model, const void *event, const char *words)
{
	struct model_step step = add(io_model, event);
	autotext struct text text = { 0 };

	layer_tell_event(&step, &text);
	CHECK_STR(text_get(&text), words);
}

TEST(layers_are_known_by_name)
{
	for (int i = 0; i < EVENT_LAYERS; i++)
		CHECK_INT(layer_find(layer_name(i)), i);
	CHECK_INT(layer_find("core"), -EINVAL);
}

TEST(state_says_what_is_missing_and_why)
{
	static const struct {
		enum event_layer_state state;
		const char *why, *words;
	} rows[] = {
		{ EVENT_LAYER_ON, "", "irq: on" },
		{ EVENT_LAYER_PARTLY, "ipi_send_cpu", "irq: on, without ipi_send_cpu" },
		{ EVENT_LAYER_OFF, "no\x1b", "irq: not here: no?" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct event_layer layer = event_of_layer(rows[i].state, rows[i].why);
		autotext struct text text = { 0 };

		layer_tell_state(&layer, &text);
		CHECK_STR(text_get(&text), rows[i].words);
	}
}

TEST(reaping_has_its_waiter_and_the_time_of_the_zombie)
{
	automodel struct model model = { 0 };
	struct event_exit end = event_of_exit(INNER, 0, 2000);
	struct event_reap by_init = event_of_reap(INIT), by_nobody = event_of_reap(0);
	struct event_end gone = { .head = head_of(EVENT_FREE, sizeof(gone), 9000),
				  .tgid = INNER, .tid = INNER };

	add_container(&model);
	(void)add(&model, &end);
	check_words(&model, &by_nobody,
		    "gone by itself: nobody has to wait for it; a zombie for 5 us");
	check_words(&model, &by_init, "reaped by 200/1 p200; a zombie for 5 us");
	(void)add(&model, &gone);
	CHECK_INT(model_gone_ns(model_find(&model, INNER)), 7000);
}

TEST(who_was_dead_before_was_a_zombie_for_longer)
{
	automodel struct model model = { 0 };
	struct event_task dead = event_of_task(EVENT_TASK, INNER, 2, 2000);
	struct event_reap by_init = event_of_reap(INIT);

	dead.flags = EVENT_TASK_DEAD;
	(void)add(&model, &dead);
	check_words(&model, &by_init, "reaped by 200; a zombie for more than 5 us");
}

TEST(refused_calls_have_their_reason)
{
	automodel struct model model = { 0 };
	struct event_refused forks[] = {
		event_of_fork(EVENT_LIMIT_UNKNOWN), event_of_fork(EVENT_LIMIT_PIDS),
		event_of_fork(EVENT_LIMIT_NPROC), event_of_fork(EVENT_LIMIT_INIT),
	};
	struct event_refused kills[] = { event_of_kill(0), event_of_kill(INIT) };

	add_container(&model);
	check_words(&model, &forks[0], "clone3 refused: EAGAIN");
	check_words(&model, &forks[1], "clone3 refused: EAGAIN: pids.max of cgroup 99 is 16");
	check_words(&model, &forks[2], "clone3 refused: EAGAIN: RLIMIT_NPROC of its user is 16");
	check_words(&model, &forks[3],
		    "clone3 refused: EAGAIN: PID 1 of the pid namespace has ended");
	check_words(&model, &kills[0], "kill SIGTERM to 1 refused: EPERM");
	check_words(&model, &kills[1], "kill SIGTERM to 200/1 p200 refused: EPERM");
	kills[1].call = EVENT_CALL_NONE;
	kills[1].signal = 200;
	check_words(&model, &kills[1], "the right to send 200 to 200/1 p200 refused: EPERM");
}

TEST(switches_and_interrupts_are_told_of_their_thread)
{
	automodel struct model model = { 0 };
	struct event_sched in_call = event_of_switch(EVENT_SWITCH_PREEMPTED_IN_CALL, 17);
	struct event_switches main = event_of_switches(INNER), other = event_of_switches(999);
	struct event_irq irq = event_of_irq(EVENT_IRQ_SOFTIRQ, 3);
	struct event_interrupts all = { .head = head_of(EVENT_INTERRUPTS, sizeof(all), 8000),
					.tgid = INNER, .source = EVENT_IRQ_HANDLER, .number = 24,
					.count = 5, .took_ns = 9000, .longest_ns = 4000,
					.depth = 1 };

	add_container(&model);
	check_words(&model, &in_call, "is preempted in system call 17; processor 0 had it for 4 us");
	check_words(&model, &main,
		    "had a processor for 5.0 ms, slept 2x, preempted in a system call 7x");
	check_words(&model, &other, "thread 999: had a processor for 5.0 ms, slept 2x, "
				    "preempted in a system call 7x");
	check_words(&model, &irq, "interrupted on processor 0: softirq NET_RX, 3 us, depth 2, on the "
				  "processor's stack");
	check_words(&model, &all, "interrupted on processor 0: device 24 5x, 9 us, the longest 4 us, "
				  "depth 1");
}
