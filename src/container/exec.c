// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/scope.h"
#include "base/wire.h"
#include "cgroup/sub.h"
#include "container/announce.h"
#include "container/attend.h"
#include "container/enter.h"
#include "container/exec_plan.h"
#include "container/exec_stage.h"
#include "container/grant.h"
#include "container/listener.h"
#include "container/rights.h"
#include "container/session.h"
#include "container/subject.h"
#include "guard/attribute.h"
#include "ns/enter.h"
#include "proc/task.h"
#include "term/pty.h"

struct execution {
	const struct store *store;
	const struct container_exec *request;
	struct container_request base; /* as the plan wants it */
	struct container_plan plan;
	struct spec_process process;
	struct subject subject;
	struct cgroup cgroup;
	bool is_session;
	struct container_session session;
	struct container_child child;
	int first_fd; /* of the container's first process */
	int socket_fd, console_fd, pidfd_socket_fd, terminal_fd;
	enum container_blame blame;
	sigset_t caller_mask;
};

static pid_t first_pid(const struct execution *e)
{
	return (pid_t)e->subject.record.pid.value;
}

/* --- decide --- */

static int check_status(const struct execution *e, struct error *err)
{
	switch (e->subject.status) {
	case RECORD_CREATED:
	case RECORD_RUNNING:
		return 0;
	case RECORD_PAUSED:
		if (e->request->ignores_pause)
			return 0;
		return error_set(err, EINVAL,
				 "cannot exec in a paused container (use --ignore-paused)");
	case RECORD_CREATING:
		return error_set(err, EINVAL, "container is still being created");
	case RECORD_STOPPED:
		break;
	}
	return error_set(err, ESRCH, "cannot exec in a stopped container: container not running");
}

static bool has_ended(const struct execution *e)
{
	struct pollfd first = { .fd = e->first_fd, .events = POLLIN };
	struct error ignored;
	struct task task;

	if (e->first_fd < 0)
		return false;
	/* It is not gone before all in its pid namespace are, ours included. */
	return poll(&first, 1, 0) > 0 ||
	       (task_read(first_pid(e), &task, &ignored) == 0 && task_is_exiting(&task));
}

static int find(struct execution *e, struct error *err)
{
	TRY(container_subject_find(e->store, e->request->id, &e->subject, err));
	TRY(check_status(e, err));
	e->first_fd = container_subject_open_process(&e->subject, err);
	if (e->first_fd == -ESRCH)
		return error_set(err, ESRCH, "container not running");
	return e->first_fd;
}

/* By its number, so afterwards: is it still the one that was meant? */
static int look_at_first(struct execution *e, struct error *err)
{
	TRY(ns_enter_look(first_pid(e), &e->plan.ns.create, err));
	TRY(ns_enter_denies_setgroups(first_pid(e), &e->plan.denies_setgroups, err));
	return has_ended(e) ? error_set(err, ESRCH, "container not running") : 0;
}

static int find_cgroup(struct execution *e, struct error *err)
{
	static const char *const none[] = { NULL };
	const char *const *words = e->request->cgroups ? e->request->cgroups : none;
	int r = cgroup_sub_find(&e->subject.cgroup, words, &e->cgroup, err);

	return r < 0 && *words ? error_wrap(err, "--cgroup") : r;
}

/* Who names the cgroup has it so, whatever the annotation says of all the others. */
static int plan_session(struct execution *e, struct error *err)
{
	bool names_cgroup = e->request->cgroups && *e->request->cgroups;

	TRY(container_session_plan(&e->plan.spec, &e->is_session, err));
	if (e->request->is_session && names_cgroup)
		return error_set(err, EINVAL, "--cgroup: does not go with --tty-hangup-kills");
	e->is_session = !names_cgroup && (e->is_session || e->request->is_session);
	return 0;
}

