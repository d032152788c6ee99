// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/launch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "base/scope.h"
#include "base/wire.h"
#include "cgroup/stat.h"
#include "container/announce.h"
#include "container/attend.h"
#include "container/birth.h"
#include "container/delegate.h"
#include "container/grant.h"
#include "container/hook.h"
#include "container/listener.h"
#include "container/ready.h"
#include "container/rights.h"
#include "container/save.h"
#include "container/spawn.h"
#include "container/stage.h"
#include "container/watch.h"
#include "container/witness.h"
#include "guard/attribute.h"
#include "mount/source.h"
#include "term/pty.h"

enum { LOCK_WAIT_MS = 10000 };

static const char pidfd_annotation[] = "run.oci.pidfd_receiver";

/* A container on its way; what is set has been made, and is taken back on the way out. */
struct launch {
	struct store *store;
	const struct container_request *request;
	struct container_plan plan;
	struct store_entry entry;
	struct record record;
	struct container_child child;
	sigset_t caller_mask;
	int socket_fd, start_fd, console_fd, terminal_fd;
	struct container_ready ready;
	struct container_watch watch;
	struct container_witness_actor actor;
	int story_fd;
	bool is_attended, has_entry, has_cgroup, has_hooks_run, is_born_in_cgroup;
	enum container_blame blame;
};

/* --- the way there --- */

static int write_config_copy(struct launch *l, struct error *err)
{
	const char *text = l->plan.config_text;

	/* A request without a bundle has its root folder here too. */
	if (!l->request->bundle && mkdirat(l->entry.folder_fd, "rootfs", 0755) < 0)
		return error_sys(err, "mkdir rootfs");
	return file_replace(l->entry.folder_fd, RECORD_CONFIG, 0600, text, strlen(text), err);
}

static int write_record(struct launch *l, struct error *err)
{
	container_save_record(&l->plan, l->child.pid, RECORD_CREATING, &l->record);
	return record_write(&l->entry, &l->record, err);
}

static int reserve(struct launch *l, const char *command, struct error *err)
{
	TRY(store_create(l->store, l->request->id, &l->entry, err));
	l->has_entry = true;
	container_filter_keep(&l->plan.filter, l->store->folder_fd);
	/*
	 * Before the record names the cgroup: `delete --force` after a killed husk kills what lives
	 * in it, and that must not be somebody else's.
	 */
	TRY(cgroup_check_free(&l->plan.cgroup, err));
	TRY(guard_rdt_check(&l->plan.rdt, err));
	TRY(container_ready_make(&l->plan, l->entry.folder_fd, err));
	TRY(write_config_copy(l, err));
	container_witness_ourselves(command, &l->actor);
	container_witness_created(&l->entry, &l->actor);
	/* Before the cgroup is made: whoever cleans up after us must find it. */
	return write_record(l, err);
}

/*
 * A stage that outlives us in the middle of this can be found: in the cgroup that it was born in,
 * which the record has, else by its number. Hooks may ask for that anyhow.
 */
static int save_born(struct launch *l, struct error *err)
{
	return l->is_born_in_cgroup && !l->plan.spec.hooks ? 0 : write_record(l, err);
}

static int make_cgroup(struct launch *l, struct error *err)
{
	const struct spec_linux *part = l->plan.spec.linux_part;
	enum cgroup_mode planned = l->plan.cgroup.mode;

	if (cgroup_is_scope(&l->plan.cgroup))
		return 0;
	TRY(cgroup_create(&l->plan.cgroup, part ? part->resources : NULL, err));
	l->has_cgroup = true;
	if (l->plan.cgroup.mode != planned)
		TRY(container_plan_mounts(&l->plan, err));
	return container_delegate(&l->plan, err);
}

/* systemd makes a scope only around a process: the one that waits. */
static int make_scope(struct launch *l, struct error *err)
{
	const struct spec_linux *part = l->plan.spec.linux_part;

	if (!cgroup_is_scope(&l->plan.cgroup))
		return 0;
	TRY(cgroup_create_scope(&l->plan.cgroup, part ? part->resources : NULL, l->child.pid,
				err));
	l->has_cgroup = true;
	return container_delegate(&l->plan, err);
}

static int listen_for_start(struct launch *l, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	/* The path of the folder may be longer than an address; its descriptor never is. */
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
		 l->entry.folder_fd, RECORD_START_SOCKET);
	l->start_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (l->start_fd < 0)
		return error_sys(err, "make the start socket");
	if (bind(l->start_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(l->start_fd, 1) < 0)
		return error_sys(err, "bind the start socket");
	return 0;
}

