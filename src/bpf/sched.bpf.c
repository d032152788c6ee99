// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched - why threads leave their processor: of their own will, or preempted, and where
 *
 * Hooks:   tp_btf/sched_switch.
 * Scope:   threads of followed processes.
 * Emits:   struct event_switches when a thread ends; with @sched_tells struct event_sched for
 *          each switch. Counts of threads that live are read from @threads.
 * Cost:    it runs on the run queue's lock: four lookups for each switch of the machine.
 * Needs:   Linux 5.18 (the state as an argument), x86-64.
 * Blind:   threads past the size of @threads are not counted, and that is counted as lost.
 *          A preempted thread is in a system call when the frame on its stack has the call's
 *          number and still the result that the entry puts there, ENOSYS.
 * Source:  include/trace/events/sched.h; kernel/sched/core.c; arch/x86/entry/entry_64.S.
 */
#include <linux/bpf.h>

#include "bpf/event.h"
#include "bpf/kernel.h"
#include "bpf/sums.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/call.h"
#include "bpf/scope.h"

char LICENSE[] SEC("license") = "GPL";

const volatile bool sched_tells;

/* include/linux/sched.h */
enum { INTERRUPTIBLE = 1, STOPPED = 4, TRACED = 8, DEAD = 0x80, FROZEN = 0x8000 };
enum { NO_SUCH_CALL = 38, NO_CALL = -1 };

/* tid; room is made at once, since none can be asked for on the run queue's lock. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u32);
	__type(value, struct sched_thread);
} threads SEC(".maps");

static __always_inline void count_lost(__u32 kind)
{
	__u64 *count = bpf_map_lookup_elem(&lost, &kind);

	if (count)
		*count += 1;
}

static __always_inline struct sched_thread *thread_of(struct task_struct *task)
{
	__u32 tid = task->pid, tgid = task->tgid;
	struct sched_thread *thread = bpf_map_lookup_elem(&threads, &tid);
	struct sched_thread new = { .tgid = tgid };

	if (thread || !tid || !scope_follows(tgid))
		return thread;
	bpf_map_update_elem(&threads, &tid, &new, BPF_NOEXIST);
	thread = bpf_map_lookup_elem(&threads, &tid);
	if (!thread)
		count_lost(EVENT_SWITCHES);
	return thread;
}

static __always_inline enum event_switch preempted(struct task_struct *task, int *io_call)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	int call = BPF_CORE_READ(regs, orig_ax);

	if (task->flags & PF_KTHREAD || call < 0)
		return EVENT_SWITCH_PREEMPTED;
	if (call == CALL_SCHED_YIELD)
		return EVENT_SWITCH_YIELDS;
	/* The call is done, and it is on its way out. */
	if ((long)BPF_CORE_READ(regs, ax) != -NO_SUCH_CALL)
		return EVENT_SWITCH_PREEMPTED;
	*io_call = call;
	return EVENT_SWITCH_PREEMPTED_IN_CALL;
}

static __always_inline enum event_switch stopped(struct task_struct *task, unsigned int state,
						 int *io_call)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	if (state & DEAD)
		return EVENT_SWITCH_ENDS;
	if (state & FROZEN)
		return EVENT_SWITCH_FREEZES;
	if (state & (STOPPED | TRACED))
		return EVENT_SWITCH_STOPS;
	if (!(task->flags & PF_KTHREAD))
		*io_call = BPF_CORE_READ(regs, orig_ax);
	return state & INTERRUPTIBLE ? EVENT_SWITCH_SLEEPS : EVENT_SWITCH_BLOCKS;
}

static __always_inline void tell_switch(struct task_struct *task, struct task_struct *next,
					struct event_sched *known)
{
	struct event_sched *told = scope_reserve(EVENT_SCHED, sizeof(*told));

	if (!told)
		return;
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->why = known->why;
	told->call = known->call;
	told->ran_ns = known->ran_ns;
	told->next_tgid = next->tgid;
	told->next_tid = next->pid;
	scope_tell(told);
}

/*
 * The last switch of all: nobody else will ever count for it. The recorder may be reading the
 * same counts for the last time: who takes them out of the map is the one who tells.
 */
static __always_inline void tell_sum(struct task_struct *task, struct sched_thread *thread)
{
	struct event_switches *told = scope_reserve(EVENT_SWITCHES, sizeof(*told));
	__u32 tid = task->pid;

	if (told) {
		told->tgid = task->tgid;
		told->tid = tid;
		told->ran_ns = thread->ran_ns;
		__builtin_memcpy(told->count, thread->count, sizeof(told->count));
	}
	if (bpf_map_delete_elem(&threads, &tid) == 0 && told)
		scope_tell(told);
	else if (told)
		bpf_ringbuf_discard(told, BPF_RB_NO_WAKEUP);
}

static __always_inline void leaves(struct task_struct *task, struct task_struct *next,
				   bool is_preempted, unsigned int state)
{
	struct sched_thread *thread = thread_of(task);
	struct event_sched known = { .call = NO_CALL };
	int call = NO_CALL;

	if (!thread)
		return;
	known.why = is_preempted || !state ? preempted(task, &call) : stopped(task, state, &call);
	known.call = call;
	if (thread->in_ns)
		known.ran_ns = bpf_ktime_get_boot_ns() - thread->in_ns;
	thread->in_ns = 0;
	thread->ran_ns += known.ran_ns;
	if (known.why < EVENT_SWITCH_KINDS)
		thread->count[known.why]++;
	if (sched_tells)
		tell_switch(task, next, &known);
	if (known.why == EVENT_SWITCH_ENDS)
		tell_sum(task, thread);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switched, bool is_preempted, struct task_struct *prev, struct task_struct *next,
	     unsigned int state)
{
	struct sched_thread *thread;

	leaves(prev, next, is_preempted, state);
	thread = thread_of(next);
	if (thread)
		thread->in_ns = bpf_ktime_get_boot_ns();
	return 0;
}
