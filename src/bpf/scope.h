// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scope - whose events are told, and the buffer that they are told in
 *
 * One lookup for a process that is followed; who is followed is settled when processes are made
 * and moved, which is rare, and not when they act. The layers share these maps.
 */
#ifndef HUSK_BPF_SCOPE_H
#define HUSK_BPF_SCOPE_H

/* A cgroup that was asked for and lies deeper than this is not found. */
enum { SCOPE_DEPTH = 48 };

/* Written before the programs are loaded. */
const volatile bool scope_all;
/* There is something in @cgroups. */
const volatile bool scope_has_cgroups;
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

/* Id of a cgroup: in which trees (enum event_tree) it and all below it are followed. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
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

/* Its cgroup where the pids controller is. */
static __always_inline struct cgroup *scope_pids(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *state = NULL;
	int index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);

	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      index * sizeof(void *));
	return BPF_CORE_READ(state, cgroup);
}

static __always_inline __u64 scope_cgroup1(struct task_struct *task)
{
	return BPF_CORE_READ(scope_pids(task), kn, id);
}

static __always_inline __u32 scope_namespace(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level) & 63;
	void *last = (void *)pid + bpf_core_field_offset(struct pid, numbers) +
		     level * bpf_core_type_size(struct upid);

	return BPF_CORE_READ((struct upid *)last, ns, ns.inum);
}

static __always_inline __u64 scope_ancestor_id(struct cgroup *cgroup, __u32 level)
{
	struct cgroup___ids *old = (void *)cgroup;
	struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (!bpf_core_field_exists(cgroup->ancestors)) {
		bpf_probe_read_kernel(&id, sizeof(id),
				      (void *)old + bpf_core_field_offset(old->ancestor_ids) +
					      level * sizeof(id));
		return id;
	}
	bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
			      (void *)cgroup + bpf_core_field_offset(cgroup->ancestors) +
				      level * sizeof(ancestor));
	return BPF_CORE_READ(ancestor, kn, id);
}

/* Is it one of @cgroups, or below one? Its ancestors, the root first and itself the last. */
static __always_inline bool scope_is_below(struct cgroup *cgroup, __u8 tree)
{
	__u32 own = BPF_CORE_READ(cgroup, level);

	if (!scope_has_cgroups)
		return false;
	for (__u32 level = 0; level < SCOPE_DEPTH && level <= own; level++) {
		__u64 id = scope_ancestor_id(cgroup, level);
		__u8 *trees = bpf_map_lookup_elem(&cgroups, &id);

		if (trees && *trees & tree)
			return true;
	}
	return false;
}

/* It is now where everybody is followed. */
static __always_inline bool scope_enters(struct task_struct *task)
{
	__u32 namespace = scope_namespace(task);

	return bpf_map_lookup_elem(&namespaces, &namespace) ||
	       scope_is_below(scope_pids(task), EVENT_TREE_PIDS) ||
	       scope_is_below(BPF_CORE_READ(task, cgroups, dfl_cgrp), EVENT_TREE_V2);
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
