// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * session - a cgroup below the container's for the processes of one exec
 *
 * A folder "husk-exec-PID", named after the first process. It only groups: no controller is
 * enabled in it, so that every limit stays with the container's own cgroup and counts
 * these processes too. With v1 it therefore exists in the trees of the freezer and of cgroup2
 * alone. In those of the other controllers it would take the processes out of limits
 * that v1 does not hand down (blkio.throttle, realtime) or begin without CPUs (cpuset).
 *
 * What it gives back is a struct cgroup like the container's: cgroup_pids, cgroup_freeze,
 * cgroup_kill and cgroup_delete of driver.h work on it.
 */
#ifndef HUSK_CGROUP_SESSION_H
#define HUSK_CGROUP_SESSION_H

#include "base/error.h"
#include "base/mem.h"
#include "cgroup/driver.h"

/**
 * cgroup_session_make - a new session, and @pid in it
 *
 * @pid: one process without children, as the caller sees it. Should an older session of the
 *       same number still have processes, the new one is called "PID.2" and so on.
 *
 * Nothing stays when it fails. Returns 0; -ENOTSUP in a container without a cgroup, without a
 * tree to group in, or (v2) with threads that it has put into cgroups of their own;
 * -ENOENT when the container is gone; what mkdir(2) says. cgroup_clear releases @ret_session.
 */
MUST_USE int cgroup_session_make(const struct cgroup *container, pid_t pid,
				 struct cgroup *ret_session, struct error *err);

/**
 * cgroup_session_find - by its name: "1234", "1234.2"
 *
 * Returns 0; -ESRCH: "no exec session "1234"". cgroup_clear releases @ret_session.
 */
MUST_USE int cgroup_session_find(const struct cgroup *container, const char *name,
				 struct cgroup *ret_session, struct error *err);

/* The names of all sessions, empty ones too, by number. @ret_names lies in @io_arena. */
MUST_USE int cgroup_session_list(const struct cgroup *container, struct arena *io_arena,
				 char ***ret_names, size_t *ret_count, struct error *err);

/* The first process of a session, alive or not: the number in its name. */
pid_t cgroup_session_leader(const char *name);

/**
 * cgroup_session_hang_up - SIGHUP, then SIGCONT, to each process of it
 *
 * They are frozen meanwhile, so that none can fork out of it; where that cannot be done in
 * time they get the signals all the same. Returns how many there were.
 */
MUST_USE int cgroup_session_hang_up(const struct cgroup *session, struct error *err);

/* One signal in the same way; SIGKILL as cgroup_kill. */
MUST_USE int cgroup_session_signal(const struct cgroup *session, int signal, struct error *err);

#endif
