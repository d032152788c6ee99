// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layer_tell - what the layers record, by name and in words
 */
#ifndef HUSK_TRACE_LAYER_TELL_H
#define HUSK_TRACE_LAYER_TELL_H

#include "base/text.h"
#include "trace/model.h"

/* "sched"; stable, for machines and for --with. */
const char *layer_name(enum event_layer_name layer);

/* The layer of the word; -EINVAL: there is none. */
int layer_find(const char *word);

/* "on", "partly", "off"; stable, for machines. */
const char *layer_state_name(enum event_layer_state state);

/* "kill", "clone3", as in section 2 of the manual; "" for EVENT_CALL_NONE. */
const char *layer_call_name(enum event_call call);

/* "pids.max"; NULL: unknown. */
const char *layer_limit_name(enum event_limit limit);

/* "sleeps", "preempted-in-call"; stable, for machines. */
const char *layer_switch_name(enum event_switch why);

/* "timer", "softirq"; stable, for machines. */
const char *layer_irq_name(enum event_irq_source source);

/* "NET_RX": the kernel's own name; NULL: it has no such softirq. */
const char *layer_softirq_name(uint32_t number);

/* "sched: on", "extras: not here: the kernel refuses fentry". */
void layer_tell_state(const struct event_layer *report, struct text *io_text);

/* One step of a kind from EVENT_REAP on, as tell_event. */
void layer_tell_event(const struct model_step *step, struct text *io_text);

/* "local timer", "softirq NET_RX", "device 24". */
void layer_tell_source(enum event_irq_source source, uint32_t number, struct text *io_text);

#endif
