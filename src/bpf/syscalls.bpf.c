// SPDX-License-Identifier: GPL-2.0-only
/*
 * syscalls - reaping to the moment, and what was refused: forks, and signals without the right
 *
 * Hooks:   tp_btf/sys_exit, sched_process_exit.
 * Scope:   the caller is followed, or who was reaped, or the target where its number is known.
 * Emits:   struct event_reap and event_refused into @events of the core.
 * Cost:    every system call of the machine comes by here, two comparisons for most of them.
 * Needs:   Linux 5.15, x86-64.
 * Blind:   programs of 32 bits; waitid(2) without a place for its result; a child whose parent
 *          ignores SIGCHLD is reaped by nobody. A wait returns a number, and who had it is
 *          known by the last followed process that died with it.
 * Source:  include/trace/events/syscalls.h; kernel/exit.c, fork.c, signal.c; cgroup/pids.c.
 */
#include <linux/bpf.h>

#include "bpf/event.h"
#include "bpf/kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/call.h"
#include "bpf/scope.h"
#include "bpf/task.h"

char LICENSE[] SEC("license") = "GPL";

/* The layer of extras tells of reaping and of missing rights, and better. */
const volatile bool syscalls_have_extras;

enum { USER_CS = 0x33, NO_PERMISSION = 1, AGAIN = 11, NO_MEMORY = 12 };

/* --- who has died, by each of its numbers --- */

struct name {
	__u32 namespace, number;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, struct name);
	__type(value, __u32);
} dead SEC(".maps");

SEC("tp_btf/sched_process_exit")
int BPF_PROG(died, struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	__u32 size = bpf_core_type_size(struct upid), level = BPF_CORE_READ(pid, level);
	__u32 tgid = task->tgid;

	if (task->pid != task->tgid || !scope_follows(tgid))
		return 0;
	for (__u32 i = 0; i < EVENT_LEVELS; i++) {
		struct upid *upid = numbers + (__u64)i * size;
		struct name name;

		if (i > level)
			break;
		name.namespace = BPF_CORE_READ(upid, ns, ns.inum);
		name.number = BPF_CORE_READ(upid, nr);
		bpf_map_update_elem(&dead, &name, &tgid, BPF_ANY);
	}
	return 0;
}

/* --- waits --- */

/* wait4(2) and waitid(2) also report who has stopped; that one is in @dead only when it died. */
static __always_inline int reaped(struct task_struct *waiter, __u32 number)
{
	struct name name = { scope_namespace(waiter), number };
	__u32 *tgid = bpf_map_lookup_elem(&dead, &name);
	struct event_reap *told;

	if (!tgid)
		return 0;
	if (!scope_follows(waiter->tgid))
		task_introduce(waiter);
	told = scope_reserve(EVENT_REAP, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = *tgid;
	told->waiter = waiter->tgid;
	told->waiter_tid = waiter->pid;
	scope_tell(told);
	return 0;
}

static __always_inline int wait4_ended(struct task_struct *task, struct pt_regs *regs, long result)
{
	const void *place = (const void *)BPF_CORE_READ(regs, si);
	int status = 0;

	if (result <= 0)
		return 0;
	if (place && bpf_probe_read_user(&status, sizeof(status), place) == 0 &&
	    ((status & 0xff) == 0x7f || status == 0xffff))
		return 0;
	return reaped(task, (__u32)result);
}

/* The first members of siginfo_t, as waitid(2) fills them in. */
struct waited {
	int signal, error, code, unused;
	__u32 pid;
};

static __always_inline int waitid_ended(struct task_struct *task, struct pt_regs *regs, long result)
{
	enum { WITHOUT_REAPING = 0x01000000, EXITED = 1, DUMPED = 3 };
	const void *place = (const void *)BPF_CORE_READ(regs, dx);
	struct waited waited;

	if (result != 0 || BPF_CORE_READ(regs, r10) & WITHOUT_REAPING)
		return 0;
	if (bpf_probe_read_user(&waited, sizeof(waited), place) < 0 || waited.code < EXITED ||
	    waited.code > DUMPED)
		return 0;
	return reaped(task, waited.pid);
}

/* --- forks --- */

/* The kernel charges from the inside out; the first cgroup that is full has said no. */
static __always_inline bool find_full_cgroup(struct task_struct *task,
					     struct event_refused *io_told)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	int index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	struct cgroup_subsys_state *state = NULL;

	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      index * sizeof(void *));
	for (int i = 0; i < 32 && state; i++) {
		struct pids_cgroup *pids = (void *)state -
					   bpf_core_field_offset(struct pids_cgroup, css);
		long limit = BPF_CORE_READ(pids, limit.counter);

		if (BPF_CORE_READ(pids, counter.counter) >= limit) {
			io_told->limit = EVENT_LIMIT_PIDS;
			io_told->limit_value = limit;
			io_told->cgroup = BPF_CORE_READ(state, cgroup, kn, id);
			return true;
		}
		state = BPF_CORE_READ(state, parent);
	}
	return false;
}

