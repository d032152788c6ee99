// SPDX-License-Identifier: GPL-2.0-or-later
/* scene - facts about a process that is not there, for tests of what is said about it */
#ifndef HUSK_TESTS_UNIT_VIEW_SCENE_H
#define HUSK_TESTS_UNIT_VIEW_SCENE_H

#include <signal.h>
#include <stdio.h>

#include "signal/set.h"
#include "view/facts.h"

struct scene {
	struct facts facts;
	struct verdict_thread thread;
};

/* PID 1 of a container, "web", that has handlers for HUP and INT; asked by husk outside of it. */
static inline void scene_set(struct scene *ret)
{
	*ret = (struct scene){ .thread = { .tid = 4711, .state = 'S' } };
	ret->facts = (struct facts){
		.task = { .pid = 4711, .parent_pid = 12, .state = 'S', .name = "web" },
		.status = { .level_count = 2, .level = { 4711, 1 } },
		.sender_pid = 99,
		.sender_name = "husk",
		.target = {
			.exists = true,
			.is_init = true,
			.caught = signal_set_of(SIGHUP) | signal_set_of(SIGINT),
			.queue_limit = 100,
			.thread_count = 1,
			.thread = &ret->thread,
		},
		.sender = { .sees_target = true },
	};
}

#endif
