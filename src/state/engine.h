// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * engine - where engines have their containers' states kept
 *
 * podman names no state root, so its containers are in the default one. containerd's shim names
 * RUN/containerd/runc/NAMESPACE ("default", "k8s.io"), Docker RUN/docker/runtime-NAME/moby.
 * Who asks for a container by its id should not have to know that.
 */
#ifndef HUSK_STATE_ENGINE_H
#define HUSK_STATE_ENGINE_H

#include <stddef.h>

#include "base/mem.h"

/* State roots; NULL is the default one. */
struct state_roots {
	size_t count;
	const char **item;
};

/* One more; @root is borrowed for as long as the arena lives. */
void state_roots_add(const char *root, struct arena *io_arena, struct state_roots *io_roots);

/**
 * state_engine_roots - add the state roots of engines, as far as they exist, sorted
 *
 * @run: "/run". They live in the arena.
 */
void state_engine_roots(const char *run, struct arena *io_arena, struct state_roots *io_roots);

#endif
