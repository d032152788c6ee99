// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * session - the processes of one exec, as a unit: told apart, listed, signalled, ended together
 *
 * Asked for by `exec --tty-hangup-kills` or by the annotation. The processes live in a cgroup of
 * their own (cgroup/session.h), so that one which forks twice or calls setsid(2) still
 * belongs to it. Its name is the number of its first process.
 *
 * It ends when its terminal hangs up or its first process ends: SIGHUP and SIGCONT to all that
 * is left, SIGKILL after SESSION_GRACE_MS. Who sees to that is the husk in the foreground, or
 * for a detached exec a process that husk leaves behind (session_watch.c). When that one is
 * killed nobody does; the session can still be listed and killed by name.
 *
 * What a container that manages its own cgroups moves out of the session is no part of it.
 */
#ifndef HUSK_CONTAINER_SESSION_H
#define HUSK_CONTAINER_SESSION_H

#include <stdbool.h>

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"
#include "spec/spec.h"
#include "state/store.h"

/* "true": each exec in this container is a session; "false". */
#define CONTAINER_SESSION_ANNOTATION "org.husk.exec-hangup-kills"

enum { SESSION_GRACE_MS = 3000 };

struct container_session {
	struct cgroup cgroup; /* of the session */
	/* The container's end of a terminal whose other end the caller has, to see it hang up. */
	int terminal_fd; /* -1: none */
};

#define CONTAINER_SESSION_NONE { .terminal_fd = -1 }

/* What the annotation says. -EINVAL when that is neither true nor false. */
MUST_USE int container_session_plan(const struct spec *spec, bool *ret_is_wanted,
				    struct error *err);

/**
 * container_session_open - a new session with @pid in it, before its program runs
 *
 * Removes the folders of sessions that have ended and that nobody saw end.
 * Errors are those of cgroup_session_make, "exec session: " in front.
 */
MUST_USE int container_session_open(const struct cgroup *container, pid_t pid,
				    struct container_session *io_session, struct error *err);

/* Ends what lives in it: SIGHUP and SIGCONT, a grace, SIGKILL. Says nothing of success. */
void container_session_end(const struct container_session *session);

/* Waits for the last, at most five seconds, and removes the folders. */
void container_session_remove(const struct container_session *session);

/* Closes and frees what is in memory; the session itself goes on. */
void container_session_clear(struct container_session *io_session);

/**
 * container_session_watch - leave a process behind that ends the session when it is time
 *
 * @pid_fd: of its first process. The watcher, a child of the caller, keeps no descriptor but
 * this and the session's terminal, has called setsid(2), and ends once the session has ended.
 * Returns its number, or a negative errno of fork(2).
 */
MUST_USE int container_session_watch(const struct container_session *session, int pid_fd,
				     struct error *err);

/* --- from outside --- */

struct container_session_entry {
	char *name;
	pid_t leader;	 /* its first process */
	bool is_running; /* that one is alive */
	size_t count;
	pid_t *pids; /* ascending, as the runtime sees them; at least one */
};

struct container_sessions {
	size_t count;
	struct container_session_entry *item;
	struct arena arena;
};

/**
 * container_session_list - the sessions of a container that have processes
 *
 * arena_clear of @ret_list's arena frees it. Returns 0; -ESRCH "container not running".
 */
MUST_USE int container_session_list(const struct store *store, const char *id,
				    struct container_sessions *ret_list, struct error *err);

/**
 * container_session_kill - @signal to every process of the session @name
 *
 * SIGKILL also waits until they are gone, at most five seconds, and removes the folders, but
 * not in a paused container.
 * Returns 0; -ESRCH "container not running" or "no exec session ..."; -EBUSY when one of them
 * does not end.
 */
MUST_USE int container_session_kill(const struct store *store, const char *id, const char *name,
				    int signal, struct error *err);

#endif
