// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan - everything about one container that can be decided before the first fork
 *
 * Reads the configuration, asks each room for its own plan and refuses what cannot work, while
 * nothing has been made yet. The parent (launch.c) and the first process (stage.c) then act by it:
 * the stage is a fork of the parent and has the plan in its memory.
 */
#ifndef HUSK_CONTAINER_PLAN_H
#define HUSK_CONTAINER_PLAN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"
#include "container/init.h"
#include "container/filter.h"
#include "container/hook.h"
#include "guard/cap.h"
#include "guard/rdt.h"
#include "mount/plan.h"
#include "ns/ns.h"
#include "spec/spec.h"

/* What a caller asks for on the command line. Strings are borrowed. */
struct container_request {
	const char *id;
	const char *bundle;	    /* the folder; NULL: the container's own state folder */
	const char *config;	    /* the file in it; NULL: config.json */
	const char *config_text;    /* given instead of a file, by `box`; NULL: read the file */
	const char *console_socket; /* NULL: none */
	const char *pidfd_socket;   /* gets a pidfd of the first process; NULL: none */
	const char *pid_file;
	int preserve_fds; /* this many from 3 on stay open in the container */
	bool no_pivot, no_new_keyring;
	bool has_init; /* husk-init shall be PID 1 */
	bool in_foreground; /* a terminal may be relayed to the caller's */
	enum cgroup_manager cgroup_manager;
};

struct container_plan {
	const struct container_request *request;
	char *config_text; /* as read: the private copy */
	char *bundle, *rootfs; /* absolute */
	struct spec spec;
	struct ns_plan ns;
	struct cgroup cgroup;
	struct mount_plan mounts;
	struct guard_cap_plan caps;
	struct container_filter filter;
	struct guard_rdt rdt;
	struct container_hook_output hook_output;
	bool has_ready;		  /* the container gets a NOTIFY_SOCKET of its own */
	bool is_privileged;	  /* the caller may do anything on this machine */
	bool keeps_groups;
	bool denies_setgroups;	  /* maps can only be written with setgroups denied */
	int listen_fds;		  /* LISTEN_FDS of the caller: passed on as 3, 4, ... */
	struct container_init init;
	uint64_t ignored_signals; /* the caller's; as signal/set.h */
	int *inherited;		  /* what the caller left open, -1 at the end; or NULL */
	int init_fd;		  /* husk-init, to be PID 1; -1: the program itself */
	struct arena arena;
};

#define CONTAINER_PLAN_NONE { .init_fd = -1 }

/**
 * container_plan_make - decide
 *
 * @request:      borrowed for the plan's life.
 * @state_folder: where the container's state will be, absolute; the bundle of a request
 *                without one.
 *
 * Reads files, makes nothing. Returns 0, or a negative errno; *@ret_plan is to be cleared in
 * either case.
 */
MUST_USE int container_plan_make(const struct container_request *request,
				 const char *state_folder, struct container_plan *ret_plan,
				 struct error *err);

/* Capabilities, groups and scheduler, by the spec and the namespaces that are in the plan. */
MUST_USE int container_plan_rights(struct container_plan *io_plan, struct error *err);

/* The mount plan once more, after cgroup_create found that there can be no cgroup. */
MUST_USE int container_plan_mounts(struct container_plan *io_plan, struct error *err);

void container_plan_clear(struct container_plan *io_plan);

/* Does the configuration have a process with a terminal? */
bool container_plan_has_terminal(const struct container_plan *plan);

#endif
