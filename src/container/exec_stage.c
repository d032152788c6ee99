// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/exec_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/procfs.h"
#include "base/scope.h"
#include "container/inside.h"
#include "container/step.h"
#include "guard/attribute.h"
#include "mount/console.h"
#include "term/pty.h"

struct progress {
	const struct container_exec_stage *in;
	struct container_plan *plan;
	const struct spec_process *process;
	struct container_inside_program program;
	struct pty pty;
	int proc_fd;
};

static int settle(struct progress *p, struct error *err)
{
	close(p->in->parent_fd);
	close(p->in->store_fd);
	container_inside_close_inherited(p->plan);
	if (setsid() < 0)
		return error_sys(err, "setsid");
	return 0;
}

static int become_root(struct progress *p, struct error *err)
{
	if (!(p->plan->ns.create & CLONE_NEWUSER))
		return 0;
	return container_inside_take_root(p->plan->spec.linux_part, err);
}

/* A mount namespace that was entered brought its root along. */
static int change_root(struct progress *p, struct error *err)
{
	if (p->plan->ns.create & CLONE_NEWNS)
		return 0;
	if (chdir(p->plan->rootfs) < 0 || chroot(".") < 0)
		return error_sys(err, "chroot %s", p->plan->rootfs);
	return 0;
}

/* Only labels are written; what else is there to know was asked from outside. */
static int open_proc(struct progress *p, struct error *err)
{
	if (!container_inside_has_label(p->plan))
		return 0;
	p->proc_fd = procfs_open(err);
	return p->proc_fd < 0 ? p->proc_fd : 0;
}

static int join_keyring(struct progress *p, struct error *err)
{
	return container_inside_join_keyring(p->plan, p->proc_fd, err);
}

static int open_console(struct pty *ret_pty, struct error *err)
{
	struct mount_run run = MOUNT_RUN_NONE;
	autoclose int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int pts_fd = -1;

	if (root_fd < 0)
		return error_sys(err, "open /");
	run.root_fd = root_fd;
	pts_fd = mount_open_pts(&run, err);
	TRY(pts_fd);
	return pty_open(pts_fd, ret_pty, err);
}

static int make_console(struct progress *p, struct error *err)
{
	const struct spec_console_size *size = p->process->console_size;

	if (!container_plan_has_terminal(p->plan))
		return 0;
	TRY(open_console(&p->pty, err));
	if (size)
		TRY(pty_set_size(p->pty.master_fd, size->height.value, size->width.value, err));
	if (p->in->console_fd < 0)
		return container_step_say(p->in->socket_fd, STEP_CONSOLE, p->pty.master_fd, err);
	TRY(pty_send(p->in->console_fd, &p->pty, err));
	/* The caller reads to the end of the stream. */
	close(p->in->console_fd);
	return p->in->lends_terminal ? container_step_say(p->in->socket_fd, STEP_CONSOLE,
							  p->pty.slave_fd, err)
				     : 0;
}

static uid_t user_of(const struct spec_process *process)
{
	return process->user ? (uid_t)process->user->uid.value : 0;
}

static int take_stdio(struct progress *p, struct error *err)
{
	if (p->pty.slave_fd >= 0)
		TRY(pty_make_controlling(p->pty.slave_fd, err));
	pty_close(&p->pty);
	return container_inside_own_stdio(user_of(p->process), err);
}

static int set_attributes(struct progress *p, struct error *err)
{
	return container_inside_set_attributes(p->plan, p->process->exec_cpu_affinity, err);
}

static int become_user(struct progress *p, struct error *err)
{
	return container_inside_become_user(p->plan, &p->proc_fd, p->in->socket_fd, err);
}

static int find_program(struct progress *p, struct error *err)
{
	return container_inside_find_program(p->plan, &p->program, err);
}

static int load_asking_filter(struct progress *p, struct error *err)
{
	return container_inside_load_filter(p->plan, INSIDE_BEFORE_READY, p->in->socket_fd, err);
}

static int commit(struct progress *p, struct error *err)
{
	int r;

	TRY(container_step_say(p->in->socket_fd, STEP_READY, -1, err));
	r = container_step_await(p->in->socket_fd, STEP_COMMIT, NULL, NULL, err);
	return r == 0 ? error_set(err, EPIPE, "the runtime has gone away") : r;
}

static int execute(struct progress *p, struct error *err)
{
	if (p->process->rlimits)
		TRY(guard_attribute_set_rlimits(p->process->rlimits, err));
	TRY(container_inside_keep_descriptors(p->plan, err));
	TRY(guard_attribute_reset_signals(GUARD_ATTRIBUTE_ALL_SIGNALS,
					  GUARD_ATTRIBUTE_BLOCK_NONE, err));
	TRY(container_inside_load_filter(p->plan, INSIDE_BEFORE_EXEC, -1, err));
	execve(p->program.path, p->process->args->item, p->program.environment);
	p->program.blame = errno == ENOENT || errno == ENOTDIR ? BLAME_NOT_FOUND
							      : BLAME_NOT_RUNNABLE;
	return error_sys(err, "exec \"%s\"", p->process->args->item[0]);
}

static int run(struct progress *p, struct error *err)
{
	static int (*const order[])(struct progress *, struct error *) = {
		settle,	      become_root,    change_root, open_proc,	 join_keyring,
		make_console, take_stdio,     set_attributes, become_user, find_program,
		load_asking_filter, commit, execute,
	};

	for (size_t i = 0; i < countof(order); i++)
		TRY(order[i](p, err));
	return 0;
}

NORETURN void container_exec_stage_run(void *stage)
{
	const struct container_exec_stage *in = stage;
	struct progress p = {
		.in = in,
		.plan = in->plan,
		.process = in->plan->spec.process,
		.program.blame = BLAME_RUNTIME,
		.pty = PTY_NONE,
		.proc_fd = -1,
	};
	struct error err;

	/* A program that is executed does not come back. */
	(void)!run(&p, &err);
	container_step_say_failed(in->socket_fd, &err, p.program.blame);
	_exit(1);
}
