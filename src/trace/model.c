// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace/model.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/scope.h"
#include "signal/name.h"
#include "trace/check.h"
#include "trace/sent.h"

enum { BUCKETS = 1 << 14 };

/* What the kernel's system calls give back to ask for a restart; include/linux/errno.h. */
enum { RESTARTSYS = 512, RESTARTNOINTR = 513, RESTARTNOHAND = 514, RESTART_BLOCK = 516 };

/* --- processes --- */

static struct model_process **bucket_of(const struct model *model, uint32_t pid)
{
	return &model->bucket[pid & (BUCKETS - 1)];
}

struct model_process *model_find(const struct model *model, uint32_t pid)
{
	struct model_process *process = model->bucket ? *bucket_of(model, pid) : NULL;

	while (process && process->pid != pid)
		process = process->older;
	return process;
}

static struct model_process *add_process(struct model *io_model, uint32_t pid)
{
	struct model_process *process = arena_new(&io_model->arena, sizeof(*process));
	struct model_process **bucket;

	if (!io_model->bucket)
		io_model->bucket = arena_new(&io_model->arena,
					     BUCKETS * sizeof(*io_model->bucket));
	bucket = bucket_of(io_model, pid);
	process->pid = pid;
	process->older = *bucket;
	*bucket = process;
	if (io_model->last)
		io_model->last->next = process;
	else
		io_model->first = process;
	io_model->last = process;
	return process;
}

/* One that was never introduced: it came before the snapshot reached it. */
static struct model_process *know(struct model *io_model, uint32_t pid)
{
	struct model_process *process = model_find(io_model, pid);

	return process ? process : add_process(io_model, pid);
}

/* One that has to do with more than the snapshot. */
static struct model_process *meet(struct model *io_model, uint32_t pid)
{
	struct model_process *process = know(io_model, pid);

	process->is_met = true;
	return process;
}

/* No pid is larger than 1 << 22 (PID_MAX_LIMIT, include/linux/threads.h). */
uint64_t model_track(const struct model_process *process)
{
	uint64_t track = process->pid;

	for (const struct model_process *older = process->older; older; older = older->older)
		if (older->pid == process->pid)
			track += 1 << 22;
	return track;
}

uint64_t model_gone_ns(const struct model_process *process)
{
	return process->reaped_ns ? process->reaped_ns : process->freed_ns;
}

uint32_t model_inner(const struct model_process *process)
{
	uint32_t level = process->level < EVENT_LEVELS ? process->level : EVENT_LEVELS - 1;

	return process->number[level];
}

static void describe(const struct model *model, const struct event_task *task,
		     struct model_process *io_process)
{
	io_process->parent = task->parent;
	io_process->cgroup1 = task->cgroup1;
	io_process->cgroup2 = task->cgroup2;
	io_process->container = place_container(&model->places, task->cgroup1, task->cgroup2);
	io_process->namespace = task->namespace;
	io_process->level = task->level;
	io_process->is_init = task->flags & EVENT_TASK_INIT;
	io_process->is_kernel = task->flags & EVENT_TASK_KERNEL;
	memcpy(io_process->number, task->number, sizeof(io_process->number));
	memcpy(io_process->name, task->name, sizeof(io_process->name));
	io_process->name[EVENT_NAME_SIZE - 1] = '\0';
	if (!io_process->start_ns)
		io_process->start_ns = task->start_ns;
}

/* --- the kinds of events --- */

static void take_snapshot(struct model *io_model, const struct event_task *task,
			  struct model_step *io_step)
{
	struct model_process *process;

	io_step->is_thread = task->tid != task->tgid;
	process = io_step->process = know(io_model, task->tgid);
	if (io_step->is_thread)
		return;
	io_step->is_again = process->start_ns && process->start_ns == task->start_ns;
	if (io_step->is_again) {
		describe(io_model, task, process);
		return;
	}
	/* Somebody whose birth was not told, and the number was another's before. */
	if (process->start_ns)
		process = io_step->process = add_process(io_model, task->tgid);
	describe(io_model, task, process);
	process->was_there = true;
	if (task->flags & EVENT_TASK_DEAD) {
		process->end_ns = task->head.time_ns;
		process->exit_code = task->exit_code;
		process->was_dead = true;
	}
}

