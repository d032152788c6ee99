// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * task - who a task is: its numbers, its cgroups, its name
 */
#ifndef HUSK_BPF_TASK_H
#define HUSK_BPF_TASK_H

static __always_inline void task_numbers(struct pid *pid, struct event_task *io_task)
{
	/* The array has as many elements as it needs: its type does not tell. */
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);
	__u32 size = bpf_core_type_size(struct upid);
	__u32 level = BPF_CORE_READ(pid, level);

	io_task->level = level;
	for (__u32 i = 0; i < EVENT_LEVELS; i++)
		if (i <= level)
			bpf_probe_read_kernel(&io_task->number[i], sizeof(__u32),
					      numbers + i * size +
						      bpf_core_field_offset(struct upid, nr));
	io_task->namespace = BPF_CORE_READ(
		(struct upid *)(numbers + (level & 63) * size), ns, ns.inum);
}

static __always_inline void task_fill(struct task_struct *task, struct event_task *io_task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	unsigned int flags = BPF_CORE_READ(task, signal, flags);

	io_task->tgid = BPF_CORE_READ(task, tgid);
	io_task->tid = BPF_CORE_READ(task, pid);
	io_task->parent = BPF_CORE_READ(task, real_parent, tgid);
	io_task->start_ns = BPF_CORE_READ(task, start_boottime);
	io_task->cgroup1 = scope_cgroup1(task);
	io_task->cgroup2 = scope_cgroup2(task);
	io_task->exit_code = BPF_CORE_READ(task, exit_code);
	bpf_core_read_str(io_task->name, sizeof(io_task->name), &task->comm);
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		io_task->flags |= EVENT_TASK_KERNEL;
	if (flags & SIGNAL_UNKILLABLE)
		io_task->flags |= EVENT_TASK_INIT;
	if (BPF_CORE_READ(task, exit_state))
		io_task->flags |= EVENT_TASK_DEAD;
	if (pid)
		task_numbers(pid, io_task);
}

/* The other end of what crosses the border: nobody has told of it yet. */
static __always_inline void task_introduce(struct task_struct *task)
{
	struct event_task *told = scope_reserve(EVENT_TASK, sizeof(*told));

	if (!told)
		return;
	task_fill(BPF_CORE_READ(task, group_leader), told);
	told->flags |= EVENT_TASK_OTHER;
	scope_tell(told);
}

#endif
