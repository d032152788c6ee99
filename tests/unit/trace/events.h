// SPDX-License-Identifier: GPL-2.0-or-later
/* events - the events of a small recording, made by hand */
#ifndef HUSK_TESTS_UNIT_TRACE_EVENTS_H
#define HUSK_TESTS_UNIT_TRACE_EVENTS_H

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/scope.h"
#include "test.h"
#include "trace/model.h"

enum { OUTER = 100, INIT = 200, INNER = 201, NAMESPACE = 77 };

static inline struct event_head head_of(enum event_kind kind, size_t size, uint64_t time_ns)
{
	return (struct event_head){ .time_ns = time_ns, .size = (uint32_t)size, .kind = kind };
}

/* A process of the machine's own pid namespace, or with @inner its number in another. */
static inline struct event_task event_of_task(enum event_kind kind, uint32_t pid, uint32_t inner,
					      uint64_t time_ns)
{
	struct event_task task = {
		.head = head_of(kind, sizeof(task), time_ns),
		.tgid = pid, .tid = pid, .parent = OUTER, .maker = OUTER, .start_ns = time_ns,
		.flags = inner == 1 ? EVENT_TASK_INIT : 0,
		.namespace = inner ? NAMESPACE : 1,
		.level = inner ? 1 : 0,
		.number = { pid, inner },
	};

	snprintf(task.name, sizeof(task.name), "p%u", pid);
	return task;
}

static inline struct event_signal event_of_signal(uint32_t from, uint32_t to, int signal,
						  enum verdict_result result)
{
	return (struct event_signal){
		.head = head_of(EVENT_SIGNAL, sizeof(struct event_signal), 1000),
		.current_tgid = from, .current_tid = from, .tgid = to, .tid = to,
		.signal = (uint8_t)signal, .result = (uint8_t)result,
		.flags = EVENT_SIGNAL_GROUP,
	};
}

/* @path: shorter than the event has room for. */
static inline struct event_cgroup event_of_cgroup(uint64_t id, uint32_t tree, const char *path)
{
	struct event_cgroup cgroup = { .head = head_of(EVENT_CGROUP, sizeof(cgroup), 5),
				       .id = id, .tree = tree };

	memcpy(cgroup.path, path, strlen(path));
	return cgroup;
}

static inline struct event_exit event_of_exit(uint32_t pid, uint32_t code, uint64_t time_ns)
{
	return (struct event_exit){
		.head = head_of(EVENT_EXIT, sizeof(struct event_exit), time_ns),
		.tgid = pid, .tid = pid, .parent = OUTER, .code = code, .flags = EVENT_EXIT_LAST,
	};
}

static inline struct model_step add(struct model *io_model, const void *event)
{
	struct model_step step = { 0 };
	struct error err;

	CHECK_OK(model_add(io_model, event, &step, &err), err);
	return step;
}

/* OUTER, and a container of two that it has made. */
static inline void add_container(struct model *io_model)
{
	struct event_task tasks[] = {
		event_of_task(EVENT_TASK, OUTER, 0, 10),
		event_of_task(EVENT_FORK, INIT, 1, 20),
		event_of_task(EVENT_FORK, INNER, 2, 30),
	};

	tasks[2].maker = tasks[2].parent = INIT;
	for (size_t i = 0; i < countof(tasks); i++)
		(void)add(io_model, &tasks[i]);
}

#endif
