// SPDX-License-Identifier: GPL-2.0-or-later
/* layers - one event of each kind that the layers tell, and the words of it */
#ifndef HUSK_TESTS_UNIT_TRACE_LAYERS_H
#define HUSK_TESTS_UNIT_TRACE_LAYERS_H

#include <errno.h>

#include "events.h"

static inline struct event_reap event_of_reap(uint32_t waiter)
{
	return (struct event_reap){ .head = head_of(EVENT_REAP, sizeof(struct event_reap), 7000),
				    .tgid = INNER, .waiter = waiter, .waiter_tid = waiter };
}

static inline struct event_refused event_of_fork(enum event_limit limit)
{
	return (struct event_refused){
		.head = head_of(EVENT_REFUSED, sizeof(struct event_refused), 100),
		.tgid = INNER, .tid = INNER, .call = EVENT_CALL_CLONE3, .error = EAGAIN,
		.limit = (uint32_t)limit, .limit_value = 16, .cgroup = 99,
	};
}

static inline struct event_refused event_of_kill(uint32_t known)
{
	return (struct event_refused){
		.head = head_of(EVENT_REFUSED, sizeof(struct event_refused), 100),
		.tgid = INNER, .tid = INNER, .call = EVENT_CALL_KILL, .error = EPERM,
		.target = 1, .target_tgid = known, .signal = SIGTERM,
	};
}

static inline struct event_sched event_of_switch(enum event_switch why, int call)
{
	return (struct event_sched){
		.head = head_of(EVENT_SCHED, sizeof(struct event_sched), 9000),
		.tgid = INNER, .tid = INNER, .why = (uint32_t)why, .call = call, .ran_ns = 4000,
	};
}

static inline struct event_switches event_of_switches(uint32_t tid)
{
	struct event_switches all = { .head = head_of(EVENT_SWITCHES, sizeof(all), 9500),
				      .tgid = INNER, .tid = tid, .ran_ns = 5000000 };

	all.count[EVENT_SWITCH_SLEEPS] = 2;
	all.count[EVENT_SWITCH_PREEMPTED_IN_CALL] = 7;
	return all;
}

static inline struct event_irq event_of_irq(enum event_irq_source source, uint16_t number)
{
	return (struct event_irq){
		.head = head_of(EVENT_IRQ, sizeof(struct event_irq), 8000), .tgid = INNER,
		.tid = INNER, .source = (uint16_t)source, .number = number, .depth = 2,
		.took_ns = 3000,
	};
}

static inline struct event_layer event_of_layer(enum event_layer_state state, const char *why)
{
	struct event_layer layer = { .head = head_of(EVENT_LAYER, sizeof(layer), 5),
				     .layer = EVENT_LAYER_IRQ, .state = (uint32_t)state };

	snprintf(layer.why, sizeof(layer.why), "%s", why);
	return layer;
}

#endif
