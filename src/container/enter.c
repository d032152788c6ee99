// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/enter.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/wire.h"
#include "cgroup/sub.h"
#include "container/step.h"
#include "guard/attribute.h"
#include "ns/enter.h"

/* Both sides of the birth of the process in between. */
struct passage {
	const struct container_entrance *entrance;
	container_spawn_body *body;
	void *argument;
	int ours, theirs;
	pid_t runtime_pid;
};

/* --- in between --- */

static int pass(const struct passage *p, struct container_child *ret_child, struct error *err)
{
	struct clone_args args = {
		.flags = CLONE_PARENT | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&ret_child->pid_fd,
	};
	int r = container_step_await(p->theirs, STEP_PLACED, NULL, NULL, err);

	TRY(r);
	if (r == 0)
		return error_set(err, EPIPE, "the runtime has gone away");
	/*
	 * Before anything of the container can see us; and not earlier: the runtime's writes
	 * to our /proc files are an ordinary user's too.
	 */
	TRY(guard_attribute_forbid_dump(err));
	TRY(ns_enter(p->entrance->pid_fd, p->entrance->namespaces, err));
	ret_child->pid = sys_clone3(&args);
	if (ret_child->pid < 0)
		return error_sys(err, "make a process in the container");
	if (ret_child->pid > 0)
		return 0;
	close(p->theirs);
	p->body(p->argument);
	_exit(1); /* never reached: see container_spawn_body */
}

static NORETURN void be_in_between(const struct passage *p)
{
	struct container_child child = { .pid_fd = -1 };
	struct error err;

	close(p->ours);
	/* One that is frozen does not see its socket close. It cannot fail. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != p->runtime_pid)
		_exit(1);
	if (pass(p, &child, &err) < 0)
		container_step_say_failed(p->theirs, &err, BLAME_RUNTIME);
	else
		container_spawn_tell(p->theirs, &child);
	_exit(0);
}

/* --- the runtime --- */

static pid_t clone_between(const struct passage *p, int cgroup_fd)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid;

	if (cgroup_fd >= 0) {
		args.flags = CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	pid = sys_clone3(&args);
	if (pid == 0) {
		scope_close(&cgroup_fd);
		be_in_between(p);
	}
	return pid;
}

/*
 * The container may have made cgroups of its own below; no process may then be in the upper
 * one, and the first process has moved.
 */
static pid_t clone_beside_first(const struct passage *p, struct error *err)
{
	autocgroup struct cgroup cgroup = { 0 };
	autoclose int cgroup_fd = -1;

	TRY(cgroup_sub_of(p->entrance->cgroup, p->entrance->pid, &cgroup, err));
	cgroup_fd = cgroup_open(&cgroup);
	if (cgroup_fd < 0)
		return error_set(err, ENOENT, "%s: cannot be opened", cgroup.tree->folder);
	return clone_between(p, cgroup_fd);
}

/* @ret_is_placed: it was born in the cgroup. */
static pid_t make_between(const struct passage *p, bool *ret_is_placed, struct error *err)
{
	autoclose int cgroup_fd = cgroup_open(p->entrance->cgroup);
	pid_t pid = clone_between(p, cgroup_fd);
	struct error ignored;

	*ret_is_placed = cgroup_fd >= 0;
	if (pid < 0 && errno == EBUSY && !p->entrance->is_exact) {
		pid = clone_beside_first(p, &ignored);
		errno = pid < 0 ? EBUSY : 0;
	}
	/* An ordinary user may not go there from another part of the tree; systemd will help. */
	if (pid < 0 && (errno == EACCES || errno == EPERM) &&
	    cgroup_is_scope(p->entrance->cgroup)) {
		*ret_is_placed = false;
		return clone_between(p, -1);
	}
	if (pid < 0 && cgroup_fd >= 0)
		return error_sys(err, "make a process in cgroup %s",
				 p->entrance->cgroup->tree->folder);
	return pid < 0 ? error_sys(err, "make a process") : pid;
}

/* What needs the rights of the host. The wanted process inherits it all. */
static int place(const struct passage *p, pid_t between, bool is_placed, struct error *err)
{
	const struct spec_process *process = p->entrance->process;

	if (!is_placed)
		TRY(cgroup_join(p->entrance->cgroup, between, err));
	TRY(guard_rdt_join(p->entrance->rdt, between, err));
	if (process->rlimits)
		TRY(guard_attribute_raise_rlimits(between, process->rlimits, err));
	if (process->oom_score_adj.is_set)
		TRY(guard_attribute_set_oom_score(between, process->oom_score_adj.value, err));
	return container_step_say(p->ours, STEP_PLACED, -1, err);
}

static void collect(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int container_enter(const struct container_entrance *entrance, container_spawn_body *body,
		    void *argument, struct container_child *ret_child, struct error *err)
{
	struct passage p = { .entrance = entrance, .body = body, .argument = argument,
			     .runtime_pid = getpid() };
	autoclose int ours = -1, theirs = -1;
	bool is_placed = false;
	int ends[2], r;
	pid_t between;

	TRY(wire_pair(ends, err));
	p.ours = ours = ends[0];
	p.theirs = theirs = ends[1];
	between = make_between(&p, &is_placed, err);
	TRY(between);
	close(fd_take(&theirs));
	r = place(&p, between, is_placed, err);
	if (r >= 0)
		r = container_spawn_hear(ours, ret_child, err);
	/* Without us it ends by itself; this is quicker where it waits or is half way in. */
	if (r < 0)
		(void)kill(between, SIGKILL);
	collect(between);
	return r;
}

/* --- there and back --- */

struct errand {
	int pid_fd;
	uint64_t namespaces;
	container_errand *run;
	void *argument;
};

static int go_inside(const struct errand *errand, struct error *err)
{
	TRY(guard_attribute_forbid_dump(err));
	TRY(ns_enter(errand->pid_fd, errand->namespaces, err));
	return errand->run(errand->argument, err);
}

static NORETURN void run_errand(const struct errand *errand, int socket_fd)
{
	struct error err;
	int r = go_inside(errand, &err);

	if (r >= 0)
		r = container_step_say(socket_fd, STEP_READY, -1, &err);
	if (r < 0)
		container_step_say_failed(socket_fd, &err, BLAME_RUNTIME);
	_exit(r < 0);
}

int container_enter_for(int pid_fd, uint64_t namespaces, container_errand *run, void *argument,
			struct error *err)
{
	const struct errand errand = { pid_fd, namespaces, run, argument };
	struct clone_args args = { .exit_signal = SIGCHLD };
	autoclose int ours = -1, theirs = -1;
	int ends[2], r;
	pid_t pid;

	TRY(wire_pair(ends, err));
	ours = ends[0];
	theirs = ends[1];
	pid = sys_clone3(&args);
	if (pid < 0)
		return error_sys(err, "make a process");
	if (pid == 0) {
		scope_close(&ours);
		run_errand(&errand, theirs);
	}
	scope_close(&theirs);
	r = container_step_await(ours, STEP_READY, NULL, NULL, err);
	collect(pid);
	if (r == 0)
		return error_set(err, ECHILD, "the process inside died before it was done");
	return r < 0 ? r : 0;
}
