// SPDX-License-Identifier: GPL-2.0-only
/*
 * core - signals, and the life of processes, as the kernel decides them
 *
 * Hooks:   tp_btf/signal_generate, signal_deliver, sched_process_fork, _exec, _exit, _free,
 *          mark_victim, cgroup_attach_task, cgroup_mkdir, cgroup_rmdir, cgroup_freeze,
 *          cgroup_unfreeze; iter/task for what is there at the start. Tracepoints alone: all
 *          else may be refused.
 * Scope:   processes in @followed, or all. A child of one is followed, and so is whoever
 *          enters a pid namespace of @namespaces, a cgroup of @cgroups or one below it, now
 *          or later. A signal is told when either end is followed, a cgroup always: they are
 *          few, and whoever sends a signal may be in any.
 * Emits:   the structs of event.h into @events. A full buffer drops the event and counts
 *          it in @lost by its kind.
 * Cost:    signal_generate runs with the target's siglock held: no loop, two lookups, 64 bytes.
 * Needs:   Linux 5.15 (bpf_task_pt_regs), BTF, CAP_BPF and CAP_PERFMON.
 * Blind:   a signal that was refused (EPERM, ESRCH) is never generated; one that sigwait(3) or
 *          a signalfd takes is never delivered. A task is freed late, after RCU, whoever
 *          reaped it.
 * Source:  include/trace/events/{signal,sched,oom,cgroup}.h; kernel/signal.c.
 */
#include <linux/bpf.h>

#include "bpf/event.h"
#include "bpf/kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/scope.h"
#include "bpf/task.h"

char LICENSE[] SEC("license") = "GPL";

SEC("iter/task")
int list_tasks(struct bpf_iter__task *ctx)
{
	struct event_task told = {
		.head = { bpf_ktime_get_boot_ns(), sizeof(told), EVENT_TASK, 0 },
	};
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	task_fill(task, &told);
	if (!scope_all && scope_enters(task))
		told.flags |= EVENT_TASK_MEMBER;
	bpf_seq_write(ctx->meta->seq, &told, sizeof(told));
	return 0;
}

