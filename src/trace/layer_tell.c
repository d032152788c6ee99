// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/layer_tell.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/scope.h"
#include "signal/name.h"
#include "trace/words.h"

/* --- names --- */

static const char *const layers[EVENT_LAYERS] = {
	[EVENT_LAYER_SYSCALLS] = "syscalls", [EVENT_LAYER_SCHED] = "sched",
	[EVENT_LAYER_IRQ] = "irq",	     [EVENT_LAYER_EXTRAS] = "extras",
};

const char *layer_name(enum event_layer_name layer)
{
	return layers[layer];
}

int layer_find(const char *word)
{
	for (int i = 0; i < EVENT_LAYERS; i++)
		if (strcmp(layers[i], word) == 0)
			return i;
	return -EINVAL;
}

const char *layer_state_name(enum event_layer_state state)
{
	static const char *const names[] = {
		[EVENT_LAYER_ON] = "on", [EVENT_LAYER_PARTLY] = "partly", [EVENT_LAYER_OFF] = "off",
	};

	return names[state];
}

const char *layer_call_name(enum event_call call)
{
	static const char *const names[EVENT_CALLS] = {
		[EVENT_CALL_NONE] = "",
		[EVENT_CALL_FORK] = "fork",
		[EVENT_CALL_VFORK] = "vfork",
		[EVENT_CALL_CLONE] = "clone",
		[EVENT_CALL_CLONE3] = "clone3",
		[EVENT_CALL_KILL] = "kill",
		[EVENT_CALL_TKILL] = "tkill",
		[EVENT_CALL_TGKILL] = "tgkill",
		[EVENT_CALL_SIGQUEUEINFO] = "rt_sigqueueinfo",
		[EVENT_CALL_TGSIGQUEUEINFO] = "rt_tgsigqueueinfo",
		[EVENT_CALL_PIDFD_SEND_SIGNAL] = "pidfd_send_signal",
	};

	return names[call];
}

const char *layer_limit_name(enum event_limit limit)
{
	static const char *const names[EVENT_LIMITS] = {
		[EVENT_LIMIT_UNKNOWN] = NULL,
		[EVENT_LIMIT_PIDS] = "pids.max",
		[EVENT_LIMIT_NPROC] = "RLIMIT_NPROC",
		[EVENT_LIMIT_INIT] = "end-of-pid-1",
	};

	return names[limit];
}

const char *layer_switch_name(enum event_switch why)
{
	static const char *const names[EVENT_SWITCH_KINDS] = {
		[EVENT_SWITCH_SLEEPS] = "sleeps",
		[EVENT_SWITCH_BLOCKS] = "blocks",
		[EVENT_SWITCH_STOPS] = "stops",
		[EVENT_SWITCH_FREEZES] = "freezes",
		[EVENT_SWITCH_ENDS] = "ends",
		[EVENT_SWITCH_YIELDS] = "yields",
		[EVENT_SWITCH_PREEMPTED] = "preempted",
		[EVENT_SWITCH_PREEMPTED_IN_CALL] = "preempted-in-call",
	};

	return names[why];
}

const char *layer_irq_name(enum event_irq_source source)
{
	static const char *const names[EVENT_IRQ_SOURCES] = {
		[EVENT_IRQ_HANDLER] = "device",	  [EVENT_IRQ_TIMER] = "timer",
		[EVENT_IRQ_RESCHEDULE] = "reschedule", [EVENT_IRQ_CALL] = "call",
		[EVENT_IRQ_WORK] = "work",	  [EVENT_IRQ_SOFTIRQ] = "softirq",
		[EVENT_IRQ_TASKLET] = "tasklet",  [EVENT_IRQ_IPI_SENT] = "ipi-sent",
	};

	return names[source];
}

/* In the order of include/linux/interrupt.h. */
const char *layer_softirq_name(uint32_t number)
{
	static const char *const names[] = { "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK",
					     "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU" };

	return number < countof(names) ? names[number] : NULL;
}

