// SPDX-License-Identifier: GPL-2.0-or-later
#include "signal/rule.h"

#include <errno.h>
#include <signal.h>

#include "base/scope.h"
#include "signal/set.h"

typedef const struct verdict_question *question;

static bool is_in(question q, enum signal_group group)
{
	return signal_set_has(signal_set_group(group), q->signal);
}

/* KILL and STOP: nothing a program sets applies to them. */
static bool is_only(question q)
{
	return is_in(q, SIGNAL_GROUP_ONLY);
}

static bool is_by_process(question q)
{
	return q->sender->source == VERDICT_FROM_PROCESS;
}

/* --- is it there, and may the sender --- */

static bool no_process(question q)
{
	return !q->target->exists;
}

static bool out_of_sight(question q)
{
	return is_by_process(q) && !q->sender->sees_target;
}

static bool no_right(question q)
{
	const struct verdict_sender *s = q->sender;
	const struct verdict_target *t = q->target;
	bool is_same_user = s->uid == t->uid || s->uid == t->saved_uid ||
			    s->effective_uid == t->uid || s->effective_uid == t->saved_uid;

	return is_by_process(q) && !s->is_same_process && !is_same_user && !s->has_cap_kill &&
	       !(q->signal == SIGCONT && s->is_same_session);
}

static bool held_back(question q)
{
	return is_by_process(q) && !q->sender->is_same_process && q->sender->is_held_back;
}

/* --- while it is sent --- */

static bool dying(question q)
{
	return q->target->is_dying && !(q->target->is_dumping && q->signal == SIGKILL);
}

/* force_sig: blocked or ignored means default, and default means that not even init lives. */
static bool fault(question q)
{
	return q->sender->source == VERDICT_FROM_FAULT &&
	       !(q->is_caught && q->taker == q->addressed);
}

static bool stop_clears_continue(question q)
{
	return is_in(q, SIGNAL_GROUP_STOP) && signal_set_has(q->target->shared_pending, SIGCONT);
}

static bool continue_clears_stop(question q)
{
	return q->signal == SIGCONT &&
	       (q->target->shared_pending & signal_set_group(SIGNAL_GROUP_STOP));
}

static bool is_stopped(question q)
{
	return q->addressed->state == 'T';
}

static bool continue_resumes(question q)
{
	return q->signal == SIGCONT && is_stopped(q);
}

/* sig_ignored: what the addressed thread blocks or awaits, and what a tracer sees, is kept. */
static bool can_be_ignored(question q)
{
	const struct verdict_thread *t = q->addressed;
	bool is_kept = !is_only(q) && signal_set_has(t->blocked | t->awaited, q->signal);

	return !is_kept && (!t->is_traced || q->signal == SIGKILL);
}

static bool machine_init(question q)
{
	return q->target->is_machine_init && is_only(q) && can_be_ignored(q);
}

static bool init_from_inside(question q)
{
	return q->target->is_init && is_only(q) && !q->is_forced && can_be_ignored(q);
}

static bool init_no_handler(question q)
{
	return q->target->is_init && q->is_default && !is_only(q) && can_be_ignored(q);
}

static bool is_ignored(question q)
{
	return !q->is_default && !q->is_caught;
}

static bool kernel_thread(question q)
{
	return q->target->is_kernel_thread && can_be_ignored(q) &&
	       signal_set_has(q->target->ignored, q->signal);
}

static bool set_to_ignore(question q)
{
	return is_ignored(q) && can_be_ignored(q);
}

static bool ignored_by_default(question q)
{
	return q->is_default && is_in(q, SIGNAL_GROUP_IGNORE) && can_be_ignored(q);
}

/* --- the queue --- */

static bool already_pending(question q)
{
	uint64_t queue = q->sender->call == VERDICT_TGKILL ? q->addressed->pending
							   : q->target->shared_pending;

	return q->signal < SIGNAL_QUEUED_MIN && signal_set_has(queue, q->signal);
}

/* KILL needs no entry; kill(2) of a standard signal gets one beyond the limit. */
static bool queue_is_full(question q)
{
	return q->target->queue_used >= q->target->queue_limit && is_by_process(q) &&
	       q->signal != SIGKILL;
}

static bool queue_refuses(question q)
{
	return queue_is_full(q) && q->signal >= SIGNAL_QUEUED_MIN &&
	       q->sender->call == VERDICT_SIGQUEUE;
}

static bool queue_loses_sender(question q)
{
	return queue_is_full(q) &&
	       (q->signal >= SIGNAL_QUEUED_MIN || q->sender->call != VERDICT_KILL);
}

/* --- what holds it back --- */

/*
 * complete_signal: death without a dump is not left to the thread. It turns into a SIGKILL
 * for all threads in the moment of sending, if the thread that shall take it may die of it.
 */