static int connect_console(struct launch *l, struct error *err)
{
	if (!l->request->console_socket)
		return 0;
	l->console_fd = pty_connect(l->request->console_socket, err);
	return l->console_fd < 0 ? l->console_fd : 0;
}

/* A stage in another user namespace may not reach what the runtime can. */
static int open_sources(struct launch *l, struct error *err)
{
	if (!l->plan.mounts.needs_sources &&
	    !(l->plan.mounts.has_user_ns && l->plan.is_privileged))
		return 0;
	return mount_open_sources(&l->plan.mounts, err);
}

static int give_birth(struct launch *l, struct error *err)
{
	autoclose int cgroup_fd = -1, theirs = -1;
	struct container_stage stage = {
		.plan = &l->plan,
		.record = &l->record,
		.entry_fd = l->entry.folder_fd,
		.store_fd = l->entry.store_fd,
		.start_fd = l->start_fd,
		.console_fd = l->console_fd,
	};
	int ends[2];

	TRY(wire_pair(ends, err));
	l->socket_fd = stage.parent_fd = ends[0];
	theirs = stage.socket_fd = ends[1];
	cgroup_fd = container_birth_open_cgroup(&l->plan);
	l->is_born_in_cgroup = stage.is_born_in_cgroup = cgroup_fd >= 0;
	return container_spawn(&l->plan, cgroup_fd, container_stage_run, &stage, &l->child, err);
}

static int await(struct launch *l, enum container_step step, int *ret_fd, struct error *err)
{
	int r = container_step_await(l->socket_fd, step, ret_fd, &l->blame, err);

	if (r != 0)
		return r;
	if (cgroup_stat_read_oom_kills(&l->plan.cgroup).value > 0)
		return error_set(err, ECHILD, "the container's first process was killed for memory "
				 "before its program ran: the limit is too small");
	return error_set(err, ECHILD, "the container's first process died before its program ran");
}

static bool has_any(const struct spec_hook_list *hooks)
{
	return hooks && hooks->count;
}

static int run_list(const struct launch *l, enum record_status status, const char *kind,
		    const struct spec_hook_list *hooks, struct error *err)
{
	autotext struct text state = { 0 };

	if (!has_any(hooks))
		return 0;
	record_state_json(&l->record, status, JSON_COMPACT, &state);
	return container_hook_run_all(kind, hooks,
				      &(struct container_hook_setting){
					      text_get(&state), l->plan.bundle,
					      l->plan.hook_output },
				      err);
}

static int run_hooks(struct launch *l, struct error *err)
{
	const struct spec_hooks *hooks = l->plan.spec.hooks;

	if (!hooks)
		return 0;
	/* Those of the stage may fail too: poststop is theirs as well. */
	l->has_hooks_run = has_any(hooks->create_container);
	if (!has_any(hooks->prestart) && !has_any(hooks->create_runtime))
		return 0;
	TRY(await(l, STEP_ROOTED, NULL, err));
	l->has_hooks_run = true;
	TRY(run_list(l, RECORD_CREATING, "prestart", hooks->prestart, err));
	TRY(run_list(l, RECORD_CREATING, "createRuntime", hooks->create_runtime, err));
	return container_step_say(l->socket_fd, STEP_HOOKED, -1, err);
}

static int take_terminal(struct launch *l, struct error *err)
{
	if (!container_plan_has_terminal(&l->plan) || l->console_fd >= 0)
		return 0;
	TRY(await(l, STEP_CONSOLE, &l->terminal_fd, err));
	/* Before the program can ask for it. */
	return pty_copy_size(STDIN_FILENO, l->terminal_fd, err);
}

static int hand_over_listener(struct launch *l, struct error *err)
{
	const struct spec_linux *part = l->plan.spec.linux_part;
	struct container_listener_process process = {
		.record = &l->record,
		.status = RECORD_CREATING,
		.pid = l->child.pid,
		.metadata = part && part->seccomp ? part->seccomp->listener_metadata : NULL,
	};
	autoclose int listener_fd = -1;

	if (!l->plan.filter.program.needs_notify)
		return 0;
	TRY(await(l, STEP_LISTENER, &listener_fd, err));
	return container_listener_hand_over(l->plan.filter.listener, listener_fd, &process, err);
}

