// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * self - the runtime's own binary, kept out of a container's reach
 *
 * A process that enters a container shows its binary as /proc/PID/exe. Were that the host's
 * file, the container could open it through there and, once nobody executes it any more,
 * write to it: the next call of the runtime would run the container's code on the host
 * (CVE-2019-5736). So the runtime runs from something that cannot be written: a detached read-only
 * clone of the file's mount, or a sealed copy in memory where no mount may be cloned.
 */
#ifndef HUSK_CONTAINER_SELF_H
#define HUSK_CONTAINER_SELF_H

#include "base/error.h"

/**
 * container_self_protect - go on as the same program from an unwritable place
 *
 * Called before anything else by the commands that enter a container. Executes the program again,
 * with @argv, when needed; returns only when that is not needed (any more). An ordinary user's
 * container cannot write a file that the user cannot write, so that case needs nothing.
 *
 * Source: open_tree(2), mount_setattr(2), memfd_create(2) with F_ADD_SEALS, execveat(2).
 */
MUST_USE int container_self_protect(char **argv, struct error *err);

/* The path of what lies at @name beside the husk binary, there or not; the caller frees it. */
char *container_self_beside(const char *name);

/**
 * container_self_find_helper - the path of an executable of husk's own
 *
 * @name: "husk-systemd"; looked for beside the husk binary, then in the libexec folder.
 *
 * Returns the path, the caller frees it; or NULL when there is none.
 */
char *container_self_find_helper(const char *name);

/**
 * container_self_open_helper - an executable of husk's own, opened for execveat
 *
 * @name: "husk-init"; looked for as container_self_find_helper does.
 *
 * Returns a close-on-exec descriptor of an unwritable view of the file, as the runtime's own
 * binary gets; or -ENOENT naming the places.
 */
MUST_USE int container_self_open_helper(const char *name, struct error *err);

#endif
