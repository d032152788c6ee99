// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel - the members of the kernel's structs that are read, and no others
 *
 * The loader looks up where they are in the running kernel (CO-RE), so order and neighbours do
 * not matter here; names do. Source: include/linux/{sched,pid,signal_types,cgroup-defs}.h.
 */
#ifndef HUSK_BPF_KERNEL_H
#define HUSK_BPF_KERNEL_H

#include <linux/types.h>

#define CORE __attribute__((preserve_access_index))

typedef _Bool bool;
enum { false, true };

typedef struct CORE { int counter; } atomic_t;
typedef struct CORE { long counter; } atomic_long_t;
typedef struct CORE { unsigned long sig[1]; } sigset_t;

struct ns_common { unsigned int inum; } CORE;
struct pid_namespace { struct ns_common ns; unsigned int pid_allocated; } CORE;
struct upid { int nr; struct pid_namespace *ns; } CORE;
struct pid { unsigned int level; struct upid numbers[1]; } CORE;

struct kernfs_node { __u64 id; } CORE;
struct cgroup_root { unsigned int subsys_mask; int hierarchy_id; } CORE;
struct cgroup {
	struct kernfs_node *kn;
	int level;
	struct cgroup_root *root;
	struct cgroup *ancestors[1];
} CORE;
/* Before Linux 6.1; the loader takes what follows ___ for a remark. */
struct cgroup___ids { __u64 ancestor_ids[1]; } CORE;
struct cgroup_subsys_state { struct cgroup *cgroup; struct cgroup_subsys_state *parent; } CORE;
struct pids_cgroup { struct cgroup_subsys_state css; atomic_long_t counter, limit; } CORE;
struct css_set { struct cgroup_subsys_state *subsys[16]; struct cgroup *dfl_cgrp; } CORE;
enum cgroup_subsys_id { pids_cgrp_id = 1 };

struct sigaction { void *sa_handler; unsigned long sa_flags; } CORE;
struct k_sigaction { struct sigaction sa; } CORE;
struct sighand_struct { struct k_sigaction action[64]; } CORE;
struct signal_struct {
	atomic_t live;
	unsigned int flags;
	int group_exit_code;
	struct pid *pids[4];
	struct rlimit { unsigned long rlim_cur; } CORE rlim[16];
} CORE;
struct ucounts { atomic_long_t rlimit[4]; } CORE;
typedef struct CORE { unsigned int val; } kuid_t;
struct cred { kuid_t uid; struct ucounts *ucounts; } CORE;
struct nsproxy { struct pid_namespace *pid_ns_for_children; } CORE;
enum { PIDTYPE_TGID = 1, SIGNAL_UNKILLABLE = 0x40 };
enum {
	SIGNAL_STOP_STOPPED = 0x1,
	SIGNAL_GROUP_EXIT = 0x4,
	SIGNAL_CLD_STOPPED = 0x10,
	SIGNAL_CLD_CONTINUED = 0x20,
};

union __sifields { struct { int _pid; unsigned int _uid; } _kill; } CORE;
struct kernel_siginfo {
	struct { int si_signo, si_errno, si_code; union __sifields _sifields; };
} CORE;

enum { PF_KTHREAD = 0x00200000, EXIT_ZOMBIE = 0x20, EXIT_DEAD = 0x10 };
struct task_struct {
	unsigned int flags, ptrace;
	int exit_state, exit_code;
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	char comm[16];
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	sigset_t blocked, real_blocked;
	struct css_set *cgroups;
	void *stack;
	const struct cred *real_cred;
	struct nsproxy *nsproxy;
} CORE;

struct linux_binprm { const char *filename; } CORE;

enum { SIGCONT = 18 };

/* x86; system calls are read through it. */
struct pt_regs { unsigned long orig_ax, ax, di, si, dx, r10, cs; } CORE;

/* Handed to iterator programs. */
struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; } CORE;
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } CORE;

#endif
