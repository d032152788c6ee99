// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load - the programs in the kernel: loaded, attached, read from, gone with their descriptors
 *
 * Nothing is pinned: when the recorder ends, in whatever way, the kernel takes all of it back.
 * Source: bpf(2); libbpf.
 */
#ifndef HUSK_TRACE_LOAD_H
#define HUSK_TRACE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "bpf/event.h"

struct load;

struct load_request {
	bool all;	     /* every process of the machine */
	bool has_cgroups;    /* load_follow_cgroup will be called */
	uint64_t ring_bytes; /* a power of two, 64 KiB or more */
	uint32_t layers;     /* bits, 1 << enum event_layer_name */
	bool tells_switches, tells_interrupts; /* each one, not only their sums */
};

/**
 * load_open - load the programs; nothing is attached yet
 *
 * @request: borrowed until load_close.
 * @ret_load: released with load_close.
 *
 * -EPERM without the right to load them, -ENOTSUP without type information of the kernel (BTF);
 * the text says which and what would help.
 */
MUST_USE int load_open(const struct load_request *request, struct load **ret_load,
		       struct error *err);

void load_close(struct load **io_load);

/* From now on events are told of these, and of all that they start. */
MUST_USE int load_follow_process(struct load *load, uint32_t pid, struct error *err);
MUST_USE int load_follow_namespace(struct load *load, uint32_t inode, struct error *err);
/* All below the cgroup too. @tree: bits of enum event_tree. */
MUST_USE int load_follow_cgroup(struct load *load, uint64_t id, uint32_t tree,
				struct error *err);

/* Is the process followed? */
bool load_follows(const struct load *load, uint32_t pid);

/* Events begin. The layers of the request are loaded as well, those that this kernel lets. */
MUST_USE int load_attach(struct load *load, struct error *err);

/* Events end; those that wait can still be read. */
void load_detach(struct load *load);

/* Gets each event; @event is borrowed for the call. A negative result ends the reading. */
typedef int load_take(void *data, const struct event_head *event);

/* Every task that there is now, as events of the kind EVENT_TASK. */
MUST_USE int load_snapshot(const struct load *load, load_take *take, void *data,
			   struct error *err);

/* What became of each layer that was asked for, as events of the kind EVENT_LAYER. */
MUST_USE int load_report(const struct load *load, load_take *take, void *data);

/* Ends the layers; what they have counted comes as events. The core goes on. */
MUST_USE int load_finish(struct load *load, load_take *take, void *data);

/* A descriptor that poll(2) finds readable when much waits to be read; borrowed. */
int load_poll_fd(const struct load *load);

/* All that waits to be read. Returns how many events, or what @take returned. */
MUST_USE int load_read(struct load *load, load_take *take, void *data, struct error *err);

/* How many events of each kind found no room so far; @ret_lost has EVENT_KINDS elements. */
void load_lost(const struct load *load, uint64_t *ret_lost);

#endif