static int send_pidfd(const struct launch *l, const char *path, struct error *err)
{
	autoclose int fd = path ? container_announce_connect(path, err) : -1;

	if (!path)
		return 0;
	TRY(fd);
	return container_announce_pidfd(fd, path, l->child.pid_fd, err);
}

static int save_created(struct launch *l, struct error *err)
{
	TRY(send_pidfd(l, l->request->pidfd_socket, err));
	TRY(send_pidfd(l, spec_find_annotation(l->plan.spec.annotations, pidfd_annotation), err));
	TRY(record_adopt(&l->entry, err));
	return container_announce_pid(l->request->pid_file, l->child.pid, err);
}

/* What can be done before the first process is ready, since that takes it long enough. */
static int use_the_time(struct launch *l, struct error *err)
{
	if (l->is_attended)
		container_watch_open(&l->plan.cgroup, &l->entry, &l->watch);
	container_save_record(&l->plan, l->child.pid, RECORD_CREATED, &l->record);
	return record_draft(&l->entry, &l->record, err);
}

/* Ends in the state "created", the stage waiting for COMMIT to have been said. */
static int create(struct launch *l, bool waits_for_start, struct error *err)
{
	TRY(reserve(l, waits_for_start ? "create" : "run", err));
	if (waits_for_start)
		TRY(listen_for_start(l, err));
	TRY(connect_console(l, err));
	TRY(make_cgroup(l, err));
	TRY(container_grant_make(&l->plan, err));
	TRY(open_sources(l, err));
	TRY(give_birth(l, err));
	TRY(save_born(l, err));
	TRY(make_scope(l, err));
	TRY(container_birth_place(&l->plan, l->child.pid, l->is_born_in_cgroup, err));
	TRY(container_rights_conceal(true, err));
	TRY(container_step_say(l->socket_fd, STEP_PLACED, -1, err));
	TRY(use_the_time(l, err));
	TRY(run_hooks(l, err));
	TRY(take_terminal(l, err));
	TRY(hand_over_listener(l, err));
	TRY(await(l, STEP_READY, NULL, err));
	return save_created(l, err);
}

static int start(struct launch *l, struct error *err)
{
	const struct spec_hooks *hooks = l->plan.spec.hooks;

	l->has_hooks_run |= hooks && has_any(hooks->start_container);
	TRY(container_ready_listen(l->entry.folder_fd, &l->ready, err));
	l->ready.pid = l->child.pid;
	TRY(container_step_say(l->socket_fd, STEP_COMMIT, -1, err));
	/* Closed by exec: the program runs. */
	TRY(container_step_await(l->socket_fd, STEP_FAILED, NULL, &l->blame, err));
	/* The record stays: "created" without a start socket is running. */
	l->story_fd = container_witness_started(&l->entry, &l->record, &l->plan.cgroup);
	return hooks ? run_list(l, RECORD_RUNNING, "poststart", hooks->poststart, err) : 0;
}

/* --- the way back --- */

static void run_poststop(const struct launch *l)
{
	const struct spec_hooks *hooks = l->plan.spec.hooks;
	autotext struct text state = { 0 };

	if (!hooks)
		return;
	record_state_json(&l->record, RECORD_STOPPED, JSON_COMPACT, &state);
	container_hook_run_poststop(hooks->poststop,
				    &(struct container_hook_setting){
					    text_get(&state), l->plan.bundle,
					    l->plan.hook_output });
}

/* @was_started: the container lived, so that its end is told to the hooks. */
static void take_back(struct launch *l, bool was_started)
{
	struct error err;

	container_child_kill(&l->child);
	if (container_grant_take_back(&l->plan, &err) < 0)
		log_warning("%s: %s", l->request->id, err.text);
	if (l->has_cgroup && cgroup_delete(&l->plan.cgroup, &err) < 0) {
		log_warning("%s: %s", l->request->id, err.text);
		if (l->has_entry) {
			/* Without the record nobody would know what is still to be removed. */
			log_warning("%s: kept for husk delete", l->request->id);
			return;
		}
	}
	if ((was_started && l->has_entry) || l->has_hooks_run)
		run_poststop(l);
	if (l->has_entry && was_started)
		container_witness_deleted(&l->entry, &l->actor);
	if (l->has_entry && store_remove(&l->entry, &err) < 0)
		log_warning("%s: %s", l->request->id, err.text);
}