static void take_fork(struct model *io_model, const struct event_task *task,
		      struct model_step *io_step)
{
	io_step->is_thread = task->tid != task->tgid;
	io_step->other = meet(io_model, task->maker);
	if (io_step->is_thread) {
		io_step->process = meet(io_model, task->tgid);
		return;
	}
	/* A number that is given again is another process. */
	io_step->process = add_process(io_model, task->tgid);
	describe(io_model, task, io_step->process);
	io_step->process->is_met = true;
	io_step->process->maker = task->maker;
}

static void take_move(struct model *io_model, const struct event_task *task,
		      struct model_step *io_step)
{
	io_step->is_thread = task->tid != task->tgid;
	io_step->process = meet(io_model, task->tgid);
	if (!io_step->is_thread)
		describe(io_model, task, io_step->process);
}

static bool is_fatal(const struct model_signal *sent, int signal)
{
	enum verdict_outcome end = sent ? verdict_end(&sent->verdict) : VERDICT_NOTE;

	return sent && sent->signal == signal && (end == VERDICT_TERMINATE || end == VERDICT_CORE);
}

/* exec(2) and exit_group(2) end the other threads by a SIGKILL that nobody has generated. */
static void note_zapped(struct model *io_model, const struct event_deliver *event)
{
	if (event->signal != SIGKILL)
		return;
	io_model->zapped[io_model->zapped_next] = event->tid;
	io_model->zapped_next = (io_model->zapped_next + 1) % MODEL_ZAPPED;
}

static bool take_zapped(struct model *io_model, uint32_t tid)
{
	for (size_t i = 0; i < MODEL_ZAPPED; i++)
		if (io_model->zapped[i] == tid) {
			io_model->zapped[i] = 0;
			return true;
		}
	return false;
}

static enum model_cause cause_of(const struct event_exit *exit, bool was_zapped)
{
	bool is_group = exit->flags & EVENT_EXIT_GROUP;

	if (exit->flags & EVENT_EXIT_LAST)
		return WTERMSIG(is_group ? exit->group_code : exit->code) ? MODEL_CAUSE_SIGNAL
									   : MODEL_CAUSE_EXIT;
	if (is_group)
		return MODEL_CAUSE_GROUP;
	return was_zapped ? MODEL_CAUSE_EXEC : MODEL_CAUSE_EXIT;
}

static void take_exit(struct model *io_model, const struct event_exit *exit,
		      struct model_step *io_step)
{
	struct model_process *process = io_step->process = meet(io_model, exit->tgid);
	int signal;

	io_step->is_thread = !(exit->flags & EVENT_EXIT_LAST);
	io_step->other = model_find(io_model, exit->parent);
	io_step->cause = cause_of(exit, take_zapped(io_model, exit->tid));
	if (io_step->is_thread)
		return;
	process->end_ns = exit->head.time_ns;
	process->parent = exit->parent;
	process->exit_code = exit->flags & EVENT_EXIT_GROUP ? exit->group_code : exit->code;
	signal = WTERMSIG(process->exit_code);
	if (signal && signal <= SIGNAL_MAX && is_fatal(process->sent[signal], signal))
		process->killer = process->sent[signal];
}

static void take_free(struct model *io_model, const struct event_end *end,
		      struct model_step *io_step)
{
	io_step->process = meet(io_model, end->tgid);
	io_step->is_thread = end->tid != end->tgid;
	io_step->other = model_find(io_model, io_step->process->parent);
	if (!io_step->is_thread)
		io_step->process->freed_ns = end->head.time_ns;
}

/* The kernel marks its victim after it has sent the SIGKILL. */
static void take_oom(struct model *io_model, const struct event_end *end,
		     struct model_step *io_step)
{
	struct model_process *process = io_step->process = meet(io_model, end->tgid);

	if (process->sent[SIGKILL] && process->sent[SIGKILL]->source == MODEL_BY_KERNEL)
		process->sent[SIGKILL]->source = MODEL_BY_OOM;
}

/* A recording may have millions of signals, and only the last ones of a process matter. */
static struct model_signal *new_signal(struct model *io_model)
{
	struct model_signal *sent = io_model->spare;

	if (!sent)
		return arena_new(&io_model->arena, sizeof(*sent));
	io_model->spare = sent->next;
	*sent = (struct model_signal){ 0 };
	return sent;
}

static void give_back(struct model *io_model, struct model_signal *sent)
{
	if (!sent)
		return;
	sent->next = io_model->spare;
	io_model->spare = sent;
}

