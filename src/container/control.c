// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/scope.h"
#include "base/sys.h"
#include "container/hook.h"
#include "container/ready.h"
#include "container/stop.h"
#include "container/subject.h"
#include "container/witness.h"
#include "guard/rdt.h"
#include "proc/task.h"

/* --- start --- */

static const char has_stopped[] = "cannot start a container that has stopped";

static int connect_stage(const struct subject *subject, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
		 subject->entry.folder_fd, RECORD_START_SOCKET);
	if (fd < 0)
		return error_sys(err, "make a socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd_take(&fd);
	/* It was killed since it was looked at: nobody listens any more. */
	return errno == ECONNREFUSED ? error_set(err, ESRCH, "%s", has_stopped)
				     : error_sys(err, "connect to the start socket");
}

static int run_poststart(const struct subject *subject, struct error *err)
{
	const struct record *record = &subject->record;
	autotext struct text state = { 0 };
	autohookoutput struct container_hook_output output = { 0 };

	if (!record->poststart)
		return 0;
	TRY(container_hook_output_open(record->annotations, &output, err));
	record_state_json(record, RECORD_RUNNING, JSON_COMPACT, &state);
	return container_hook_run_all("poststart", record->poststart,
				      &(struct container_hook_setting){
					      text_get(&state), record->bundle, output },
				      err);
}

static int check_startable(const struct subject *subject, struct error *err)
{
	static const char *const words[] = {
		[RECORD_CREATING] = "container is still being created",
		[RECORD_CREATED] = NULL,
		[RECORD_RUNNING] = "container is already running",
		[RECORD_PAUSED] = "container is paused",
		[RECORD_STOPPED] = has_stopped,
	};
	const char *why_not = words[subject->status];

	return why_not ? error_set(err, EINVAL, "%s", why_not) : 0;
}

/* Others may look, kill and delete in the meantime. */
static int await_ready(struct subject *io_subject, struct container_ready *io_ready,
		       struct error *err)
{
	autoclose int pid_fd = -1;

	if (io_ready->socket_fd < 0)
		return 0;
	pid_fd = container_subject_open_process(io_subject, err);
	/* Ended by now. */
	if (pid_fd < 0)
		return pid_fd == -ESRCH ? 0 : pid_fd;
	io_ready->pid = (pid_t)io_subject->record.pid.value;
	store_unlock(&io_subject->entry);
	container_ready_await(io_ready, pid_fd);
	return 0;
}

int container_start(const struct store *store, const char *id, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autoclean(container_ready_close) struct container_ready ready = CONTAINER_READY_NONE;
	autoclose int stage_fd = -1, story_fd = -1;
	struct error ignored;

	TRY(container_subject_find_locked(store, id, &subject, err));
	TRY(check_startable(&subject, err));
	TRY(container_ready_listen(subject.entry.folder_fd, &ready, err));
	stage_fd = connect_stage(&subject, err);
	TRY(stage_fd);
	if (unlinkat(subject.entry.folder_fd, RECORD_START_SOCKET, 0) < 0)
		return error_sys(err, "unlink the start socket");
	/* The connection is closed by exec, or brings the reason why there was none. */
	TRY(container_step_await(stage_fd, STEP_FAILED, NULL, NULL, err));
	story_fd = container_witness_started(&subject.entry, &subject.record, &subject.cgroup);
	if (run_poststart(&subject, err) < 0) {
		/* Its hook failed, so it shall not run on. The error to tell is the hook's. */
		(void)!container_stop_now(&subject, "start", &ignored);
		return -err->code;
	}
	return await_ready(&subject, &ready, err);
}

/* --- kill --- */

