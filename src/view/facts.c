// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/facts.h"

#include <errno.h>
#include <unistd.h>

#include "base/scope.h"
#include "proc/group.h"
#include "proc/ns.h"
#include "proc/waits.h"
#include "signal/set.h"
#include "view/facts_part.h"

static void add_status_lines(struct facts *io_facts, const char *text)
{
	const struct status *s = &io_facts->status;
	const struct facts_line lines[] = {
		{ FACT_EXISTS, .text = "Name" },
		{ FACT_STATE, .text = "State" },
		{ FACT_INIT, .text = "NStgid",
		  .meaning = status_is_init(s) ? "PID 1 of its pid namespace"
					       : "not PID 1 of its pid namespace" },
		{ FACT_RIGHTS, .text = "Uid", .meaning = "of the target" },
		{ FACT_DISPOSITION, .text = "SigIgn",
		  .meaning = facts_signals(io_facts, s->ignored) },
		{ FACT_DISPOSITION, .text = "SigCgt",
		  .meaning = facts_signals(io_facts, s->caught) },
		{ FACT_PENDING, .text = "ShdPnd",
		  .meaning = facts_signals(io_facts, s->shared_pending) },
		{ FACT_QUEUE, .text = "SigQ", .meaning = "in use / RLIMIT_SIGPENDING" },
		{ FACT_TRACER, .text = "TracerPid" },
	};

	for (size_t i = 0; i < countof(lines); i++)
		facts_add_status(io_facts, text, &lines[i]);
}

/* Seen from an inner namespace number 1 is an init like others. */
static bool is_machine_init(const struct task *task)
{
	struct error err;
	autoclose int fd = task->pid == 1 ? proc_ns_open(getpid(), "pid", &err) : -1;

	return fd >= 0 && proc_ns_is_first(fd);
}

static void read_target(struct facts *io_facts)
{
	const struct status *s = &io_facts->status;

	io_facts->target = (struct verdict_target){
		.exists = true,
		.is_dying = task_is_dead(&io_facts->task) || s->is_dumping,
		.is_dumping = s->is_dumping,
		.is_init = status_is_init(s),
		.is_machine_init = is_machine_init(&io_facts->task),
		.is_kernel_thread = task_is_kernel_thread(&io_facts->task),
		.uid = s->uid.real,
		.saved_uid = s->uid.saved,
		.ignored = s->ignored,
		.caught = s->caught,
		.shared_pending = s->shared_pending,
		.queue_used = s->queue_used,
		.queue_limit = s->queue_limit,
	};
}

static void read_kind(struct facts *io_facts)
{
	autofree char *file = mem_format("/proc/%d/stat", (int)io_facts->task.pid);
	autofree char *text = mem_format("flags 0x%x", io_facts->task.flags);

	if (io_facts->target.is_kernel_thread)
		facts_add_line(io_facts, &(struct facts_line){ FACT_KERNEL_THREAD, 0, file, text,
							       "a kernel thread" });
}

static void read_freeze(struct facts *io_facts)
{
	static const enum verdict_freeze kinds[] = {
		[FREEZE_NONE] = VERDICT_RUNS,
		[FREEZE_V1] = VERDICT_FROZEN_V1,
		[FREEZE_V2] = VERDICT_FROZEN_V2,
	};
	struct freeze *freeze = &io_facts->freeze;
	struct error err;

	if (freeze_read(io_facts->task.pid, &io_facts->arena, freeze, &err) < 0)
		facts_add_gap(io_facts, "whether its cgroup is frozen: %s", err.text);
	io_facts->target.freeze = kinds[freeze->kind];
	if (freeze->file)
		facts_add_line(io_facts, &(struct facts_line){ FACT_FREEZE, 0, freeze->file,
							       freeze->content, "frozen" });
}