/* A second one that became part of the first is neither taken in nor thrown away. */
static void keep(struct model *io_model, struct model_signal *sent, struct model_process *io_target)
{
	enum verdict_result result = sent->verdict.result;
	struct model_signal **place = &io_model->loose;

	if (sent->signal > SIGNAL_MAX)
		;
	else if (result == VERDICT_RESULT_DELIVERED || result == VERDICT_RESULT_LOSE_INFO)
		place = &io_target->sent[sent->signal];
	else if (result == VERDICT_RESULT_IGNORED)
		place = &io_target->refused[sent->signal];
	if (*place != io_target->killer)
		give_back(io_model, *place);
	*place = sent;
}

/*
 * The kernel says of a SIGCONT that was ignored no more than that. That the target has been resumed
 * and has not run since is told of each: the first of them did it.
 */
static bool resumes(const struct event_signal *event, struct model_process *io_target)
{
	bool is_first = event->flags & EVENT_SIGNAL_CONTINUES && !io_target->continues;

	io_target->continues |= is_first;
	return is_first;
}

static void take_signal(struct model *io_model, const struct event_signal *told,
			struct model_step *io_step)
{
	struct event_signal copy = *told, *event = &copy;
	struct model_process *target = meet(io_model, event->tgid);
	struct model_process *current = know(io_model, event->current_tgid);
	struct model_signal *sent = new_signal(io_model);

	if (!resumes(told, target))
		copy.flags &= ~(uint32_t)EVENT_SIGNAL_CONTINUES;
	io_step->process = target;
	io_step->signal = sent;
	sent->source = sent_source(event, current, target);
	sent->target = target;
	if (sent->source == MODEL_BY_CHILD)
		sent->sender = current->pid == event->tgid ? NULL : current;
	else if (sent_has_sender(sent->source))
		sent->sender = current;
	if (sent->sender)
		current->is_met = true;
	sent->time_ns = event->head.time_ns;
	sent->signal = event->signal;
	sent->tid = event->tid;
	sent->flags = event->flags;
	sent->code = event->code;
	sent->verdict = sent_verdict(event, sent->source, sent->sender, target);
	keep(io_model, sent, target);
}

static enum model_call call_of(const struct event_deliver *event)
{
	bool has_handler = event->disposition == EVENT_HANDLER;

	/* No system call goes on for the dead. */
	if (event->call < 0 || event->signal == SIGKILL)
		return MODEL_CALL_NONE;
	switch (event->call_result) {
	case -EINTR:
		return MODEL_CALL_EINTR;
	case -RESTARTSYS:
		return has_handler && !(event->action_flags & SA_RESTART) ? MODEL_CALL_EINTR
									  : MODEL_CALL_RESTARTS;
	case -RESTARTNOINTR:
		return MODEL_CALL_RESTARTS;
	case -RESTARTNOHAND:
	case -RESTART_BLOCK:
		return has_handler ? MODEL_CALL_EINTR : MODEL_CALL_RESTARTS;
	default:
		return MODEL_CALL_NONE;
	}
}

/* A process that dies of a signal gets SIGKILL in its place; exit_code has the true one. */
static void take_delivery(struct model *io_model, const struct event_deliver *event,
			  struct model_step *io_step)
{
	int dying_of = WTERMSIG(event->exit_code);
	int signal = event->signal == SIGKILL && dying_of ? dying_of : event->signal;

	io_step->process = meet(io_model, event->tgid);
	io_step->is_thread = event->tid != event->tgid;
	io_step->call = call_of(event);
	io_step->process->continues = false;
	note_zapped(io_model, event);
	if (signal > SIGNAL_MAX)
		return;
	io_step->signal = io_step->process->sent[signal];
	if (io_step->signal && !io_step->signal->delivered_ns)
		io_step->signal->delivered_ns = event->head.time_ns;
}

/* --- what the layers tell --- */

static void take_reap(struct model *io_model, const struct event_reap *reap,
		      struct model_step *io_step)
{
	io_step->process = meet(io_model, reap->tgid);
	io_step->process->reaped_ns = reap->head.time_ns;
	if (reap->waiter)
		io_step->other = meet(io_model, reap->waiter);
}

static void take_refused(struct model *io_model, const struct event_refused *refused,
			 struct model_step *io_step)
{
	io_step->process = meet(io_model, refused->tgid);
	if (refused->target_tgid)
		io_step->other = model_find(io_model, refused->target_tgid);
}

