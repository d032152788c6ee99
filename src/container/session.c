// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/session.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "cgroup/session.h"
#include "container/subject.h"
#include "proc/task.h"

int container_session_plan(const struct spec *spec, bool *ret_is_wanted, struct error *err)
{
	const char *value = spec_find_annotation(spec->annotations, CONTAINER_SESSION_ANNOTATION);

	*ret_is_wanted = value && strcmp(value, "true") == 0;
	if (!value || *ret_is_wanted || strcmp(value, "false") == 0)
		return 0;
	return error_set(err, EINVAL,
			 "config.json: annotations[\"%s\"]: \"%s\" is neither true nor false",
			 CONTAINER_SESSION_ANNOTATION, value);
}

/* --- open --- */

static bool is_alive(pid_t pid)
{
	struct error ignored;
	struct task task;

	return task_read(pid, &task, &ignored) == 0 && !task_is_dead(&task);
}

/*
 * Removes a session that has ended. One that is only being made has no process yet, but its
 * leader is alive.
 */
static void sweep_one(const struct cgroup *container, const char *name, struct arena *io_arena)
{
	autocgroup struct cgroup session = { 0 };
	struct error ignored;
	pid_t *pids;
	size_t count;

	if (is_alive(cgroup_session_leader(name)) ||
	    cgroup_session_find(container, name, &session, &ignored) < 0 ||
	    cgroup_pids(&session, io_arena, &pids, &count, &ignored) < 0 || count)
		return;
	/* What cannot be removed now is at the next look, or with the container. */
	(void)!cgroup_delete(&session, &ignored);
}

static void sweep(const struct cgroup *container)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct error ignored;
	char **names;
	size_t count;

	if (cgroup_session_list(container, &arena, &names, &count, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		sweep_one(container, names[i], &arena);
}

int container_session_open(const struct cgroup *container, pid_t pid,
			   struct container_session *io_session, struct error *err)
{
	sweep(container);
	if (cgroup_session_make(container, pid, &io_session->cgroup, err) < 0)
		return error_wrap(err, "exec session");
	return 0;
}

/* --- end --- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One of its processes; 0: there is none. */
static pid_t find_one(const struct cgroup *session)
{
	autoclean(arena_clear) struct arena arena = { 0 };
	struct error ignored;
	pid_t *pids;
	size_t count;

	return cgroup_pids(session, &arena, &pids, &count, &ignored) == 0 && count ? pids[0] : 0;
}

/*
 * One after the other, by the end of each: v1 has no event for the last one. Whoever has the
 * pid by then cannot prolong it beyond the time.
 */
static void await_empty(const struct cgroup *session, int timeout_ms)
{
	int64_t end_ms = now_ms() + timeout_ms, left_ms;
	pid_t pid;

	while ((left_ms = end_ms - now_ms()) > 0 && (pid = find_one(session))) {
		autoclose int pid_fd = sys_pidfd_open(pid, 0);
		struct pollfd wait = { .fd = pid_fd, .events = POLLIN };

		if (pid_fd >= 0)
			(void)poll(&wait, 1, (int)left_ms);
	}
}

void container_session_end(const struct container_session *session)
{
	struct error err;

	if (!find_one(&session->cgroup))
		return;
	if (cgroup_session_hang_up(&session->cgroup, &err) < 0)
		log_debug("%s", err.text);
	await_empty(&session->cgroup, SESSION_GRACE_MS);
	if (find_one(&session->cgroup) && cgroup_kill(&session->cgroup, &err) < 0)
		log_warning("exec session: %s", err.text);
}

void container_session_remove(const struct container_session *session)
{
	struct error err;

	if (cgroup_delete(&session->cgroup, &err) < 0)
		log_warning("exec session: %s", err.text);
}

void container_session_clear(struct container_session *io_session)
{
	scope_close(&io_session->terminal_fd);
	io_session->terminal_fd = -1;
	cgroup_clear(&io_session->cgroup);
}

/* --- from outside --- */

static int find_running(const struct store *store, const char *id, struct subject *ret_subject,
			struct error *err)
{
	TRY(container_subject_find(store, id, ret_subject, err));
	if (ret_subject->status == RECORD_STOPPED || ret_subject->status == RECORD_CREATING)
		return error_set(err, ESRCH, "container not running");
	return 0;
}

static bool holds(const struct container_session_entry *entry, pid_t pid)
{
	for (size_t i = 0; i < entry->count; i++)
		if (entry->pids[i] == pid)
			return true;
	return false;
}

/* False: it has no process, or has gone meanwhile. */
static bool look(const struct cgroup *container, char *name, struct arena *io_arena,
		 struct container_session_entry *ret_entry)
{
	autocgroup struct cgroup session = { 0 };
	struct container_session_entry entry = {
		.name = name,
		.leader = cgroup_session_leader(name),
	};
	struct error ignored;

	if (cgroup_session_find(container, name, &session, &ignored) < 0 ||
	    cgroup_pids(&session, io_arena, &entry.pids, &entry.count, &ignored) < 0)
		return false;
	entry.is_running = holds(&entry, entry.leader);
	*ret_entry = entry;
	return entry.count > 0;
}

static int list(const struct cgroup *container, struct container_sessions *io_list,
		struct error *err)
{
	char **names;
	size_t count;

	TRY(cgroup_session_list(container, &io_list->arena, &names, &count, err));
	io_list->item = arena_new(&io_list->arena, count * sizeof(*io_list->item));
	for (size_t i = 0; i < count; i++)
		if (look(container, names[i], &io_list->arena, &io_list->item[io_list->count]))
			io_list->count++;
	return 0;
}

int container_session_list(const struct store *store, const char *id,
			   struct container_sessions *ret_list, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	struct container_sessions found = { 0 };

	TRY(find_running(store, id, &subject, err));
	sweep(&subject.cgroup);
	if (list(&subject.cgroup, &found, err) < 0) {
		arena_clear(&found.arena);
		return -err->code;
	}
	*ret_list = found;
	return 0;
}

int container_session_kill(const struct store *store, const char *id, const char *name,
			   int signal, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autocgroup struct cgroup session = { 0 };

	TRY(find_running(store, id, &subject, err));
	TRY(cgroup_session_find(&subject.cgroup, name, &session, err));
	TRY(cgroup_session_signal(&session, signal, err));
	/* The v1 freezer lets no process die before the container is resumed. */
	if (signal != SIGKILL || subject.status == RECORD_PAUSED)
		return 0;
	return cgroup_delete(&session, err);
}
