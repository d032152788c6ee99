// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hook - the six lists of programs that run along a container's life
 *
 * Source: runtime-spec, config.md "POSIX-platform Hooks" and runtime.md "Lifecycle".
 */
#ifndef HUSK_CONTAINER_HOOK_H
#define HUSK_CONTAINER_HOOK_H

#include "base/error.h"
#include "spec/spec.h"

/* Where hooks write instead of into the error's text; 0 for one that is kept. */
struct container_hook_output {
	int stdout_fd, stderr_fd;
};

#define autohookoutput autoclean(container_hook_output_close)

/**
 * container_hook_output_open - the files of "run.oci.hooks.stdout" and "run.oci.hooks.stderr"
 *
 * Opened on the host, before any root changes; hooks append to them.
 * @annotations: NULL for none. Errors: "annotations[\"run.oci.hooks.stdout\"]: ...".
 */
MUST_USE int container_hook_output_open(const struct json_pairs *annotations,
					struct container_hook_output *ret_output,
					struct error *err);

void container_hook_output_close(struct container_hook_output *io_output);

/* What all hooks of a list get alike. */
struct container_hook_setting {
	const char *state;	    /* the state JSON, on stdin */
	const char *working_folder; /* they start in it */
	struct container_hook_output output;
};

/**
 * container_hook_run_all - run a list in its order, each to its end
 *
 * @kind:  the list's name for errors ("createRuntime").
 * @hooks: NULL is an empty list.
 *
 * Returns 0, or a negative errno for the first that failed: "createRuntime hook #0
 * (/path): exit status 1, output: ...". The rest does not run.
 */
MUST_USE int container_hook_run_all(const char *kind, const struct spec_hook_list *hooks,
				    const struct container_hook_setting *setting,
				    struct error *err);

/* poststop: a hook that fails is a warning in the log, and the next one runs. */
void container_hook_run_poststop(const struct spec_hook_list *hooks,
				 const struct container_hook_setting *setting);

#endif