/* Each file of a journal tells it again. */
static void take_layer(struct model *io_model, const struct event_layer *layer,
		       struct model_step *io_step)
{
	io_step->is_again = io_model->layers & 1U << layer->layer;
	io_model->layers |= 1U << layer->layer;
}

/* All the others begin with the process that they are about. */
static void take_other(struct model *io_model, const struct event_end *event,
		       struct model_step *io_step)
{
	io_step->process = meet(io_model, event->tgid);
}

/* --- all of them --- */

static void take(struct model *io_model, const struct event_head *event, struct model_step *io_step)
{
	const void *whole = event;

	switch ((enum event_kind)event->kind) {
	case EVENT_TASK:
		return take_snapshot(io_model, whole, io_step);
	case EVENT_FORK:
		return take_fork(io_model, whole, io_step);
	case EVENT_MOVE:
	case EVENT_EXEC: /* begins with the same */
		return take_move(io_model, whole, io_step);
	case EVENT_EXIT:
		return take_exit(io_model, whole, io_step);
	case EVENT_FREE:
		return take_free(io_model, whole, io_step);
	case EVENT_SIGNAL:
		return take_signal(io_model, whole, io_step);
	case EVENT_DELIVER:
		return take_delivery(io_model, whole, io_step);
	case EVENT_OOM:
		return take_oom(io_model, whole, io_step);
	case EVENT_FREEZE:
		io_step->process = meet(io_model, ((const struct event_freeze *)whole)->tgid);
		return;
	case EVENT_CGROUP:
		return place_add(&io_model->places, whole, &io_model->arena);
	case EVENT_LOST:
		io_model->lost[((const struct event_lost *)whole)->kind] =
			((const struct event_lost *)whole)->count;
		return;
	case EVENT_REAP:
		return take_reap(io_model, whole, io_step);
	case EVENT_REFUSED:
		return take_refused(io_model, whole, io_step);
	case EVENT_SCHED:
	case EVENT_SWITCHES:
	case EVENT_IRQ:
	case EVENT_INTERRUPTS:
		return take_other(io_model, whole, io_step);
	case EVENT_LAYER:
		return take_layer(io_model, whole, io_step);
	case EVENT_NONE:
	case EVENT_KINDS:
		return;
	}
}

/* Told of a process only because it is followed itself. */
static bool is_own(enum event_kind kind)
{
	return kind != EVENT_TASK && kind != EVENT_SIGNAL && kind != EVENT_REFUSED;
}

int model_add(struct model *io_model, const struct event_head *event,
	      struct model_step *ret_step, struct error *err)
{
	TRY(check_event(event, err));
	*ret_step = (struct model_step){ .event = event };
	give_back(io_model, io_model->loose);
	io_model->loose = NULL;
	io_model->count[event->kind]++;
	take(io_model, event, ret_step);
	/* What nobody did is shown without a time, if at all, and so it is no beginning. */
	if (!io_model->first_ns && ret_step->process)
		io_model->first_ns = event->time_ns;
	io_model->last_ns = event->time_ns;
	if (ret_step->process && is_own(event->kind))
		ret_step->process->is_followed = true;
	return 0;
}

void model_clear(struct model *io_model)
{
	arena_clear(&io_model->arena);
	*io_model = (struct model){ 0 };
}

const char *model_source_name(enum model_source source)
{
	static const char *const names[] = {
		[MODEL_BY_PROCESS] = "process",	  [MODEL_BY_CHILD] = "child",
		[MODEL_BY_TIMER] = "timer",	  [MODEL_BY_FAULT] = "fault",
		[MODEL_BY_TERMINAL] = "terminal", [MODEL_BY_INIT] = "end-of-pid-1",
		[MODEL_BY_CGROUP] = "cgroup.kill", [MODEL_BY_PARENT] = "parent-death",
		[MODEL_BY_OOM] = "oom",		  [MODEL_BY_KERNEL] = "kernel",
	};

	return names[source];
}

const char *model_cause_name(enum model_cause cause)
{
	static const char *const names[] = {
		[MODEL_CAUSE_NONE] = "none",   [MODEL_CAUSE_EXIT] = "exit",
		[MODEL_CAUSE_SIGNAL] = "signal", [MODEL_CAUSE_GROUP] = "group",
		[MODEL_CAUSE_EXEC] = "exec",
	};

	return names[cause];
}