static __always_inline void find_limit(struct task_struct *task, struct event_refused *io_told)
{
	enum { NPROC = 6, HAS_INIT = 1U << 31 };
	struct ucounts *user = BPF_CORE_READ(task, real_cred, ucounts);
	unsigned long most = BPF_CORE_READ(task, signal, rlim[NPROC].rlim_cur);

	if (io_told->error == NO_MEMORY) {
		/* PIDNS_ADDING; the first process of a new namespace sets it, its end clears it. */
		if (!(BPF_CORE_READ(task, nsproxy, pid_ns_for_children, pid_allocated) & HAS_INIT))
			io_told->limit = EVENT_LIMIT_INIT;
		return;
	}
	/* A user's processes are counted before those of the cgroups, and root's never. */
	if (BPF_CORE_READ(task, real_cred, uid.val) && bpf_core_field_exists(user->rlimit) &&
	    (unsigned long)BPF_CORE_READ(user, rlimit[0].counter) >= most) {
		io_told->limit = EVENT_LIMIT_NPROC;
		io_told->limit_value = most;
		return;
	}
	find_full_cgroup(task, io_told);
}

static __always_inline int fork_ended(struct task_struct *task, enum event_call call, long result)
{
	struct event_refused *told;

	if ((result != -AGAIN && result != -NO_MEMORY) || !scope_follows(task->tgid))
		return 0;
	told = scope_reserve(EVENT_REFUSED, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->call = call;
	told->error = -result;
	find_limit(task, told);
	scope_tell(told);
	return 0;
}

/* --- signals --- */

/* The numbers that a caller in the outermost pid namespace gives are those that we know. */
static __always_inline __u32 target_of(struct task_struct *caller, enum event_call call, int target)
{
	if (call == EVENT_CALL_PIDFD_SEND_SIGNAL || target <= 0 ||
	    BPF_CORE_READ(caller, thread_pid, level) != 0)
		return 0;
	return target;
}

static __always_inline int signal_ended(struct pt_regs *regs, enum event_call call, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool has_thread = call == EVENT_CALL_TGKILL || call == EVENT_CALL_TGSIGQUEUEINFO;
	int target = BPF_CORE_READ(regs, di);
	__u32 known = target_of(task, call, target);
	struct event_refused *told;
	bool is_followed = scope_follows(task->tgid);

	if (result >= 0 || (result == -NO_PERMISSION && syscalls_have_extras))
		return 0;
	if (!is_followed && !(known && scope_follows(known)))
		return 0;
	if (!is_followed)
		task_introduce(task);
	told = scope_reserve(EVENT_REFUSED, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->call = call;
	told->error = -result;
	told->target = target;
	told->target_tgid = known;
	told->signal = has_thread ? BPF_CORE_READ(regs, dx) : BPF_CORE_READ(regs, si);
	scope_tell(told);
	return 0;
}

/* --- all of them --- */

SEC("tp_btf/sys_exit")
int BPF_PROG(returned, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();

	int number = BPF_CORE_READ(regs, orig_ax);
	enum event_call call;

	if (BPF_CORE_READ(regs, cs) != USER_CS)
		return 0;
	if (number == CALL_WAIT4)
		return syscalls_have_extras ? 0 : wait4_ended(task, regs, result);
	if (number == CALL_WAITID)
		return syscalls_have_extras ? 0 : waitid_ended(task, regs, result);
	call = call_of(number);
	if (call == EVENT_CALL_NONE)
		return 0;
	return call <= EVENT_CALL_CLONE3 ? fork_ended(task, call, result)
					 : signal_ended(regs, call, result);
}