static int plan(struct execution *e, struct error *err)
{
	struct container_plan *p = &e->plan;

	TRY(find(e, err));
	e->base.no_new_keyring = e->subject.record.no_new_keyring.value;
	p->rootfs = arena_text(&p->arena, e->subject.record.rootfs);
	p->bundle = arena_text(&p->arena, e->subject.record.bundle);
	TRY(container_subject_read_config(&e->subject, &p->spec, err));
	TRY(plan_session(e, err));
	TRY(container_exec_plan(e->request, p->spec.process, &p->arena, &e->process, err));
	p->spec.process = &e->process;
	TRY(look_at_first(e, err));
	TRY(container_grant_plan(p, err));
	TRY(container_plan_rights(p, err));
	TRY(container_filter_plan(&p->spec, e->store->folder_fd, &p->filter, err));
	return find_cgroup(e, err);
}

/* --- act --- */

/* With the host's view of the paths, and while nothing has been made. */
static int connect_sockets(struct execution *e, struct error *err)
{
	const struct container_exec *request = e->request;

	if (request->console_socket) {
		e->console_fd = pty_connect(request->console_socket, err);
		TRY(e->console_fd);
	}
	if (request->pidfd_socket) {
		e->pidfd_socket_fd = container_announce_connect(request->pidfd_socket, err);
		TRY(e->pidfd_socket_fd);
	}
	return 0;
}

static int give_birth(struct execution *e, struct error *err)
{
	struct container_exec_stage stage = {
		.plan = &e->plan,
		.store_fd = e->store->folder_fd,
		.console_fd = e->console_fd,
		.lends_terminal = e->is_session,
	};
	struct container_entrance entrance = {
		.pid = first_pid(e),
		.pid_fd = e->first_fd,
		.namespaces = e->plan.ns.create,
		.cgroup = &e->cgroup,
		.is_exact = e->request->cgroups && *e->request->cgroups,
		.process = &e->process,
		.rdt = &e->plan.rdt,
	};
	const struct spec_cpu_affinity *affinity = e->process.exec_cpu_affinity;
	autoclose int theirs = -1;
	int ends[2];

	TRY(wire_pair(ends, err));
	e->socket_fd = stage.parent_fd = ends[0];
	theirs = stage.socket_fd = ends[1];
	/* The child has no business with it, nor may it lie open in the container. */
	store_entry_close(&e->subject.entry);
	if (affinity && affinity->initial)
		TRY(guard_attribute_set_affinity(affinity->initial, err));
	return container_enter(&entrance, container_exec_stage_run, &stage, &e->child, err);
}

static int await(struct execution *e, enum container_step step, int *ret_fd, struct error *err)
{
	int r = container_step_await(e->socket_fd, step, ret_fd, &e->blame, err);

	if (r != 0)
		return r;
	return error_set(err, ECHILD, "the process died before its program ran");
}

static int take_terminal(struct execution *e, struct error *err)
{
	if (!container_plan_has_terminal(&e->plan))
		return 0;
	if (e->console_fd >= 0)
		return e->is_session ? await(e, STEP_CONSOLE, &e->session.terminal_fd, err) : 0;
	TRY(await(e, STEP_CONSOLE, &e->terminal_fd, err));
	/* Before the program can ask for it. */
	return pty_copy_size(STDIN_FILENO, e->terminal_fd, err);
}

static int hand_over_listener(struct execution *e, struct error *err)
{
	const struct spec_linux *part = e->plan.spec.linux_part;
	struct container_listener_process process = {
		.record = &e->subject.record,
		.status = e->subject.status,
		.pid = e->child.pid,
		.metadata = part && part->seccomp ? part->seccomp->listener_metadata : NULL,
	};
	autoclose int listener_fd = -1;

	if (!e->plan.filter.program.needs_notify)
		return 0;
	TRY(await(e, STEP_LISTENER, &listener_fd, err));
	return container_listener_hand_over(e->plan.filter.listener, listener_fd, &process, err);
}

