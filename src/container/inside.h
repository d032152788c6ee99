// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inside - pieces of the stage that several ways into a container share
 *
 * All act on the calling process, which is inside the container's namespaces.
 */
#ifndef HUSK_CONTAINER_INSIDE_H
#define HUSK_CONTAINER_INSIDE_H

#include <sys/types.h>

#include "base/error.h"
#include "base/mem.h"
#include "container/plan.h"
#include "container/step.h"

/**
 * container_inside_become_root - in a user namespace: be its user 0, where it has one
 *
 * So that what is made belongs to the container's root. Elsewhere nothing happens.
 */
MUST_USE int container_inside_become_root(const struct container_plan *plan, struct error *err);

/* The part of it that needs no /proc: user and group 0, where the maps of @part have them. */
MUST_USE int container_inside_take_root(const struct spec_linux *part, struct error *err);

/* Is the process to have a label of SELinux or AppArmor? It is written by way of /proc. */
bool container_inside_has_label(const struct container_plan *plan);

/**
 * container_inside_join_keyring - the container's session keyring
 *
 * @proc_fd: of procfs_open, for the keyring's label; -1 when the process has no SELinux label.
 */
MUST_USE int container_inside_join_keyring(const struct container_plan *plan, int proc_fd,
					   struct error *err);

/**
 * container_inside_set_attributes - what lasts over exec: personality, memory policy, CPUs,
 * scheduler, io priority
 *
 * @affinity: NULL: all CPUs that the cgroup allows.
 */
MUST_USE int container_inside_set_attributes(const struct container_plan *plan,
					     const struct spec_cpu_affinity *affinity,
					     struct error *err);

/**
 * container_inside_own_stdio - pipes and terminals on 0, 1, 2 become the container user's
 *
 * So that /dev/stdout can be opened again by name. Never a device of the host such as /dev/null;
 * what may not be changed (another user namespace's, a read-only file system) stays as it is.
 */
MUST_USE int container_inside_own_stdio(uid_t uid, struct error *err);

/* The places at which a seccomp filter can be loaded; a filter has one of them. */
enum container_inside_moment {
	INSIDE_BEFORE_USER, /* without no_new_privs: it needs CAP_SYS_ADMIN, so it comes first;
			     * the profile has to allow what we still do */
	INSIDE_BEFORE_READY, /* one that asks: the parent can still hand its listener over */
	INSIDE_BEFORE_EXEC,  /* all others: the last thing of all */
};

/* Loads the plan's filter if this is its moment. @socket_fd: where a listener goes. */
MUST_USE int container_inside_load_filter(const struct container_plan *plan,
					  enum container_inside_moment moment, int socket_fd,
					  struct error *err);

/**
 * container_inside_become_user - label, working directory, user, groups, capabilities
 *
 * @io_proc_fd: of procfs_open, or -1 where no label is wanted; closed once the label is written.
 *
 * Also loads a filter whose moment comes before, and forbids new privileges last.
 *
 * process.cwd is made when missing, entered before the user changes or else after (a folder may
 * be open to only one of the two), and must lie below the root (CVE-2024-21626).
 */
MUST_USE int container_inside_become_user(const struct container_plan *plan, int *io_proc_fd,
					  int socket_fd, struct error *err);

/* What the process executes. */
struct container_inside_program {
	const char *path; /* NULL: the configuration has none */
	char **environment;
	enum container_blame blame; /* set when this fails */
};

/* With the container's root and user; errors of container_program_find. */
MUST_USE int container_inside_find_program(struct container_plan *io_plan,
					   struct container_inside_program *ret_program,
					   struct error *err);

/*
 * Closes what the caller left open and is not to be kept. Close-on-exec would be too late: a path
 * of the image may lead through /proc/self/fd, and the program be the host's (CVE-2024-21626).
 */
void container_inside_close_inherited(const struct container_plan *plan);

/* What crosses exec: 0, 1, 2, those of LISTEN_FDS, those to preserve; the rest is closed then. */
MUST_USE int container_inside_keep_descriptors(const struct container_plan *plan,
					       struct error *err);

#endif