/* --- the life of a process --- */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(forked, struct task_struct *parent, struct task_struct *child)
{
	struct event_task *told;

	if (!scope_follows(parent->tgid) && !scope_enters(child))
		return 0;
	scope_follow(child->tgid);
	told = scope_reserve(EVENT_FORK, sizeof(*told));
	if (!told)
		return 0;
	task_fill(child, told);
	told->maker = parent->tgid;
	scope_tell(told);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(moved, struct cgroup *to, const char *path, struct task_struct *task, bool group)
{
	struct event_task *told;

	if (!scope_follows(task->tgid) && !scope_enters(task))
		return 0;
	scope_follow(task->tgid);
	told = scope_reserve(EVENT_MOVE, sizeof(*told));
	if (!told)
		return 0;
	task_fill(task, told);
	scope_tell(told);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(executed, struct task_struct *task, int old_tid, struct linux_binprm *program)
{
	struct event_exec *told;

	if (!scope_follows(task->tgid) && !scope_enters(task))
		return 0;
	scope_follow(task->tgid);
	told = scope_reserve(EVENT_EXEC, sizeof(*told));
	if (!told)
		return 0;
	task_fill(task, &told->task);
	bpf_probe_read_kernel_str(told->file, sizeof(told->file), program->filename);
	scope_tell(told);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ended, struct task_struct *task)
{
	struct event_exit *told;

	if (!scope_follows(task->tgid))
		return 0;
	told = scope_reserve(EVENT_EXIT, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->parent = task->real_parent->tgid;
	told->code = task->exit_code;
	if (task->signal->flags & SIGNAL_GROUP_EXIT) {
		told->flags |= EVENT_EXIT_GROUP;
		told->group_code = task->signal->group_exit_code;
	}
	if (task->signal->flags & SIGNAL_UNKILLABLE)
		told->flags |= EVENT_EXIT_INIT;
	if (task->signal->live.counter == 0)
		told->flags |= EVENT_EXIT_LAST;
	scope_tell(told);
	return 0;
}

static __always_inline void tell_end(struct task_struct *task, enum event_kind kind)
{
	struct event_end *told = scope_reserve(kind, sizeof(*told));

	if (!told)
		return;
	told->tgid = BPF_CORE_READ(task, tgid);
	told->tid = BPF_CORE_READ(task, pid);
	scope_tell(told);
}

SEC("tp_btf/sched_process_free")
int BPF_PROG(freed, struct task_struct *task)
{
	if (!scope_follows(task->tgid))
		return 0;
	tell_end(task, EVENT_FREE);
	/* The number goes to another process one day. */
	if (task->pid == task->tgid)
		scope_forget(task->tgid);
	return 0;
}

SEC("tp_btf/mark_victim")
int BPF_PROG(chosen_by_oom_killer, struct task_struct *task)
{
	if (scope_follows(task->tgid))
		tell_end(task, EVENT_OOM);
	return 0;
}

static __always_inline int tell_freeze(struct cgroup *cgroup, bool is_frozen)
{
	struct event_freeze *told;
	__u64 id = BPF_CORE_READ(cgroup, kn, id);

	if (!scope_all && !scope_is_below(cgroup, EVENT_TREE_V2))
		return 0;
	told = scope_reserve(EVENT_FREEZE, sizeof(*told));
	if (!told)
		return 0;
	told->cgroup2 = id;
	told->is_frozen = is_frozen;
	told->tgid = bpf_get_current_pid_tgid() >> 32;
	scope_tell(told);
	return 0;
}

SEC("tp_btf/cgroup_freeze")
int BPF_PROG(frozen, struct cgroup *cgroup)
{
	return tell_freeze(cgroup, true);
}

SEC("tp_btf/cgroup_unfreeze")
int BPF_PROG(thawed, struct cgroup *cgroup)
{
	return tell_freeze(cgroup, false);
}

static __always_inline int tell_cgroup(struct cgroup *cgroup, const char *path, bool is_gone)
{
	struct cgroup_root *root = BPF_CORE_READ(cgroup, root);
	__u32 pids = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id), tree = 0;
	struct event_cgroup *told;

	/* What /proc/PID/cgroup numbers 0 is the tree of v2. */
	if (!BPF_CORE_READ(root, hierarchy_id))
		tree |= EVENT_TREE_V2;
	if (BPF_CORE_READ(root, subsys_mask) & 1U << pids)
		tree |= EVENT_TREE_PIDS;
	if (!tree)
		return 0;
	told = scope_reserve(EVENT_CGROUP, sizeof(*told));
	if (!told)
		return 0;
	told->id = BPF_CORE_READ(cgroup, kn, id);
	told->tree = tree;
	told->is_gone = is_gone;
	bpf_probe_read_kernel_str(told->path, sizeof(told->path), path);
	scope_tell(told);
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(made, struct cgroup *cgroup, const char *path)
{
	return tell_cgroup(cgroup, path, false);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(removed, struct cgroup *cgroup, const char *path)
{
	return tell_cgroup(cgroup, path, true);
}

/* --- signals --- */

static __always_inline __u8 disposition_of(void *handler)
{
	return handler == (void *)0 ? EVENT_DEFAULT : handler == (void *)1 ? EVENT_IGNORED
									   : EVENT_HANDLER;
}

/* The kernel's element is longer than the part of it that is named here. */
static __always_inline void *handler_of(struct task_struct *task, int signal)
{
	struct sighand_struct *sighand = BPF_CORE_READ(task, sighand);
	__u64 offset = bpf_core_field_offset(struct sighand_struct, action) +
		       ((signal - 1) & 63) * bpf_core_type_size(struct k_sigaction);
	struct k_sigaction *action = (void *)sighand + offset;

	return BPF_CORE_READ(action, sa.sa_handler);
}

static __always_inline __u32 state_of(struct task_struct *task, int signal)
{
	__u64 bit = 1ULL << ((signal - 1) & 63);
	unsigned int flags = task->signal->flags;
	__u32 told = 0;

	/* sigtimedwait(2) takes what it waits for out of blocked, and keeps the rest here. */
	if ((task->blocked.sig[0] | task->real_blocked.sig[0]) & bit)
		told |= EVENT_SIGNAL_BLOCKED;
	if (task->real_blocked.sig[0] & ~task->blocked.sig[0] & bit)
		told |= EVENT_SIGNAL_WAITED;
	if (flags & SIGNAL_UNKILLABLE)
		told |= EVENT_SIGNAL_UNKILLABLE;
	if (flags & SIGNAL_GROUP_EXIT)
		told |= EVENT_SIGNAL_EXITING;
	if (flags & SIGNAL_STOP_STOPPED)
		told |= EVENT_SIGNAL_STOPPED;
	/*
	 * The target has been woken before this is told, so it is stopped no more. What it shall
	 * tell its parent of that is noted until it runs, which it cannot while siglock is held.
	 */
	if (signal == SIGCONT && flags & (SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED))
		told |= EVENT_SIGNAL_CONTINUES;
	if (task->ptrace)
		told |= EVENT_SIGNAL_TRACED;
	if (task->exit_state)
		told |= EVENT_SIGNAL_DEAD;
	return told;
}

/*
 * @argument: where the pointer to the particulars lies; or there is 0 (a process, nothing more
 * is known) or 1 (the kernel). Read as a number: the verifier takes the argument itself for a
 * pointer that is never 0, and throws away what is done when it is.
 */
static __always_inline void read_info(const void *argument, struct event_signal *io_told)
{
	struct kernel_siginfo *info = NULL;

	bpf_probe_read_kernel(&info, sizeof(info), argument);
	if (info == (void *)0) {
		io_told->flags |= EVENT_SIGNAL_NO_INFO;
	} else if (info == (void *)1) {
		io_told->flags |= EVENT_SIGNAL_PRIVATE;
	} else {
		io_told->code = BPF_CORE_READ(info, si_code);
		io_told->from = BPF_CORE_READ(info, _sifields._kill._pid);
	}
}

SEC("tp_btf/signal_generate")
int BPF_PROG(generated, int signal, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	__u64 current = bpf_get_current_pid_tgid();
	bool has_sender = scope_follows(current >> 32), has_target = scope_follows(task->tgid);
	struct event_signal *told;

	if (!has_sender && !has_target)
		return 0;
	if (!has_sender)
		task_introduce(bpf_get_current_task_btf());
	if (!has_target)
		task_introduce(task);
	told = scope_reserve(EVENT_SIGNAL, sizeof(*told));
	if (!told)
		return 0;
	told->current_tgid = current >> 32;
	told->current_tid = (__u32)current;
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->exit_code = task->signal->group_exit_code;
	told->signal = signal;
	told->result = result;
	told->flags = state_of(task, signal) | (group ? EVENT_SIGNAL_GROUP : 0);
	read_info(&ctx[1], told);
	told->disposition = disposition_of(handler_of(task, signal));
	scope_tell(told);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(delivered, int signal, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct event_deliver *told;
	struct pt_regs *regs;

	if (!scope_follows(task->tgid))
		return 0;
	told = scope_reserve(EVENT_DELIVER, sizeof(*told));
	if (!told)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	told->tgid = task->tgid;
	told->tid = task->pid;
	told->signal = signal;
	told->exit_code = task->signal->group_exit_code;
	told->call = BPF_CORE_READ(regs, orig_ax);
	told->call_result = BPF_CORE_READ(regs, ax);
	told->handler = (__u64)BPF_CORE_READ(action, sa.sa_handler);
	told->action_flags = BPF_CORE_READ(action, sa.sa_flags);
	told->disposition = disposition_of((void *)told->handler);
	if ((unsigned long)info > 1)
		told->code = BPF_CORE_READ(info, si_code);
	scope_tell(told);
	return 0;
}