static int publish(struct execution *e, struct error *err)
{
	TRY(container_announce_pid(e->request->pid_file, e->child.pid, err));
	if (e->pidfd_socket_fd < 0)
		return 0;
	TRY(container_announce_pidfd(e->pidfd_socket_fd, e->request->pidfd_socket, e->child.pid_fd,
				     err));
	close(fd_take(&e->pidfd_socket_fd));
	return 0;
}

/* Nothing of the program has run by now, so all that it makes is born in the session. */
static int open_session(struct execution *e, struct error *err)
{
	if (!e->is_session)
		return 0;
	TRY(container_session_open(&e->subject.cgroup, e->child.pid, &e->session, err));
	return e->request->is_detached
		       ? container_session_watch(&e->session, e->child.pid_fd, err)
		       : 0;
}

static int start(struct execution *e, struct error *err)
{
	sigset_t all;

	TRY(connect_sockets(e, err));
	TRY(give_birth(e, err));
	TRY(take_terminal(e, err));
	TRY(hand_over_listener(e, err));
	TRY(await(e, STEP_READY, NULL, err));
	TRY(container_rights_conceal(true, err));
	/* Until here a signal ends us, and that the process; from here on it is the process's. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	TRY(open_session(e, err));
	TRY(publish(e, err));
	TRY(container_step_say(e->socket_fd, STEP_COMMIT, -1, err));
	/* Closed by exec: the program runs. */
	return container_step_await(e->socket_fd, STEP_FAILED, NULL, &e->blame, err);
}

static int attend(struct execution *e, struct error *err)
{
	struct container_attendance attendance = {
		.pid = e->child.pid,
		.pid_fd = e->child.pid_fd,
		.terminal_fd = fd_take(&e->terminal_fd),
		.session = e->is_session ? &e->session : NULL,
	};

	container_rights_give_up();
	return container_attend(&attendance, err);
}

static int run(struct execution *e, struct error *err)
{
	int r = start(e, err);

	if (r < 0) {
		container_child_kill(&e->child);
		if (e->session.cgroup.count)
			container_session_remove(&e->session);
		return r;
	}
	return e->request->is_detached ? 0 : attend(e, err);
}

static void end(struct execution *e)
{
	const int fds[] = { e->first_fd, e->socket_fd, e->console_fd, e->pidfd_socket_fd,
			    e->terminal_fd, e->child.pid_fd };

	for (size_t i = 0; i < countof(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	container_session_clear(&e->session);
	cgroup_clear(&e->cgroup);
	container_subject_clear(&e->subject);
	container_plan_clear(&e->plan);
	sigprocmask(SIG_SETMASK, &e->caller_mask, NULL);
}

int container_exec(const struct store *store, const struct container_exec *request,
		   enum container_blame *ret_blame, struct error *err)
{
	struct execution e = {
		.store = store,
		.request = request,
		.base = { .id = request->id, .preserve_fds = request->preserve_fds },
		.plan = CONTAINER_PLAN_NONE,
		.subject = SUBJECT_NONE,
		.session = CONTAINER_SESSION_NONE,
		.child = { .pid_fd = -1 },
		.first_fd = -1, .socket_fd = -1, .console_fd = -1, .pidfd_socket_fd = -1,
		.terminal_fd = -1, .blame = BLAME_RUNTIME,
	};
	int r = container_rights_conceal(false, err);

	if (r >= 0)
		r = fd_list_inherited(3, &e.plan.inherited, err);
	if (r >= 0)
		r = fd_close_on_exec_from(3, err);
	e.plan.request = &e.base;
	sigprocmask(SIG_SETMASK, NULL, &e.caller_mask);
	if (r >= 0)
		r = plan(&e, err);
	if (r >= 0)
		r = run(&e, err);
	/* Whatever failed then failed because of that. */
	if (r < 0 && e.blame == BLAME_RUNTIME && has_ended(&e))
		r = error_set(err, ESRCH, "container not running: it has ended");
	*ret_blame = e.blame;
	end(&e);
	return r;
}
