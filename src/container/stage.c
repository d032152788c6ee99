// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pages.h"
#include "base/procfs.h"
#include "base/scope.h"
#include "container/hook.h"
#include "container/inside.h"
#include "container/spawn.h"
#include "container/step.h"
#include "guard/attribute.h"
#include "mount/attach.h"
#include "mount/console.h"
#include "mount/device.h"
#include "mount/mask.h"
#include "mount/root.h"
#include "ns/idmap.h"
#include "ns/sysctl.h"
#include "term/pty.h"

/* What the stage gathers on its way. */
struct progress {
	const struct container_stage *in;
	struct container_plan *plan;
	const struct spec *spec;
	const struct spec_process *process; /* NULL: nothing can be started */
	struct mount_run mounts;
	struct pty pty;
	int proc_fd;
	struct container_inside_program program;
	bool has_mount_ns;
};

/* Waits for the parent; its end is the end of the stage too. */
static int await(const struct progress *p, enum container_step step, struct error *err)
{
	int r = container_step_await(p->in->socket_fd, step, NULL, NULL, err);

	return r == 0 ? error_set(err, EPIPE, "the runtime has gone away") : r;
}

static int settle(struct progress *p, struct error *err)
{
	bool makes_cgroup_ns = p->plan->ns.create & CLONE_NEWCGROUP && !p->in->is_born_in_cgroup;

	close(p->in->parent_fd);
	close(p->in->entry_fd);
	close(p->in->store_fd);
	container_inside_close_inherited(p->plan);
	if (setsid() < 0)
		return error_sys(err, "setsid");
	TRY(await(p, STEP_PLACED, err));
	/* Not before: /proc/PID/uid_map of a process that cannot be dumped is closed to users. */
	TRY(guard_attribute_forbid_dump(err));
	if (makes_cgroup_ns && unshare(CLONE_NEWCGROUP) < 0)
		return error_sys(err, "make a cgroup namespace");
	if (!container_spawn_enters(&p->plan->ns))
		TRY(ns_join(&p->plan->ns, err));
	ns_close(&p->plan->ns);
	return container_inside_become_root(p->plan, err);
}

/*
 * setgroups(2) can be switched off in any user namespace but the first. That may be the caller's
 * too, as podman's is.
 */
static bool may_deny_setgroups(const struct progress *p)
{
	return !p->plan->is_privileged || ns_owned(&p->plan->ns) & CLONE_NEWUSER;
}

static bool has_sysctls(const struct progress *p)
{
	const struct spec_linux *part = p->spec->linux_part;

	return part && part->sysctl && part->sysctl->count;
}

/* Who needs it pays for it: closing it makes the kernel wait until no CPU looks at it any more. */
static int open_proc(struct progress *p, struct error *err)
{
	bool asks_groups = may_deny_setgroups(p);

	if (!asks_groups && !has_sysctls(p) && !container_inside_has_label(p->plan))
		return 0;
	p->proc_fd = procfs_open(err);
	if (p->proc_fd < 0)
		return p->proc_fd;
	return asks_groups ? ns_idmap_is_setgroups_denied(p->proc_fd,
							  &p->plan->denies_setgroups, err) : 0;
}

static int name_host(struct progress *p, struct error *err)
{
	if (p->plan->ns.create & CLONE_NEWNET)
		TRY(ns_raise_loopback(err));
	return ns_set_names(p->spec->hostname, p->spec->domainname, err);
}

static int join_keyring(struct progress *p, struct error *err)
{
	return container_inside_join_keyring(p->plan, p->proc_fd, err);
}

static int make_mounts(struct progress *p, struct error *err)
{
	if (!p->has_mount_ns)
		return 0;
	TRY(mount_root_open(&p->plan->mounts, &p->mounts, err));
	TRY(mount_attach_all(&p->plan->mounts, &p->mounts, err));
	return mount_devices_make(&p->plan->mounts, &p->mounts, err);
}

static int write_sysctls(struct progress *p, struct error *err)
{
	const struct spec_linux *part = p->spec->linux_part;

	return ns_sysctl_apply(part ? part->sysctl : NULL, p->proc_fd, err);
}

static bool has_hooks(const struct spec_hook_list *list)
{
	return list && list->count;
}

static char *state_text(const struct progress *p, enum record_status status)
{
	autotext struct text text = { 0 };
	struct record record = *p->in->record;

	record.pid = (struct maybe_int){ true, getpid() };
	record_state_json(&record, status, JSON_COMPACT, &text);
	return text_take(&text);
}

static int run_hooks(struct progress *p, struct error *err)
{
	const struct spec_hooks *hooks = p->spec->hooks;
	autofree char *state = NULL;

	if (!hooks)
		return 0;
	if (has_hooks(hooks->prestart) || has_hooks(hooks->create_runtime)) {
		TRY(container_step_say(p->in->socket_fd, STEP_ROOTED, -1, err));
		TRY(await(p, STEP_HOOKED, err));
	}
	if (!has_hooks(hooks->create_container))
		return 0;
	state = state_text(p, RECORD_CREATING);
	return container_hook_run_all("createContainer", hooks->create_container,
				      &(struct container_hook_setting){
					      state, p->plan->bundle, p->plan->hook_output },
				      err);
}

static int change_root(struct progress *p, struct error *err)
{
	if (p->has_mount_ns)
		return mount_root_pivot(&p->plan->mounts, &p->mounts, err);
	if (chdir(p->plan->rootfs) < 0 || chroot(".") < 0)
		return error_sys(err, "root.path: chroot %s", p->plan->rootfs);
	return 0;
}

