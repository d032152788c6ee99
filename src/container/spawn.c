// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/spawn.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/wire.h"
#include "container/step.h"
#include "guard/attribute.h"

/* The message of the process in between: the first process's pid, with its pidfd. */
enum { ENTERED = 100 };

struct birth {
	const struct container_plan *plan;
	int cgroup_fd;
	container_spawn_body *body;
	void *argument;
};

static pid_t clone_first(const struct birth *birth, uint64_t flags, int *ret_pid_fd)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)ret_pid_fd,
		/* A sibling has the exit signal of who makes it; the kernel wants 0 then. */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	pid_t pid;

	if (birth->cgroup_fd >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)birth->cgroup_fd;
	} else {
		args.flags &= ~(uint64_t)CLONE_NEWCGROUP;
	}
	pid = sys_clone3(&args);
	if (pid == 0)
		birth->body(birth->argument);
	return pid;
}

static int enter(const struct birth *birth, struct container_child *ret_child,
		 struct error *err)
{
	const struct container_plan *plan = birth->plan;
	const struct spec_linux *part = plan->spec.linux_part;
	uint64_t flags = plan->ns.create | CLONE_PARENT;

	/* From here on processes of the joined namespaces could look into this one. */
	TRY(guard_attribute_forbid_dump(err));
	if (plan->ns.has_time_offsets) {
		if (unshare(CLONE_NEWTIME) < 0)
			return error_sys(err, "make a time namespace");
		TRY(ns_write_time_offsets(part->time_offsets, err));
		flags &= ~(uint64_t)CLONE_NEWTIME;
	}
	TRY(ns_join(&plan->ns, err));
	ret_child->pid = clone_first(birth, flags, &ret_child->pid_fd);
	if (ret_child->pid < 0)
		return error_sys(err, "make the container's namespaces");
	return 0;
}

static NORETURN void be_in_between(const struct birth *birth, int socket_fd)
{
	struct container_child child = { .pid_fd = -1 };
	struct error err;

	if (enter(birth, &child, &err) < 0)
		container_step_say_failed(socket_fd, &err, BLAME_RUNTIME);
	else
		container_spawn_tell(socket_fd, &child);
	_exit(0);
}

void container_spawn_tell(int socket_fd, const struct container_child *child)
{
	struct error ignored;

	/* Nobody listens any more: then the new process finds that out too. */
	(void)!wire_send(socket_fd, ENTERED, &child->pid, sizeof(child->pid), child->pid_fd,
			 &ignored);
}

int container_spawn_hear(int socket_fd, struct container_child *ret_child, struct error *err)
{
	struct wire_message message;
	int r = wire_receive(socket_fd, &message, err);

	TRY(r);
	if (r == 0)
		return error_set(err, ECHILD, "the process that joins namespaces has died");
	if (message.kind == ENTERED && message.size == sizeof(ret_child->pid) &&
	    message.fd >= 0) {
		memcpy(&ret_child->pid, message.data, sizeof(ret_child->pid));
		ret_child->pid_fd = message.fd;
		return 0;
	}
	return container_step_failure(&message, NULL, err);
}

static int spawn_by_entering(const struct birth *birth, struct container_child *ret_child,
			     struct error *err)
{
	autoclose int ours = -1, theirs = -1;
	int ends[2], r;
	pid_t between;

	TRY(wire_pair(ends, err));
	ours = ends[0];
	theirs = ends[1];
	between = fork();
	if (between < 0)
		return error_sys(err, "fork");
	if (between == 0)
		be_in_between(birth, theirs);
	close(fd_take(&theirs));
	r = container_spawn_hear(ours, ret_child, err);
	while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

bool container_spawn_enters(const struct ns_plan *ns)
{
	/* Inside a new user namespace nothing of the host can be joined: that comes first. */
	return ns->needs_entering || (ns->create & CLONE_NEWUSER && ns->join_count);
}

int container_spawn(const struct container_plan *plan, int cgroup_fd,
		    container_spawn_body *body, void *argument,
		    struct container_child *ret_child, struct error *err)
{
	struct birth birth = { plan, cgroup_fd, body, argument };

	if (container_spawn_enters(&plan->ns))
		return spawn_by_entering(&birth, ret_child, err);
	ret_child->pid = clone_first(&birth, plan->ns.create, &ret_child->pid_fd);
	if (ret_child->pid < 0)
		return error_sys(err, "make the container's namespaces");
	return 0;
}

void container_child_kill(struct container_child *io_child)
{
	if (io_child->pid <= 0)
		return;
	/* Gone already: then the wait returns at once. */
	(void)sys_pidfd_send_signal(io_child->pid_fd, SIGKILL);
	while (waitpid(io_child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(io_child->pid_fd);
	*io_child = (struct container_child){ .pid_fd = -1 };
}