static int begin(struct launch *l, struct store *store, const struct container_request *request,
		 struct error *err)
{
	autofree char *folder = mem_format("%s/%s", store->root, request->id);
	autofree int *inherited = NULL;
	sigset_t all;
	int r;

	*l = (struct launch){
		.store = store, .request = request, .plan = CONTAINER_PLAN_NONE,
		.entry = STORE_ENTRY_NONE, .child = { .pid_fd = -1 }, .socket_fd = -1,
		.start_fd = -1, .console_fd = -1, .terminal_fd = -1, .blame = BLAME_RUNTIME,
		.ready = CONTAINER_READY_NONE, .watch = CONTAINER_WATCH_NONE, .story_fd = -1,
	};
	/*
	 * From here to the program no signal may be lost, nor end us in the middle: the stage
	 * inherits the mask, and clears it right before the exec.
	 */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &l->caller_mask);
	/* Ignored, as some callers leave it, it would take the exit status with it. */
	signal(SIGCHLD, SIG_DFL);
	TRY(store_check_id(request->id, err));
	TRY(container_rights_conceal(false, err));
	TRY(fd_list_inherited(3, &inherited, err));
	TRY(fd_close_on_exec_from(3, err));
	r = container_plan_make(request, folder, &l->plan, err);
	l->plan.inherited = ptr_take(&inherited);
	l->plan.ignored_signals = guard_attribute_ignored_signals();
	return r;
}

static void end(struct launch *l)
{
	const int fds[] = { l->socket_fd, l->start_fd, l->console_fd, l->terminal_fd,
			    l->child.pid_fd, l->story_fd };

	for (size_t i = 0; i < countof(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	container_ready_close(&l->ready);
	container_watch_close(&l->watch);
	record_clear(&l->record);
	store_entry_close(&l->entry);
	container_plan_clear(&l->plan);
	sigprocmask(SIG_SETMASK, &l->caller_mask, NULL);
}

int container_create(struct store *io_store, const struct container_request *request,
		     struct error *err)
{
	struct launch l;
	int r = begin(&l, io_store, request, err);

	if (r >= 0) {
		r = create(&l, true, err);
		if (r >= 0)
			r = container_step_say(l.socket_fd, STEP_COMMIT, -1, err);
		if (r < 0)
			take_back(&l, false);
	}
	end(&l);
	return r < 0 ? r : 0;
}

static int attend(struct launch *l, struct error *err)
{
	struct container_attendance attendance = {
		.pid = l->child.pid,
		.pid_fd = l->child.pid_fd,
		.terminal_fd = fd_take(&l->terminal_fd),
		.ready = &l->ready,
		.watch = &l->watch,
	};
	struct error lock_error;
	int status;

	/* Others may look, kill and delete while it runs. */
	store_unlock(&l->entry);
	container_rights_give_up();
	status = container_attend(&attendance, err);
	if (status >= 0)
		l->child.pid = 0; /* reaped */
	if (store_lock(&l->entry, LOCK_WAIT_MS, &lock_error) < 0) {
		/* Deleted by somebody else, or about to be. */
		log_debug("%s: %s", l->request->id, lock_error.text);
		l->has_entry = l->has_cgroup = false;
	} else if (status >= 0) {
		container_witness_end_in(l->story_fd, &l->plan.cgroup, &attendance.wait_status);
	}
	return status;
}

/* It runs, so who waits no longer, by a signal say, takes nothing back. */
static void await_ready(struct launch *l)
{
	if (l->ready.socket_fd < 0)
		return;
	store_unlock(&l->entry);
	sigprocmask(SIG_SETMASK, &l->caller_mask, NULL);
	container_ready_await(&l->ready, l->child.pid_fd);
}

int container_run(struct store *io_store, const struct container_request *request,
		  const struct container_run_options *options, enum container_blame *ret_blame,
		  struct error *err)
{
	struct launch l;
	bool was_started = false;
	int r = begin(&l, io_store, request, err);

	if (r >= 0) {
		l.is_attended = !options->is_detached;
		if (l.is_attended)
			/* What the container leaves to us is reaped. It cannot fail. */
			(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
		r = create(&l, false, err);
		if (r >= 0)
			r = start(&l, err);
		was_started = r >= 0;
		if (r >= 0 && l.is_attended)
			r = attend(&l, err);
		else if (r >= 0)
			await_ready(&l);
		if (r < 0 || (!options->is_detached && !options->is_kept))
			take_back(&l, was_started);
	}
	*ret_blame = l.blame;
	end(&l);
	return r;
}
