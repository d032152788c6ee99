// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/kind.h"

#include <errno.h>
#include <string.h>

static const char *const names[EVENT_KINDS] = {
	[EVENT_TASK] = "task",	 [EVENT_FORK] = "fork",	    [EVENT_MOVE] = "move",
	[EVENT_EXEC] = "exec",	 [EVENT_EXIT] = "exit",	    [EVENT_FREE] = "free",
	[EVENT_SIGNAL] = "signal", [EVENT_DELIVER] = "deliver", [EVENT_OOM] = "oom",
	[EVENT_FREEZE] = "freeze", [EVENT_CGROUP] = "cgroup", [EVENT_LOST] = "lost",
	[EVENT_LAYER] = "layer", [EVENT_REAP] = "reap",	    [EVENT_REFUSED] = "refused",
	[EVENT_SCHED] = "sched", [EVENT_SWITCHES] = "switches", [EVENT_IRQ] = "irq",
	[EVENT_INTERRUPTS] = "interrupts",
};

const char *kind_name(enum event_kind kind)
{
	return names[kind];
}

int kind_parse(const char *word)
{
	for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++)
		if (strcmp(names[kind], word) == 0)
			return kind;
	return -EINVAL;
}