int container_kill(const struct store *store, const char *id,
		   const struct container_kill_options *options, const char **ret_ignored_by,
		   struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autoclose int pid_fd = -1;
	int signal = options->signal;
	bool is_private, all = options->to_all;

	*ret_ignored_by = NULL;
	TRY(container_subject_find(store, id, &subject, err));
	if (subject.status != RECORD_STOPPED)
		*ret_ignored_by = container_witness_signal(
			&subject.entry, &(struct container_witness_signal){
						.command = "kill",
						.pid = (pid_t)subject.record.pid.value,
						.signal = signal,
						.to_all = all,
						.timeout_ms = -1,
						.cgroup = &subject.cgroup });
	if (all && subject.cgroup.mode != CGROUP_MODE_NONE)
		return container_stop_signal_all(&subject, signal, err);
	if (subject.status == RECORD_STOPPED)
		return all ? 0 : error_set(err, ESRCH, "container not running");
	pid_fd = container_subject_open_process(&subject, err);
	if (pid_fd == -ESRCH)
		return error_set(err, ESRCH, "container not running");
	TRY(pid_fd);
	if (sys_pidfd_send_signal(pid_fd, signal) < 0)
		return errno == ESRCH ? error_set(err, ESRCH, "container not running")
				      : error_sys(err, "send the signal");
	is_private = subject.record.has_pid_namespace.value;
	if (signal == SIGKILL && (!is_private || subject.status == RECORD_PAUSED))
		return cgroup_kill(&subject.cgroup, err);
	return 0;
}

/* --- delete --- */

static void run_poststop(const struct subject *subject)
{
	autotext struct text state = { 0 };
	autohookoutput struct container_hook_output output = { 0 };
	struct error err;

	if (!subject->record.poststop)
		return;
	if (container_hook_output_open(subject->record.annotations, &output, &err) < 0)
		log_warning("poststop hooks: %s", err.text);
	record_state_json(&subject->record, RECORD_STOPPED, JSON_COMPACT, &state);
	container_hook_run_poststop(subject->record.poststop,
				    &(struct container_hook_setting){
					    text_get(&state), subject->record.bundle, output });
}

static int remove_rdt(const struct record *record, struct error *err)
{
	const struct record_intel_rdt *rdt = record->intel_rdt;

	return rdt ? guard_rdt_remove(rdt->group, rdt->monitor, err) : 0;
}

static int remove_all(struct subject *io_subject, struct error *err)
{
	struct container_witness_actor actor;

	TRY(container_stop_now(io_subject, "delete", err));
	TRY(cgroup_delete(&io_subject->cgroup, err));
	TRY(remove_rdt(&io_subject->record, err));
	run_poststop(io_subject);
	container_witness_ourselves("delete", &actor);
	container_witness_deleted(&io_subject->entry, &actor);
	return store_remove(&io_subject->entry, err);
}

int container_delete(const struct store *store, const char *id, bool force, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	int r;

	store_sweep(store);
	r = store_find(store, id, &subject.entry, err);
	if (r == -ENOENT && force)
		return 0;
	TRY(r);
	r = store_lock(&subject.entry, SUBJECT_LOCK_WAIT_MS, err);
	/* Another one was quicker. */
	if (r == -ENOENT && force)
		return 0;
	TRY(r);
	r = container_subject_see(&subject, err);
	/*
	 * No record, or half of one: its maker was killed before anything else was made, since
	 * the record comes first. What is left is the folder.
	 */
	if (force && (r == -ENOENT || r == -EBADMSG))
		return store_remove(&subject.entry, err);
	TRY(r);
	if (!force && subject.status != RECORD_STOPPED && subject.status != RECORD_CREATED)
		return error_set(err, EBUSY, "container is %s: stop it first, or use --force",
				 record_status_name(subject.status));
	return remove_all(&subject, err);
}

int container_look(const struct store *store, const char *id, struct record *ret_record,
		   enum record_status *ret_status, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;

	TRY(container_subject_find(store, id, &subject, err));
	*ret_status = subject.status;
	*ret_record = subject.record;
	subject.record = (struct record){ 0 };
	return 0;
}
