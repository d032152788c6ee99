// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * box - a container without an image: the machine's own root as a lower layer
 *
 * Makes the configuration; launch.c runs it as any other. Everything of the machine can be read as
 * its user may read it, nothing that is written stays.
 */
#ifndef HUSK_CONTAINER_BOX_H
#define HUSK_CONTAINER_BOX_H

#include <stdbool.h>

#include "base/error.h"
#include "spec/spec.h"

/* What the user asked for; strings are borrowed. */
struct container_box {
	char *const *arguments; /* the program's, NULL at the end */
	struct maybe_int pids, memory_bytes, cpu_thousandths;
	bool has_init, has_terminal, has_host_network, has_seccomp;
	const char *hostname, *user, *working_folder, *rootfs; /* NULL: the default of each */
	const char *const *env, *const *writable, *const *readable; /* NULL at the end */
};

/**
 * container_box_spec - the configuration of a box
 *
 * Looks at the machine: who calls, and whether an overlay can be stacked on the root. Where it
 * cannot, the root is bound read-only, with a tmpfs on /tmp, /var/tmp and /run, and a warning says
 * so.
 *
 * Errors name the option: "--user: "x" is not UID or UID:GID". The caller clears the spec.
 */
MUST_USE int container_box_spec(const struct container_box *box, struct spec *ret_spec,
				struct error *err);

/* A name for a box that has none: "box-" and random letters. The caller frees it. */
char *container_box_name(void);

#endif
