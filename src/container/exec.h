// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exec - one more process in a container that is there: the parent's side
 *
 *	husk exec                    in between              the process (exec_stage.c)
 *	-----------------------      ------------------      --------------------------
 *	plan, by the private copy
 *	born in the cgroup     ---->
 *	limits, oom score
 *	PLACED                 ---->
 *	                             enters namespaces  ---> born, a child of husk
 *	                       <---- its number              terminal, user, rights, program
 *	                                                <--- CONSOLE, READY
 *	pid file, pidfd; COMMIT                         ---> executes the program
 *
 * Nothing is made that would have to be taken back: when anything fails, or husk dies, the
 * process sees its socket close and ends.
 */
#ifndef HUSK_CONTAINER_EXEC_H
#define HUSK_CONTAINER_EXEC_H

#include <stdbool.h>

#include "base/error.h"
#include "container/step.h"
#include "state/store.h"

/* What is asked for on the command line. Strings and lists are borrowed; lists end with NULL. */
struct container_exec {
	const char *id;
	const char *process; /* a file with a process object; NULL: the words below */
	char *const *arguments;
	const char *cwd, *user, *apparmor_profile, *selinux_label;
	const char *const *env, *const *capabilities, *const *groups;
	bool no_new_privileges;
	/* For both. */
	bool has_terminal; /* also when the file does not say so */
	bool is_detached, ignores_pause;
	bool is_session; /* container/session.h; the annotation asks for it too */
	const char *console_socket, *pid_file, *pidfd_socket;
	const char *const *cgroups; /* "[CONTROLLER:]PATH" */
	int preserve_fds;
};

/**
 * container_exec - run a process in a created, running or paused container
 *
 * In the foreground signals go to the process and a terminal is relayed, as with run. In a
 * paused container (@request->ignores_pause) the process is born frozen, and this waits until
 * the container is resumed.
 *
 * What the process object, or the words, do not have is taken from the container's own process;
 * sets of capabilities never grow by more than was asked for, the inheritable one not at all.
 *
 * A session that is asked for and cannot be had is an error: -ENOTSUP, -EINVAL with @cgroups.
 *
 * @ret_blame: with an error: what the exit status should say.
 *
 * Returns the exit status, 128+n for a signal (0 when detached); -ESRCH "container not running";
 * -EINVAL in a state that does not allow it; what the kernel says.
 */
MUST_USE int container_exec(const struct store *store, const struct container_exec *request,
			    enum container_blame *ret_blame, struct error *err);

#endif
