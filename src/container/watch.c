// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/watch.h"

#include <unistd.h>

#include "base/log.h"
#include "container/witness.h"

void container_watch_open(const struct cgroup *cgroup, const struct store_entry *entry,
			  struct container_watch *ret_watch)
{
	struct error err;

	*ret_watch = (struct container_watch){
		.oom = CGROUP_OOM_NONE, .cgroup = cgroup, .entry = entry,
		.left = CONTAINER_WATCH_MAX,
	};
	if (cgroup_oom_open(cgroup, &ret_watch->oom, &err) < 0)
		log_debug("%s: %s", entry->id, err.text);
}

void container_watch_take(struct container_watch *io_watch)
{
	/* The eventfd of v1 counts up once more when its folder is removed. */
	if (!cgroup_oom_take(&io_watch->oom) || access(io_watch->cgroup->tree->folder, F_OK) < 0)
		return;
	container_witness_out_of_memory(io_watch->entry);
	if (--io_watch->left == 0)
		container_watch_close(io_watch);
}

void container_watch_close(struct container_watch *io_watch)
{
	cgroup_oom_close(&io_watch->oom);
}
