// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scope - whose events are told, and the buffer that they are told in
 *
 * One lookup for a process that is followed; who is followed is settled when processes are made
 * and moved, which is rare, and not when they act. The layers share these maps.
 */
#ifndef HUSK_BPF_SCOPE_H
#define HUSK_BPF_SCOPE_H

/* Written before the programs are loaded. */
const volatile bool scope_all;
/* Wake the reader when this many bytes wait. */
const volatile __u64 scope_wake_bytes;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

/* How many events of each kind found no room. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EVENT_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* tgid */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 17);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u8);
} followed SEC(".maps");

/* Inode numbers of pid namespaces. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} namespaces SEC(".maps");

/* Ids of cgroups, of either version. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} cgroups SEC(".maps");

static __always_inline bool scope_follows(__u32 tgid)
{
	return scope_all || bpf_map_lookup_elem(&followed, &tgid);
}

static __always_inline void scope_follow(__u32 tgid)
{
	__u8 yes = 1;

	if (!scope_all)
		bpf_map_update_elem(&followed, &tgid, &yes, BPF_ANY);
}

static __always_inline void scope_forget(__u32 tgid)
{
	if (!scope_all)
		bpf_map_delete_elem(&followed, &tgid);
}

static __always_inline __u64 scope_cgroup2(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

static __always_inline __u64 scope_cgroup1(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *state = NULL;
	int index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);

	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      index * sizeof(void *));
	return BPF_CORE_READ(state, cgroup, kn, id);
}

static __always_inline __u32 scope_namespace(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level) & 63;
	void *last = (void *)pid + bpf_core_field_offset(struct pid, numbers) +
		     level * bpf_core_type_size(struct upid);

	return BPF_CORE_READ((struct upid *)last, ns, ns.inum);
}

/* It is now where everybody is followed. */
static __always_inline bool scope_enters(struct task_struct *task)
{
	__u32 namespace = scope_namespace(task);
	__u64 one = scope_cgroup1(task), two = scope_cgroup2(task);

	return bpf_map_lookup_elem(&namespaces, &namespace) ||
	       bpf_map_lookup_elem(&cgroups, &one) || bpf_map_lookup_elem(&cgroups, &two);
}

/*
 * The reader looks now and then, and is woken early only when much waits: to be woken by each
 * event would cost more than all the rest.
 */
static __always_inline void scope_tell(void *event)
{
	bool is_much = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= scope_wake_bytes;

	bpf_ringbuf_submit(event, is_much ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

/*
 * Room for one event, zeroed but for its head; NULL when there is none: then it is counted.
 * A macro, since the verifier wants the size as a constant.
 */
#define scope_reserve(event_kind_, size_)                                                  \
	({                                                                                 \
		__u32 kind_ = (event_kind_);                                               \
		struct event_head *head_ = bpf_ringbuf_reserve(&events, (size_), 0);       \
		if (head_) {                                                               \
			__builtin_memset(head_, 0, (size_));                               \
			head_->time_ns = bpf_ktime_get_boot_ns();                          \
			head_->size = (size_);                                             \
			head_->kind = kind_;                                               \
			head_->cpu = bpf_get_smp_processor_id();                           \
		} else {                                                                   \
			__u64 *count_ = bpf_map_lookup_elem(&lost, &kind_);                \
			if (count_)                                                        \
				*count_ += 1;                                              \
		}                                                                          \
		(void *)head_;                                                             \
	})

#endif