static bool kills_at_once(question q)
{
	if (q->signal == SIGKILL)
		return true;
	return q->is_default && q->taker && !q->taker->is_traced && !q->target->is_init &&
	       !signal_set_has(q->taker->awaited, q->signal) &&
	       !is_in(q, SIGNAL_GROUP_CORE) && !is_in(q, SIGNAL_GROUP_STOP) &&
	       !is_in(q, SIGNAL_GROUP_IGNORE);
}

static bool frozen_v1(question q)
{
	return q->target->freeze == VERDICT_FROZEN_V1;
}

static bool frozen_v2(question q)
{
	return q->target->freeze == VERDICT_FROZEN_V2 && (is_stopped(q) || !kills_at_once(q)) &&
	       q->signal != SIGKILL;
}

static bool stopped(question q)
{
	return is_stopped(q) && q->signal != SIGKILL && q->signal != SIGCONT;
}

static bool stopped_by_tracer(question q)
{
	return q->addressed->state == 't' && q->signal != SIGKILL;
}

/* The v1 freezer shows its tasks in this state too, and has a rule of its own. */
static bool uninterruptible(question q)
{
	const struct verdict_thread *t = q->taker ? q->taker : q->addressed;

	return t->state == 'D' && !frozen_v1(q);
}

/* --- who takes it --- */

static bool another_thread(question q)
{
	return q->taker && q->taker != q->addressed;
}

static bool awaited(question q)
{
	return q->taker && !is_only(q) && signal_set_has(q->taker->awaited, q->signal);
}

static bool read_from_signalfd(question q)
{
	return !q->taker && signal_set_has(q->target->signalfd, q->signal);
}

static bool blocked(question q)
{
	return !q->taker;
}

/* --- what it does there --- */

static bool tracer_first(question q)
{
	return q->addressed->is_traced && q->signal != SIGKILL;
}

static bool kernel_thread_asks(question q)
{
	return q->target->is_kernel_thread && q->is_caught;
}

static bool caught(question q)
{
	return q->is_caught;
}

static bool default_is_nothing(question q)
{
	return q->is_default && is_in(q, SIGNAL_GROUP_IGNORE);
}

static bool init_survives(question q)
{
	return q->target->is_init && q->is_default && !is_only(q);
}

static bool continue_will_clear(question q)
{
	return is_in(q, SIGNAL_GROUP_STOP) && is_stopped(q);
}

static bool orphaned_group(question q)
{
	return is_in(q, SIGNAL_GROUP_STOP) && q->target->is_group_orphaned;
}

static bool sure_kill(question q)
{
	return q->signal == SIGKILL && !q->target->is_kernel_thread;
}

static bool sure_stop(question q)
{
	return q->signal == SIGSTOP;
}

static bool stops(question q)
{
	return is_in(q, SIGNAL_GROUP_STOP);
}

static bool dumps_core(question q)
{
	return is_in(q, SIGNAL_GROUP_CORE);
}

static bool terminates(question q UNUSED)
{
	return true;
}

/* --- worth knowing --- */

static bool dies(question q)
{
	enum verdict_outcome end = verdict_end(q->so_far);

	return end == VERDICT_TERMINATE || end == VERDICT_CORE;
}

static bool takes_all_with_it(question q)
{
	return q->target->is_init && dies(q);
}

static bool thread_in_kernel(question q)
{
	for (size_t i = 0; i < q->target->thread_count; i++)
		if (&q->target->thread[i] != q->taker && q->target->thread[i].state == 'D')
			return dies(q) && !frozen_v1(q);
	return false;
}

static bool is_saved_by_init_rule(question q)
{
	return verdict_has_rule(q->so_far, "init-no-handler") ||
	       verdict_has_rule(q->so_far, "init-survives");
}

static bool fault_ends_init(question q)
{
	return is_saved_by_init_rule(q) && is_in(q, SIGNAL_GROUP_FAULT);
}

static bool abort_ends_init(question q)
{
	return is_saved_by_init_rule(q) && q->signal == SIGABRT;
}

static bool sender_hidden(question q)
{
	enum verdict_outcome end = verdict_end(q->so_far);

	return is_by_process(q) && !q->sender->is_seen &&
	       (end == VERDICT_HANDLER || end == VERDICT_READ);
}

#define F(fact) (1u << FACT_##fact)

