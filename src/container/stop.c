// SPDX-License-Identifier: GPL-2.0-or-later
#include "container/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/sys.h"
#include "container/witness.h"
#include "proc/end.h"
#include "proc/task.h"
#include "signal/name.h"
#include "spec/spec.h"

enum { KILL_WAIT_MS = 10000 };


/* One of the containers that are being stopped. */
struct stopping {
	struct subject subject;
	int pid_fd;
	int64_t begin_ms;
	struct container_stop_result *result;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- what does not end --- */

/* Where in the kernel it sleeps; "?" where that is not shown. */
static void read_wait_channel(pid_t pid, char *ret_name, size_t size)
{
	autofree char *text = NULL;
	char path[64];
	struct error ignored;

	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	(void)!file_read(AT_FDCWD, path, 256, &text, NULL, &ignored);
	snprintf(ret_name, size, "%s", text && *text && strcmp(text, "0") != 0 ? text : "?");
}

static bool is_stuck(pid_t pid, struct task *ret_task)
{
	struct error ignored;

	return task_read(pid, ret_task, &ignored) == 0 && ret_task->state == 'D';
}

/* The task in uninterruptible sleep, if there is one; else the first process. */
static void find_stuck(const struct subject *subject, struct task *ret_task)
{
	struct arena arena = { 0 };
	pid_t *pids = NULL, first = (pid_t)subject->record.pid.value;
	size_t count = 0;
	bool found = is_stuck(first, ret_task);
	struct error ignored;

	if (!found && cgroup_pids(&subject->cgroup, &arena, &pids, &count, &ignored) == 0)
		for (size_t i = 0; i < count && !found; i++)
			found = is_stuck(pids[i], ret_task);
	if (!found)
		(void)!task_read(first, ret_task, &ignored);
	arena_clear(&arena);
}

static int report_stuck(const struct subject *subject, struct error *err)
{
	struct task task = { .pid = (pid_t)subject->record.pid.value, .state = '?' };
	char channel[64];

	find_stuck(subject, &task);
	read_wait_channel(task.pid, channel, sizeof(channel));
	return error_set(err, EBUSY,
			 "process %d (%s) does not end after SIGKILL: state %c, waiting in %s",
			 (int)task.pid, task.name, task.state, channel);
}

/* --- the steps --- */

/* 1: it has ended; 0: not within @timeout_ms. */
static int await_end(int pid_fd, int64_t timeout_ms, struct error *err)
{
	struct pollfd wait = { .fd = pid_fd, .events = POLLIN };
	int64_t end_ms = now_ms() + timeout_ms;
	int r;

	do {
		int64_t left_ms = end_ms - now_ms();

		if (timeout_ms < 0)
			left_ms = -1;
		else if (left_ms < 0)
			left_ms = 0;
		r = poll(&wait, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? error_sys(err, "wait for the end") : r;
}

int container_stop_signal_all(const struct subject *subject, int signal, struct error *err)
{
	struct arena arena = { 0 };
	pid_t *pids = NULL;
	size_t count = 0;
	struct error ignored;
	int r;

	if (signal == SIGKILL)
		return cgroup_kill(&subject->cgroup, err);
	/* Frozen, so that nobody forks between the list and the signal. */
	(void)!cgroup_freeze(&subject->cgroup, true, &ignored);
	r = cgroup_pids(&subject->cgroup, &arena, &pids, &count, err);
	for (size_t i = 0; r >= 0 && i < count; i++)
		if (kill(pids[i], signal) < 0 && errno != ESRCH)
			r = error_sys(err, "signal process %d", pids[i]);
	(void)!cgroup_freeze(&subject->cgroup, subject->status == RECORD_PAUSED, &ignored);
	arena_clear(&arena);
	return r < 0 ? r : 0;
}

static int kill_and_await(const struct subject *subject, int pid_fd, struct error *err)
{
	int r;

	if (sys_pidfd_send_signal(pid_fd, SIGKILL) < 0 && errno != ESRCH)
		return error_sys(err, "kill process %d", (int)subject->record.pid.value);
	/* The others too, and frozen ones are thawed, or they would never end. */
	TRY(cgroup_kill(&subject->cgroup, err));
	r = await_end(pid_fd, KILL_WAIT_MS, err);
	return r == 0 ? report_stuck(subject, err) : r;
}

void container_stop_look(const struct subject *subject)
{
	container_witness_find_end(&subject->entry, &subject->record, &subject->cgroup, -1);
}

int container_stop_now(const struct subject *subject, const char *command, struct error *err)
{
	autoclose int pid_fd = container_subject_open_process(subject, err);
	struct container_witness_signal sent = {
		.command = command,
		.pid = (pid_t)subject->record.pid.value,
		.signal = SIGKILL,
		.to_all = true,
		.timeout_ms = -1,
		.cgroup = &subject->cgroup,
	};

	if (pid_fd == -ESRCH) {
		container_witness_find_end(&subject->entry, &subject->record, &subject->cgroup,
					   -1);
		return 0;
	}
	TRY(pid_fd);
	(void)!container_witness_signal(&subject->entry, &sent);
	TRY(kill_and_await(subject, pid_fd, err));
	container_witness_find_end(&subject->entry, &subject->record, &subject->cgroup, pid_fd);
	return 0;
}

/* --- stop --- */

static int choose_signal(const struct subject *subject, int wanted)
{
	const char *text = spec_find_annotation(subject->record.annotations,
						SPEC_STOP_SIGNAL_ANNOTATION);
	int signal = SIGTERM;

	if (wanted)
		return wanted;
	/* One that nobody knows is as good as none. */
	if (text)
		(void)!signal_parse(text, &signal);
	return signal;
}

static int send_first(struct stopping *s, const struct container_stop_options *options,
		      struct error *err)
{
	struct subject *subject = &s->subject;
	struct container_witness_signal sent = {
		.command = "stop",
		.pid = (pid_t)subject->record.pid.value,
		.signal = choose_signal(subject, options->signal),
		.to_all = options->to_all,
		.timeout_ms = (int)options->timeout_ms,
		.cgroup = &subject->cgroup,
	};

	s->result->signal = sent.signal;
	s->result->ignored_by = container_witness_signal(&subject->entry, &sent);
	if (subject->status == RECORD_PAUSED) {
		TRY(cgroup_freeze(&subject->cgroup, false, err));
		subject->status = RECORD_RUNNING;
	}
	if (options->to_all && subject->cgroup.mode != CGROUP_MODE_NONE)
		return container_stop_signal_all(subject, sent.signal, err);
	if (sys_pidfd_send_signal(s->pid_fd, sent.signal) < 0 && errno != ESRCH)
		return error_sys(err, "send %s", signal_name(sent.signal));
	return 0;
}

static int begin(struct stopping *s, const struct store *store, const char *id,
		 const struct container_stop_options *options, struct error *err)
{
	s->begin_ms = now_ms();
	TRY(container_subject_find(store, id, &s->subject, err));
	s->pid_fd = container_subject_open_process(&s->subject, err);
	if (s->pid_fd == -ESRCH) {
		s->result->was_stopped = true;
		return 0;
	}
	TRY(s->pid_fd);
	/* Its program does not run yet: there is nobody to be polite to. */
	if (s->subject.status == RECORD_CREATED || s->subject.status == RECORD_CREATING)
		return 0;
	return send_first(s, options, err);
}

/* As await_end, until the grace is over. */
static int await_grace(const struct stopping *s, const struct container_stop_options *options,
		       struct error *err)
{
	enum { SECOND_MS = 1000 };
	int64_t end_ms = s->begin_ms + options->timeout_ms;

	for (;;) {
		int64_t left_ms = end_ms > now_ms() ? end_ms - now_ms() : 0;
		bool is_last = !options->waiting || left_ms <= SECOND_MS;
		int r = await_end(s->pid_fd, is_last ? left_ms : SECOND_MS, err);

		if (r != 0 || is_last)
			return r;
		options->waiting(s->subject.entry.id, left_ms - SECOND_MS);
	}
}

static int finish(struct stopping *s, const struct container_stop_options *options,
		  struct error *err)
{
	const struct subject *subject = &s->subject;
	int r = s->result->signal ? await_grace(s, options, err) : 0;

	TRY(r);
	if (r == 0) {
		s->result->was_killed = true;
		if (s->result->signal)
			container_witness_grace_over(&subject->entry, "stop");
		TRY(kill_and_await(subject, s->pid_fd, err));
	} else if (!subject->record.has_pid_namespace.value) {
		/* The kernel ends the others only in a pid namespace of their own. */
		TRY(cgroup_kill(&subject->cgroup, err));
	}
	return 0;
}

static void look_back(struct stopping *s)
{
	const struct record *record = &s->subject.record;
	struct container_stop_result *result = s->result;
	struct error ignored;
	int status;

	result->took_ms = now_ms() - s->begin_ms;
	container_witness_find_end(&s->subject.entry, record, &s->subject.cgroup, s->pid_fd);
	if (record->start_time.is_set &&
	    end_read((pid_t)record->pid.value, record->start_time.value, s->pid_fd, &status,
		     &ignored) == 0)
		result->wait_status = (struct maybe_int){ true, status };
}

void container_stop(const struct store *store, char *const *ids, size_t count,
		    const struct container_stop_options *options,
		    struct container_stop_result *ret_results)
{
	struct stopping *list = mem_new(count * sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		ret_results[i] = (struct container_stop_result){ 0 };
		list[i] = (struct stopping){ .subject = SUBJECT_NONE, .pid_fd = -1,
					     .result = &ret_results[i] };
		if (begin(&list[i], store, ids[i], options, &ret_results[i].error) >= 0)
			ret_results[i].error.code = 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct container_stop_result *result = &ret_results[i];

		if (result->error.code == 0 && !result->was_stopped &&
		    finish(&list[i], options, &result->error) >= 0)
			result->error.code = 0;
		if (result->error.code == 0)
			look_back(&list[i]);
		if (list[i].pid_fd >= 0)
			close(list[i].pid_fd);
		container_subject_clear(&list[i].subject);
	}
	free(list);
}

/* --- wait --- */

static int told_by_story(const struct life *life, struct error *err)
{
	for (size_t i = 0; i < life->count; i++) {
		const struct life_end *end = life->event[i].end;

		if (end && end->exit_code.is_set)
			return (int)end->exit_code.value;
		if (end && end->signal.is_set)
			return 128 + (int)end->signal.value;
	}
	return error_set(err, ENODATA, "nobody saw how it ended");
}

static int wait_for_past(const struct store *store, const char *id, struct error *err)
{
	autolife struct life life = { 0 };

	TRY(life_find_past(store, id, &life, err));
	return told_by_story(&life, err);
}

int container_wait(const struct store *store, const char *id, struct error *err)
{
	autosubject struct subject subject = SUBJECT_NONE;
	autolife struct life life = { 0 };
	autoclose int pid_fd = -1;
	int r = container_subject_find(store, id, &subject, err), status;

	if (r == -ENOENT)
		return wait_for_past(store, id, err);
	TRY(r);
	pid_fd = container_subject_open_process(&subject, err);
	if (pid_fd < 0 && pid_fd != -ESRCH)
		return pid_fd;
	if (pid_fd >= 0)
		TRY(await_end(pid_fd, -1, err));
	if (subject.record.start_time.is_set &&
	    end_read((pid_t)subject.record.pid.value, subject.record.start_time.value, pid_fd,
		     &status, err) == 0) {
		container_witness_end(&subject.entry, &subject.cgroup, &status);
		return child_exit_code(status);
	}
	/* Its folder may be gone by now; the descriptor still leads to the story, or the past does. */
	if (life_read(&subject.entry, &life, err) >= 0 && life.count)
		return told_by_story(&life, err);
	return wait_for_past(store, id, err);
}
