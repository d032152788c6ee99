// SPDX-License-Identifier: GPL-2.0-only
/*
 * extras - what functions of the kernel know and no tracepoint tells: reaping at its moment,
 *          also by nobody, and who was to get a signal that was refused
 *
 * Hooks:   fentry/release_task, fexit/check_kill_permission. Some kernels refuse both.
 * Scope:   either end is followed.
 * Emits:   struct event_reap and event_refused into @events of the core.
 * Blind:   sigqueue(3) with a code that only the kernel may use fails before the check.
 * Needs:   Linux 5.15 with trampolines for BPF, and no policy against them.
 * Source:  kernel/exit.c, kernel/signal.c.
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

enum { NO_PERMISSION = 1 };

SEC("fentry/release_task")
int BPF_PROG(released, struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct event_reap *told;

	if (task->pid != task->tgid || !scope_follows(task->tgid))
		return 0;
	if (current->tgid != task->tgid && !scope_follows(current->tgid))
		task_introduce(current);
	told = scope_reserve(EVENT_REAP, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = task->tgid;
	/* It releases itself when its parent ignores SIGCHLD. */
	if (current->tgid != task->tgid) {
		told->waiter = current->tgid;
		told->waiter_tid = current->pid;
	}
	scope_tell(told);
	return 0;
}

SEC("fexit/check_kill_permission")
int BPF_PROG(permitted, int signal, struct kernel_siginfo *info, struct task_struct *target,
	     int result)
{
	struct task_struct *current = bpf_get_current_task_btf();
	bool has_sender = scope_follows(current->tgid), has_target = scope_follows(target->tgid);
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(current);
	struct event_refused *told;

	/* An unknown signal is refused here as well, and that the call tells better. */
	if (result != -NO_PERMISSION || (!has_sender && !has_target))
		return 0;
	if (!has_sender)
		task_introduce(current);
	if (!has_target)
		task_introduce(target);
	told = scope_reserve(EVENT_REFUSED, sizeof(*told));
	if (!told)
		return 0;
	told->tgid = current->tgid;
	told->tid = current->pid;
	told->call = call_of(BPF_CORE_READ(regs, orig_ax));
	told->error = -result;
	told->target = target->pid;
	told->target_tgid = target->tgid;
	told->signal = signal;
	scope_tell(told);
	return 0;
}