const struct verdict_rule verdict_rules[] = {
	{ "no-process", VERDICT_REFUSED, ESRCH, F(EXISTS), false, no_process,
	  "No process has this number." },
	{ "out-of-sight", VERDICT_REFUSED, ESRCH, F(SIGHT), false, out_of_sight,
	  "The sender's pid namespace does not hold the target, so it has no number to "
	  "name it by." },
	{ "no-right", VERDICT_REFUSED, EPERM, F(RIGHTS), false, no_right,
	  "The sender's real or effective user id must equal the target's real or "
	  "saved one, or the sender needs CAP_KILL in the target's user namespace; "
	  "SIGCONT passes within a session." },
	{ "security-module", VERDICT_REFUSED, EPERM, F(SECURITY), false, held_back,
	  "The user ids allow it, but a security module forbids it: a landlock scope "
	  "or a profile." },

	{ "dying", VERDICT_IGNORED, 0, F(STATE), false, dying,
	  "The target is dead or dying already: the kernel says yes to the sender and "
	  "does nothing." },
	{ "fault", VERDICT_CORE, 0, F(SOURCE) | F(DISPOSITION) | F(BLOCKED), false, fault,
	  "A fault cannot be ignored or put off: without a handler that may run now it "
	  "gets its default action, and the kernel takes away the protection of PID 1 "
	  "as well." },
	{ "stop-clears-continue", VERDICT_NOTE, 0, F(PENDING), false, stop_clears_continue,
	  "A stop signal removes a SIGCONT that is still pending." },
	{ "continue-clears-stop", VERDICT_NOTE, 0, F(PENDING), false, continue_clears_stop,
	  "SIGCONT removes the stop signals that are still pending." },
	{ "continue-resumes", VERDICT_CONTINUE, 0, F(STATE), false, continue_resumes,
	  "SIGCONT lets a stopped process run again, whether it is blocked, ignored or "
	  "caught." },
	{ "machine-init", VERDICT_IGNORED, 0, F(INIT), false, machine_init,
	  "Nobody can kill or stop the first process of the machine." },
	{ "init-from-inside", VERDICT_IGNORED, 0, F(INIT) | F(SIGHT) | F(SOURCE), false,
	  init_from_inside,
	  "PID 1 of a pid namespace cannot be killed or stopped from within that "
	  "namespace, itself included; only from outside of it." },
	{ "init-no-handler", VERDICT_IGNORED, 0, F(INIT) | F(DISPOSITION) | F(BLOCKED), false,
	  init_no_handler,
	  "PID 1 of a pid namespace gets only signals that it has a handler for. The "
	  "default action does not exist for it; only SIGKILL and SIGSTOP from outside "
	  "do." },
	{ "kernel-thread", VERDICT_IGNORED, 0, F(KERNEL_THREAD) | F(DISPOSITION), false,
	  kernel_thread,
	  "A kernel thread ignores every signal that it has not asked for, SIGKILL "
	  "included." },
	{ "set-to-ignore", VERDICT_IGNORED, 0, F(DISPOSITION) | F(BLOCKED), false, set_to_ignore,
	  "The program has set this signal to be ignored (SIG_IGN), or was started "
	  "that way." },
	{ "ignored-by-default", VERDICT_IGNORED, 0, F(DISPOSITION) | F(BLOCKED), false,
	  ignored_by_default,
	  "The default action of this signal is to do nothing, and the program has no "
	  "handler." },

	{ "already-pending", VERDICT_COALESCED, 0, F(PENDING), false, already_pending,
	  "Standard signals do not queue: one of this number is pending, a second one "
	  "is lost." },
	{ "queue-refuses", VERDICT_REFUSED, EAGAIN, F(QUEUE), false, queue_refuses,
	  "The signal queue of the target's user is full (RLIMIT_SIGPENDING), and "
	  "sigqueue(3) of a real-time signal needs a place in it." },
	{ "sender-lost", VERDICT_NOTE, 0, F(QUEUE), false, queue_loses_sender,
	  "The signal queue of the target's user is full (RLIMIT_SIGPENDING): the "
	  "signal arrives without saying who sent it, and several of them become one." },

	{ "frozen-v1", VERDICT_QUEUED, 0, F(FREEZE), false, frozen_v1,
	  "The cgroup is frozen by the v1 freezer: nothing acts before it is thawed, "
	  "not even SIGKILL." },
	{ "frozen-v2", VERDICT_QUEUED, 0, F(FREEZE), false, frozen_v2,
	  "The cgroup is frozen: only what kills at once acts; everything else waits "
	  "until it is thawed." },
	{ "stopped", VERDICT_QUEUED, 0, F(STATE), false, stopped,
	  "A stopped process takes only SIGKILL and SIGCONT; everything else waits for "
	  "SIGCONT." },
	{ "stopped-by-tracer", VERDICT_QUEUED, 0, F(STATE) | F(TRACER), false, stopped_by_tracer,
	  "The tracer holds the target: only SIGKILL acts before the tracer lets it "
	  "run." },
	{ "uninterruptible", VERDICT_QUEUED, 0, F(STATE), false, uninterruptible,
	  "The thread waits inside the kernel (state D): a signal acts when that wait "
	  "is over. Some such waits end at once for a signal that kills." },

	{ "another-thread", VERDICT_NOTE, 0, F(BLOCKED), false, another_thread,
	  "The main thread blocks it or has ended, so another thread takes it." },
	{ "awaited", VERDICT_READ, 0, F(AWAITED), false, awaited,
	  "A thread waits for exactly this signal in sigwait(3) or sigtimedwait(2) and "
	  "gets it as a result. While it waits, SigBlk in /proc does not show the "
	  "signal." },
	{ "signalfd", VERDICT_READ, 0, F(SIGNALFD) | F(BLOCKED), false, read_from_signalfd,
	  "The signal is blocked and the program reads it from a signalfd(2)." },
	{ "blocked", VERDICT_PENDING, 0, F(BLOCKED), false, blocked,
	  "Every thread that could take it blocks it: it stays pending until one "
	  "unblocks it." },

	{ "tracer-first", VERDICT_NOTE, 0, F(TRACER), false, tracer_first,
	  "The process is traced: the tracer sees the signal first and may change or "
	  "drop it. A traced process gets even signals that it would ignore." },
	{ "sure-kill", VERDICT_TERMINATE, 0, F(STATE), false, sure_kill,
	  "SIGKILL cannot be caught, blocked or ignored: it ends the process." },
	{ "kernel-thread-asks", VERDICT_READ, 0, F(KERNEL_THREAD) | F(DISPOSITION), false,
	  kernel_thread_asks,
	  "The kernel thread has asked for this signal and looks for it itself, unless "
	  "it takes it only from the kernel; /proc does not tell." },
	{ "ignored-when-taken", VERDICT_DROPPED, 0, F(DISPOSITION), false, is_ignored,
	  "The program ignores this signal: it is thrown away when it is taken from "
	  "the queue." },
	{ "handler", VERDICT_HANDLER, 0, F(DISPOSITION), false, caught,
	  "The program has a handler for this signal." },
	{ "default-is-nothing", VERDICT_DROPPED, 0, F(DISPOSITION), false, default_is_nothing,
	  "The default action of this signal is to do nothing." },
	{ "init-survives", VERDICT_DROPPED, 0, F(INIT) | F(DISPOSITION), false, init_survives,
	  "PID 1 of a pid namespace does not die of a default action: the signal is "
	  "thrown away when it is taken from the queue." },
	{ "continue-will-clear", VERDICT_DROPPED, 0, F(STATE), false, continue_will_clear,
	  "The process is stopped already, and the SIGCONT that wakes it removes stop "
	  "signals." },
	{ "sure-stop", VERDICT_STOP, 0, F(STATE), false, sure_stop,
	  "SIGSTOP cannot be caught, blocked or ignored: it stops the process." },
	{ "orphaned-group", VERDICT_DROPPED, 0, F(GROUP) | F(DISPOSITION), false, orphaned_group,
	  "Nobody could continue an orphaned process group, so the stop signals of a "
	  "terminal do nothing in it; SIGSTOP does." },
	{ "default-stops", VERDICT_STOP, 0, F(DISPOSITION), false, stops,
	  "The default action of this signal stops the process." },
	{ "default-dumps-core", VERDICT_CORE, 0, F(DISPOSITION), false, dumps_core,
	  "The default action of this signal ends the process with a core dump." },
	{ "default-terminates", VERDICT_TERMINATE, 0, F(DISPOSITION), false, terminates,
	  "The default action of this signal ends the process." },

	{ "takes-all-with-it", VERDICT_NOTE, 0, F(INIT), true, takes_all_with_it,
	  "With PID 1 the kernel kills every process of its pid namespace." },
	{ "thread-in-kernel", VERDICT_NOTE, 0, F(STATE), true, thread_in_kernel,
	  "Another thread waits inside the kernel (state D): the process is gone only "
	  "when that wait is over." },
	{ "fault-ends-init", VERDICT_NOTE, 0, F(INIT), true, fault_ends_init,
	  "This holds for a signal that is sent. A fault of the program itself ends "
	  "PID 1 all the same." },
	{ "abort-ends-init", VERDICT_NOTE, 0, F(INIT), true, abort_ends_init,
	  "This holds for a signal that is sent. abort(3) ends PID 1 all the same: "
	  "when its SIGABRT does nothing it raises a fault, so the exit status is 139 "
	  "(SEGV), not 134." },
	{ "sender-hidden", VERDICT_NOTE, 0, F(SIGHT), true, sender_hidden,
	  "The sender is in no pid namespace that the target sees: the target is told "
	  "si_pid 0." },
};

const size_t verdict_rule_count = countof(verdict_rules);
