// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init - whether husk-init becomes PID 1 in front of the configured program
 */
#ifndef HUSK_CONTAINER_INIT_H
#define HUSK_CONTAINER_INIT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/mem.h"
#include "spec/spec.h"

/* "true", "false", or options for husk-init: "--grace 5s --forward HUP=all" */
#define CONTAINER_INIT_ANNOTATION "org.husk.init"

struct container_init {
	bool is_wanted;
	struct json_strings *options; /* NULL: none */
};

/**
 * container_init_plan - what the configuration and the caller ask for; touches nothing
 *
 * @is_asked: by an option of the command line. The annotation "false" does not take it back.
 *
 * A program that is an init itself (tini, dumb-init, catatonit, systemd, ...) is left as PID 1, and a
 * container that has no pid namespace of its own gets no init either: there is no PID 1 in it.
 *
 * Returns 0, or -EINVAL for a value of the annotation that is none of the above.
 */
MUST_USE int container_init_plan(const struct spec *spec, bool is_asked, struct arena *io_arena,
				 struct container_init *ret_init, struct error *err);

/* "husk-init OPTIONS -- ARGS", NULL at the end. */
char **container_init_arguments(const struct container_init *init, const struct json_strings *args,
				struct arena *io_arena);

#endif
