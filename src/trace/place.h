// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * place - the cgroups of a recording, and whose container each is
 *
 * The container is told by the path alone (proc/engine.h), so that a recording needs no engine to
 * be asked, neither now nor when it is read elsewhere.
 */
#ifndef HUSK_TRACE_PLACE_H
#define HUSK_TRACE_PLACE_H

#include <stdint.h>

#include "base/mem.h"
#include "bpf/event.h"

/* Lives in the arena of place_add. */
struct place {
	struct place *next; /* place.c */
	uint64_t id;
	uint32_t tree;	       /* bits of enum event_tree */
	const char *path;
	const char *engine;    /* "podman"; NULL: no container's */
	const char *container; /* its id, or the name where an engine has nothing else */
	const char *name;      /* "podman/3f4e5d6c7b8a", for people */
};

enum { PLACE_BUCKETS = 256 };

/* Zeroed it is empty. */
struct places {
	struct place *bucket[PLACE_BUCKETS];
};

/* @event: its path ends within its size. One that is known already is passed over. */
void place_add(struct places *io_places, const struct event_cgroup *event,
	       struct arena *io_arena);

/* NULL: never told of. */
const struct place *place_find(const struct places *places, uint64_t id, enum event_tree tree);

/**
 * place_container - the container that a process is in
 *
 * @cgroup1, @cgroup2: as in struct event_task. NULL when it is in none, or its cgroup is unknown.
 */
const struct place *place_container(const struct places *places, uint64_t cgroup1,
				    uint64_t cgroup2);

#endif