/* To know it all processes are looked at, so only where a signal asks for it. */
static void read_group(const struct facts_request *request, struct facts *io_facts)
{
	uint64_t asking = signal_set_group(SIGNAL_GROUP_STOP) &
			  ~signal_set_group(SIGNAL_GROUP_ONLY) & request->signals &
			  ~(io_facts->target.caught | io_facts->target.ignored);
	bool *is_orphaned = &io_facts->target.is_group_orphaned;
	const struct task *task = &io_facts->task;
	autofree char *file = mem_format("/proc/%d/stat", (int)task->pid);
	autofree char *text = mem_format("pgrp %d, session %d", (int)task->group,
					 (int)task->session);
	struct error err;

	if (!asking || task_is_kernel_thread(task))
		return;
	if (group_read_orphaned(task, is_orphaned, &err) < 0) {
		facts_add_gap(io_facts, "whether its process group is orphaned: %s", err.text);
		return;
	}
	facts_add_line(io_facts, &(struct facts_line){
		FACT_GROUP, 0, file, text,
		*is_orphaned ? "no member has a parent in another group of the session"
			     : "a parent in another group of the session" });
}

/* A signalfd takes what is blocked, so where nothing is blocked it does not matter. */
static void read_signalfds(struct facts *io_facts)
{
	autofree char *file = mem_format("/proc/%d/fdinfo", (int)io_facts->task.pid);
	autofree char *text = NULL;
	uint64_t *set = &io_facts->target.signalfd;
	uint64_t blocked = 0;
	struct error err;

	for (size_t i = 0; i < io_facts->target.thread_count; i++)
		blocked |= io_facts->target.thread[i].blocked;
	if (!blocked || io_facts->target.is_dying)
		return;
	if (waits_read_signalfds(io_facts->task.pid, set, &err) < 0) {
		facts_add_gap(io_facts, "whether a signalfd reads what is blocked: %s", err.text);
		return;
	}
	text = mem_format("sigmask: %016llx", (unsigned long long)*set);
	if (*set)
		facts_add_line(io_facts,
			       &(struct facts_line){ FACT_SIGNALFD, 0, file, text,
						     facts_signals(io_facts, *set) });
}

/* The number of a thread stands for its process, as it does for kill(2). */
static int read_process(pid_t pid, struct facts *io_facts, struct error *err)
{
	autofree char *text = NULL;
	struct status status;

	TRY(status_read(pid, pid, &status, err));
	TRY(task_read(status.tgid, &io_facts->task, err));
	TRY(status_read_text(status.tgid, status.tgid, &text, err));
	TRY(status_parse(text, &io_facts->status, err));
	add_status_lines(io_facts, text);
	return 0;
}

static int check_start(const struct task *task, uint64_t start_time, struct error *err)
{
	if (task->start_time == start_time)
		return 0;
	return error_set(err, ESRCH, "process %d: %s, and another one has its number now",
			 (int)task->pid, error_words(ESRCH));
}

int facts_check_same(const struct facts *facts, struct error *err)
{
	struct task now;

	TRY(task_read(facts->task.pid, &now, err));
	return check_start(&now, facts->task.start_time, err);
}

static int read_all(const struct facts_request *request, struct facts *io_facts,
		    struct error *err)
{
	TRY(read_process(request->pid, io_facts, err));
	if (request->start_time)
		TRY(check_start(&io_facts->task, request->start_time, err));
	read_target(io_facts);
	read_kind(io_facts);
	TRY(facts_read_threads(io_facts, err));
	read_freeze(io_facts);
	read_group(request, io_facts);
	read_signalfds(io_facts);
	TRY(facts_read_sender(request, io_facts, err));
	/* All that was read is of one process only if it still is the one it was. */
	return facts_check_same(io_facts, err);
}

int facts_read(const struct facts_request *request, struct facts *ret_facts, struct error *err)
{
	int r;

	*ret_facts = (struct facts){ .from = request->from };
	r = read_all(request, ret_facts, err);
	if (r < 0)
		facts_clear(ret_facts);
	return r;
}

void facts_clear(struct facts *io_facts)
{
	arena_clear(&io_facts->arena);
	*io_facts = (struct facts){ 0 };
}