static int make_console(struct progress *p, struct error *err)
{
	const struct spec_console_size *size;
	autoclose int pts_fd = -1;

	if (!container_plan_has_terminal(p->plan))
		return 0;
	pts_fd = mount_open_pts(&p->mounts, err);
	TRY(pts_fd);
	TRY(pty_open(pts_fd, &p->pty, err));
	size = p->process->console_size;
	if (size)
		TRY(pty_set_size(p->pty.master_fd, size->height.value, size->width.value, err));
	TRY(mount_console(&p->plan->mounts, &p->mounts, p->pty.slave_fd, err));
	if (p->in->console_fd < 0)
		return container_step_say(p->in->socket_fd, STEP_CONSOLE, p->pty.master_fd, err);
	TRY(pty_send(p->in->console_fd, &p->pty, err));
	/* The caller reads to the end of the stream. */
	close(p->in->console_fd);
	return 0;
}

/* The last change of a mount. From here on nothing of the host is open. */
static int finish_mounts(struct progress *p, struct error *err)
{
	if (p->has_mount_ns)
		TRY(mount_finish(&p->plan->mounts, &p->mounts, err));
	mount_run_clear(&p->mounts);
	return 0;
}

static int take_stdio(struct progress *p, struct error *err)
{
	const struct spec_user *user = p->process ? p->process->user : NULL;

	if (p->pty.slave_fd >= 0)
		TRY(pty_make_controlling(p->pty.slave_fd, err));
	pty_close(&p->pty);
	return container_inside_own_stdio(user ? (uid_t)user->uid.value : 0, err);
}

static int set_attributes(struct progress *p, struct error *err)
{
	return container_inside_set_attributes(p->plan, NULL, err);
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

/* Everything that is done before the runtime says "created", in its order. */
static int prepare(struct progress *p, struct error *err)
{
	static int (*const order[])(struct progress *, struct error *) = {
		settle,	      open_proc,    name_host,	   join_keyring, make_mounts,
		write_sysctls, run_hooks,    change_root,   make_console, finish_mounts,
		take_stdio,    set_attributes, become_user, find_program,
		load_asking_filter,
	};

	for (size_t i = 0; i < countof(order); i++)
		TRY(order[i](p, err));
	TRY(container_step_say(p->in->socket_fd, STEP_READY, -1, err));
	return await(p, STEP_COMMIT, err);
}

/* Until `start` connects. Its connection then hears how the start went. */
static int await_start(const struct progress *p, int *ret_fd, struct error *err)
{
	if (p->in->start_fd < 0) {
		*ret_fd = p->in->socket_fd;
		return 0;
	}
	close(p->in->socket_fd);
	/* It may be long. A filter that is loaded by now may not allow the call. */
	if (!p->plan->filter.program.needs_notify)
		pages_wait_without(p->in->start_fd);
	*ret_fd = TEMP_FAILURE_RETRY(accept4(p->in->start_fd, NULL, NULL, SOCK_CLOEXEC));
	return *ret_fd < 0 ? error_sys(err, "wait for start") : 0;
}

static int execute(struct progress *p, struct error *err)
{
	const struct container_plan *plan = p->plan;

	TRY(container_inside_load_filter(p->plan, INSIDE_BEFORE_EXEC, -1, err));
	if (plan->init_fd >= 0)
		execveat(plan->init_fd, "",
			 container_init_arguments(&plan->init, p->process->args,
						  &p->plan->arena),
			 p->program.environment, AT_EMPTY_PATH);
	else
		execve(p->program.path, p->process->args->item, p->program.environment);
	p->program.blame = errno == ENOENT || errno == ENOTDIR ? BLAME_NOT_FOUND
							      : BLAME_NOT_RUNNABLE;
	return error_sys(err, "exec \"%s\"", p->process->args->item[0]);
}

static int start(struct progress *p, struct error *err)
{
	const struct spec_hooks *hooks = p->spec->hooks;
	autofree char *state = NULL;

	if (!p->program.path)
		return error_set(err, EINVAL, "config.json: process: is missing");
	if (hooks && has_hooks(hooks->start_container)) {
		state = state_text(p, RECORD_CREATED);
		TRY(container_hook_run_all("startContainer", hooks->start_container,
					   &(struct container_hook_setting){
						   state, p->process->cwd, p->plan->hook_output },
					   err));
	}
	if (p->process->rlimits)
		TRY(guard_attribute_set_rlimits(p->process->rlimits, err));
	TRY(container_inside_keep_descriptors(p->plan, err));
	/* Nothing that was sent until now is lost: an init takes it from its queue. */
	TRY(guard_attribute_reset_signals(p->plan->ignored_signals,
					  p->plan->init_fd >= 0 ? GUARD_ATTRIBUTE_BLOCK_ALL
								: GUARD_ATTRIBUTE_BLOCK_NONE,
					  err));
	return execute(p, err);
}

NORETURN void container_stage_run(void *stage)
{
	const struct container_stage *in = stage;
	struct progress p = {
		.in = in,
		.plan = in->plan,
		.spec = &in->plan->spec,
		.process = in->plan->spec.process,
		.mounts = MOUNT_RUN_NONE,
		.pty = PTY_NONE,
		.proc_fd = -1,
		.program.blame = BLAME_RUNTIME,
		.has_mount_ns = spec_find_namespace(&in->plan->spec, SPEC_NAMESPACE_MOUNT),
	};
	int answer_fd = in->socket_fd;
	struct error err;
	int r = prepare(&p, &err);

	if (r >= 0)
		r = await_start(&p, &answer_fd, &err);
	if (r >= 0)
		r = start(&p, &err);
	container_step_say_failed(answer_fd, &err, p.program.blame);
	_exit(1);
}