void layer_tell_state(const struct event_layer *report, struct text *io_text)
{
	static const char *const words[] = {
		[EVENT_LAYER_ON] = "on", [EVENT_LAYER_PARTLY] = "on, without ",
		[EVENT_LAYER_OFF] = "not here: ",
	};

	text_add(io_text, "%s: %s", layer_name(report->layer), words[report->state]);
	words_name(report->why, io_text);
}

/* --- events --- */

static void add_reap(const struct model_step *step, struct text *io_text)
{
	const struct model_process *process = step->process;

	if (step->other) {
		text_add(io_text, "reaped by ");
		words_process(step->other, io_text);
	} else {
		text_add(io_text, "gone by itself: nobody has to wait for it");
	}
	if (!process->end_ns)
		return;
	text_add(io_text, "; a zombie for %s", process->was_dead ? "more than " : "");
	words_duration(step->event->time_ns - process->end_ns, io_text);
}

static void add_limit(const struct event_refused *event, struct text *io_text)
{
	switch ((enum event_limit)event->limit) {
	case EVENT_LIMIT_PIDS:
		text_add(io_text, ": pids.max of cgroup %" PRIu64 " is %" PRIu64,
			 (uint64_t)event->cgroup, (uint64_t)event->limit_value);
		return;
	case EVENT_LIMIT_NPROC:
		text_add(io_text, ": RLIMIT_NPROC of its user is %" PRIu64,
			 (uint64_t)event->limit_value);
		return;
	case EVENT_LIMIT_INIT:
		text_add(io_text, ": PID 1 of the pid namespace has ended");
		return;
	case EVENT_LIMIT_UNKNOWN:
	case EVENT_LIMITS:
		return;
	}
}

static void add_signal_name(uint32_t signal, struct text *io_text)
{
	const char *name = signal && signal <= SIGNAL_MAX ? signal_name((int)signal) : NULL;

	if (name)
		text_add(io_text, " %s", name);
	else
		text_add(io_text, " %u", signal);
}

static void add_refused(const struct model_step *step, struct text *io_text)
{
	const struct event_refused *event = (const void *)step->event;
	const char *call = layer_call_name(event->call);
	const char *error = strerrorname_np((int)event->error);
	bool is_fork = event->call >= EVENT_CALL_FORK && event->call <= EVENT_CALL_CLONE3;

	text_add(io_text, "%s", *call ? call : "the right to send");
	if (!is_fork) {
		add_signal_name(event->signal, io_text);
		text_add(io_text, " to ");
	}
	if (!is_fork && step->other)
		words_process(step->other, io_text);
	else if (!is_fork)
		text_add(io_text, "%d", event->target);
	text_add(io_text, " refused: %s", error ? error : "an unknown error");
	add_limit(event, io_text);
}

static void add_thread(const struct model_step *step, uint32_t tid, struct text *io_text)
{
	if (tid != step->process->pid)
		text_add(io_text, "thread %u: ", tid);
}

static void add_sched(const struct model_step *step, struct text *io_text)
{
	static const char *const words[EVENT_SWITCH_KINDS] = {
		[EVENT_SWITCH_SLEEPS] = "sleeps",
		[EVENT_SWITCH_BLOCKS] = "blocks",
		[EVENT_SWITCH_STOPS] = "stops",
		[EVENT_SWITCH_FREEZES] = "is frozen",
		[EVENT_SWITCH_ENDS] = "ends",
		[EVENT_SWITCH_YIELDS] = "yields",
		[EVENT_SWITCH_PREEMPTED] = "is preempted",
		[EVENT_SWITCH_PREEMPTED_IN_CALL] = "is preempted",
	};
	const struct event_sched *event = (const void *)step->event;

	add_thread(step, event->tid, io_text);
	text_add(io_text, "%s", words[event->why]);
	if (event->call >= 0)
		text_add(io_text, " in system call %d", event->call);
	text_add(io_text, "; processor %u", event->head.cpu);
	if (event->ran_ns) {
		text_add(io_text, " had it for ");
		words_duration(event->ran_ns, io_text);
	}
}

