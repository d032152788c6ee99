// SPDX-License-Identifier: 0BSD
#include "init/orphan.h"

#include <signal.h>
#include <stddef.h>

/* @pid 0 finds a free place. NULL when there is none. */
static struct init_orphan *find(struct init_orphans *orphans, int pid)
{
	for (int i = 0; i < INIT_ORPHANS_MAX; i++)
		if (orphans->item[i].pid == pid)
			return &orphans->item[i];
	return NULL;
}

static void add(struct init_orphans *io_orphans, int pid, int64_t due_ms)
{
	struct init_orphan *place = find(io_orphans, 0);

	if (!place)
		return;
	*place = (struct init_orphan){ .pid = pid, .due_ms = due_ms };
	io_orphans->count++;
}

int init_orphan_see(struct init_orphans *io_orphans, int pid, int64_t now_ms,
		    int64_t timeout_ms, int64_t grace_ms)
{
	struct init_orphan *orphan = find(io_orphans, pid);

	if (!orphan) {
		add(io_orphans, pid, now_ms + timeout_ms);
		return 0;
	}
	if (now_ms < orphan->due_ms)
		return 0;
	orphan->signal = orphan->signal ? SIGKILL : SIGTERM;
	orphan->due_ms = now_ms + grace_ms;
	return orphan->signal;
}

void init_orphan_forget(struct init_orphans *io_orphans, int pid)
{
	struct init_orphan *orphan = io_orphans->count ? find(io_orphans, pid) : NULL;

	if (!orphan)
		return;
	orphan->pid = 0;
	io_orphans->count--;
}