static void add_switches(const struct model_step *step, struct text *io_text)
{
	static const char *const words[EVENT_SWITCH_KINDS] = {
		[EVENT_SWITCH_SLEEPS] = "slept",
		[EVENT_SWITCH_BLOCKS] = "blocked",
		[EVENT_SWITCH_STOPS] = "stopped",
		[EVENT_SWITCH_FREEZES] = "frozen",
		[EVENT_SWITCH_ENDS] = NULL, /* once, and told elsewhere */
		[EVENT_SWITCH_YIELDS] = "yielded",
		[EVENT_SWITCH_PREEMPTED] = "preempted",
		[EVENT_SWITCH_PREEMPTED_IN_CALL] = "preempted in a system call",
	};
	const struct event_switches *event = (const void *)step->event;

	add_thread(step, event->tid, io_text);
	text_add(io_text, "had a processor for ");
	words_duration(event->ran_ns, io_text);
	for (size_t i = 0; i < EVENT_SWITCH_KINDS; i++)
		if (words[i] && event->count[i])
			text_add(io_text, ", %s %" PRIu64 "x", words[i],
				 (uint64_t)event->count[i]);
}

void layer_tell_source(enum event_irq_source source, uint32_t number, struct text *io_text)
{
	static const char *const words[EVENT_IRQ_SOURCES] = {
		[EVENT_IRQ_HANDLER] = "device",	     [EVENT_IRQ_TIMER] = "local timer",
		[EVENT_IRQ_RESCHEDULE] = "reschedule IPI", [EVENT_IRQ_CALL] = "function call IPI",
		[EVENT_IRQ_WORK] = "irq work",	     [EVENT_IRQ_SOFTIRQ] = "softirq",
		[EVENT_IRQ_TASKLET] = "tasklet",     [EVENT_IRQ_IPI_SENT] = "IPI sent",
	};
	const char *softirq = source == EVENT_IRQ_SOFTIRQ ? layer_softirq_name(number) : NULL;

	text_add(io_text, "%s", words[source]);
	if (softirq)
		text_add(io_text, " %s", softirq);
	else if (source == EVENT_IRQ_HANDLER || source == EVENT_IRQ_SOFTIRQ)
		text_add(io_text, " %u", number);
}

static void add_irq(const struct model_step *step, struct text *io_text)
{
	const struct event_irq *event = (const void *)step->event;

	add_thread(step, event->tid, io_text);
	text_add(io_text, "interrupted on processor %u: ", event->head.cpu);
	layer_tell_source(event->source, event->number, io_text);
	text_add(io_text, ", ");
	words_duration(event->took_ns, io_text);
	text_add(io_text, ", depth %u, on the %s stack", event->depth,
		 event->on_task_stack ? "thread's own" : "processor's");
}

static void add_interrupts(const struct model_step *step, struct text *io_text)
{
	const struct event_interrupts *event = (const void *)step->event;

	text_add(io_text, "interrupted on processor %u: ", event->head.cpu);
	layer_tell_source(event->source, event->number, io_text);
	text_add(io_text, " %" PRIu64 "x, ", (uint64_t)event->count);
	words_duration(event->took_ns, io_text);
	text_add(io_text, ", the longest ");
	words_duration(event->longest_ns, io_text);
	text_add(io_text, ", depth %u", event->depth);
}

void layer_tell_event(const struct model_step *step, struct text *io_text)
{
	static void (*const add[EVENT_KINDS])(const struct model_step *, struct text *) = {
		[EVENT_REAP] = add_reap,	 [EVENT_REFUSED] = add_refused,
		[EVENT_SCHED] = add_sched,	 [EVENT_SWITCHES] = add_switches,
		[EVENT_IRQ] = add_irq,		 [EVENT_INTERRUPTS] = add_interrupts,
	};

	if (add[step->event->kind])
		add[step->event->kind](step, io_text);
}
