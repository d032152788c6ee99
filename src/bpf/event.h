// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * event - what the programs in the kernel tell to the recorder: the wire between both
 *
 * One struct for each kind of event, each with a struct event_head first. Numbers of processes
 * are those of the outermost pid namespace; what a process is called elsewhere is told once,
 * when it is first seen (struct event_task), and not with each signal. The journal on disk
 * holds these structs as they are: EVENT_VERSION goes up when one of them changes.
 *
 * Included by BPF programs and by C: fixed sizes, no pointers, no holes.
 */
#ifndef HUSK_BPF_EVENT_H
#define HUSK_BPF_EVENT_H

#include <linux/types.h>

enum { EVENT_VERSION = 2 };

enum event_kind {
	EVENT_NONE,
	EVENT_TASK,    /* struct event_task: was there when the recording began */
	EVENT_FORK,    /* struct event_task: a new process or thread */
	EVENT_MOVE,    /* struct event_task: now in another cgroup */
	EVENT_EXEC,    /* struct event_exec */
	EVENT_EXIT,    /* struct event_exit: one thread has ended */
	EVENT_FREE,    /* struct event_end: it was reaped, some time before this */
	EVENT_SIGNAL,  /* struct event_signal: generated */
	EVENT_DELIVER, /* struct event_deliver */
	EVENT_OOM,     /* struct event_end: chosen by the OOM killer */
	EVENT_FREEZE,  /* struct event_freeze: cgroup v2 */
	EVENT_CGROUP,  /* struct event_cgroup: there at the start, or made, or removed */
	EVENT_LOST,    /* struct event_lost: told by the recorder itself */
	EVENT_LAYER,   /* struct event_layer: recorded as well, or why not; the recorder's own */
	EVENT_REAP,    /* struct event_reap: its parent has taken it, now */
	EVENT_REFUSED, /* struct event_refused: a system call that has failed */
	EVENT_SCHED,   /* struct event_sched: a thread has left a processor */
	EVENT_SWITCHES,	  /* struct event_switches: all those of one thread */
	EVENT_IRQ,	  /* struct event_irq: an interrupt, at its end */
	EVENT_INTERRUPTS, /* struct event_interrupts: all those of one kind in one process */
	EVENT_KINDS,
};

/* The most pid namespaces, one in the other, whose numbers are told. */
enum { EVENT_LEVELS = 6, EVENT_NAME_SIZE = 16, EVENT_FILE_SIZE = 96, EVENT_PATH_SIZE = 480 };

struct event_head {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 size;    /* of the whole struct */
	__u16 kind;    /* enum event_kind */
	__u16 cpu;
};

enum event_task_flags {
	EVENT_TASK_KERNEL = 1, /* a thread of the kernel */
	EVENT_TASK_INIT = 2,   /* PID 1 of its pid namespace */
	EVENT_TASK_DEAD = 4,   /* a zombie */
	EVENT_TASK_MEMBER = 8, /* of the start: its pid namespace or cgroup is followed */
	EVENT_TASK_OTHER = 16, /* only the other end of a signal or a wait, not followed */
};

struct event_task {
	struct event_head head;
	__u32 tgid, tid;
	__u32 parent;	 /* tgid; who reaps it */
	__u32 maker;	 /* tgid of who called fork or clone; 0 in EVENT_TASK */
	__u64 start_ns;	 /* CLOCK_BOOTTIME; with tid it names the task for ever */
	__u64 cgroup1;	 /* id of its cgroup in the hierarchy of pids, v1 or v2 */
	__u64 cgroup2;	 /* id of its cgroup in the v2 hierarchy */
	__u32 flags;	 /* enum event_task_flags */
	__u32 namespace; /* inode number of its own pid namespace */
	__u32 level;	 /* how many pid namespaces lie around it */
	__u32 number[EVENT_LEVELS]; /* of tid, from the outermost in; those past level are 0 */
	__u32 exit_code; /* of a dead one */
	char name[EVENT_NAME_SIZE];
};

struct event_exec {
	struct event_task task;
	char file[EVENT_FILE_SIZE];
};

enum event_exit_flags {
	EVENT_EXIT_LAST = 1, /* the last thread: now the process is dead */
	EVENT_EXIT_GROUP = 2, /* all threads were told to end */
	EVENT_EXIT_INIT = 4, /* PID 1 of a pid namespace: the kernel kills the rest of it */
};

struct event_exit {
	struct event_head head;
	__u32 tgid, tid;
	__u32 parent;
	__u32 code;	  /* as wait(2) has it, of this thread */
	__u32 group_code; /* as wait(2) has it, of the process; 0 unless EVENT_EXIT_GROUP */
	__u32 flags;
};

struct event_end {
	struct event_head head;
	__u32 tgid, tid;
};

enum event_disposition { EVENT_DEFAULT, EVENT_IGNORED, EVENT_HANDLER };

enum event_signal_flags {
	EVENT_SIGNAL_GROUP = 1,	     /* for the process, not for one thread */
	EVENT_SIGNAL_BLOCKED = 2,    /* in the mask of the thread that is addressed */
	EVENT_SIGNAL_UNKILLABLE = 4, /* the target is an init */
	EVENT_SIGNAL_TRACED = 8,
	EVENT_SIGNAL_EXITING = 16,   /* its threads have been told to end */
	EVENT_SIGNAL_DEAD = 32,	     /* a zombie */
	EVENT_SIGNAL_PRIVATE = 64,   /* from the kernel on its own behalf */
	EVENT_SIGNAL_NO_INFO = 128,  /* a process, without particulars */
	EVENT_SIGNAL_WAITED = 256,   /* in the set that sigtimedwait(2) waits for */
	EVENT_SIGNAL_STOPPED = 512,  /* the target is stopped */
	/* SIGCONT to a stopped target that has not run since: this one resumes it, or an older. */
	EVENT_SIGNAL_CONTINUES = 1024,
};

struct event_signal {
	struct event_head head;
	__u32 current_tgid, current_tid; /* who ran: often the sender, see code */
	__u32 tgid, tid;		 /* who is addressed */
	__s32 code;	   /* si_code; 0 without particulars */
	__u32 from;	   /* si_pid as the target will read it, where code has one */
	__u32 exit_code;   /* what the process is dying of, once that is settled */
	__u32 flags;	   /* enum event_signal_flags */
	__u8 signal;
	__u8 result;	   /* enum verdict_result of signal/verdict.h */
	__u8 disposition;  /* enum event_disposition */
	__u8 unused[5];
};

struct event_deliver {
	struct event_head head;
	__u32 tgid, tid;
	__s32 code;
	__u32 exit_code;
	__s32 call;	   /* number of the system call it was in; -1: none */
	__s32 call_result; /* what that call was about to give back */
	__u64 handler, action_flags; /* of sigaction(2) */
	__u8 signal;
	__u8 disposition;
	__u8 unused[6];
};

/*
 * Which tree of cgroups: its ids are its own, and those of two trees may be equal. A pure v2
 * machine has one for both.
 */
enum event_tree { EVENT_TREE_PIDS = 1, EVENT_TREE_V2 = 2 };

/* The structure ends, in steps of 8 bytes, where the path does: see head.size. */
struct event_cgroup {
	struct event_head head;
	__u64 id;
	__u32 tree; /* bits of enum event_tree */
	__u32 is_gone;
	char path[EVENT_PATH_SIZE]; /* from the root of its tree; what is too long is cut */
};

/* So many events of the kind have found no room since the recording began. */
struct event_lost {
	struct event_head head;
	__u64 count;
	__u32 kind; /* enum event_kind */
	__u32 unused;
};

struct event_freeze {
	struct event_head head;
	__u64 cgroup2;
	__u32 is_frozen;
	__u32 tgid; /* who did it */
};

/* --- the layers: what is recorded when it is asked for --- */

enum event_layer_name {
	EVENT_LAYER_SYSCALLS,
	EVENT_LAYER_SCHED,
	EVENT_LAYER_IRQ,
	EVENT_LAYER_EXTRAS,
	EVENT_LAYERS,
};

enum event_layer_state { EVENT_LAYER_ON, EVENT_LAYER_PARTLY, EVENT_LAYER_OFF };

struct event_layer {
	struct event_head head;
	__u32 layer; /* enum event_layer_name */
	__u32 state; /* enum event_layer_state */
	char why[128]; /* the tracepoints that are missing; why it is not here; "" when on */
};

struct event_reap {
	struct event_head head;
	__u32 tgid;	     /* who is gone */
	__u32 waiter, waiter_tid; /* who waited for it; 0: nobody had to, it went by itself */
	__u32 unused;
};

enum event_call {
	EVENT_CALL_NONE, /* the forks come first, up to clone3 */
	EVENT_CALL_FORK,
	EVENT_CALL_VFORK,
	EVENT_CALL_CLONE,
	EVENT_CALL_CLONE3,
	EVENT_CALL_KILL,
	EVENT_CALL_TKILL,
	EVENT_CALL_TGKILL,
	EVENT_CALL_SIGQUEUEINFO,   /* rt_sigqueueinfo(2) */
	EVENT_CALL_TGSIGQUEUEINFO, /* rt_tgsigqueueinfo(2) */
	EVENT_CALL_PIDFD_SEND_SIGNAL,
	EVENT_CALLS,
};

/* What stood in the way of a fork, as it was found just after. */
enum event_limit {
	EVENT_LIMIT_UNKNOWN,
	EVENT_LIMIT_PIDS,  /* pids.max of a cgroup */
	EVENT_LIMIT_NPROC, /* RLIMIT_NPROC */
	EVENT_LIMIT_INIT,  /* PID 1 of the pid namespace has ended */
	EVENT_LIMITS,
};

struct event_refused {
	struct event_head head;
	__u32 tgid, tid;   /* who called */
	__u32 call;	   /* enum event_call */
	__u32 error;	   /* errno */
	__s32 target;	   /* as the caller named it: a process, a thread, a pidfd */
	__u32 target_tgid; /* who that is; 0: not known */
	__u32 signal;	   /* 0: none, or only asked for the right to send one */
	__u32 limit;	   /* enum event_limit, of a fork */
	__u64 limit_value;
	__u64 cgroup;	   /* whose pids.max it is, by its id */
};

/* Why a thread left a processor. The last two are the kernel's will, the others its own. */
enum event_switch {
	EVENT_SWITCH_SLEEPS,  /* state S: waits, and a signal wakes it */
	EVENT_SWITCH_BLOCKS,  /* state D, or another that no signal ends */
	EVENT_SWITCH_STOPS,   /* T, t */
	EVENT_SWITCH_FREEZES, /* by the freezer; before Linux 6.1 that is D */
	EVENT_SWITCH_ENDS,
	EVENT_SWITCH_YIELDS,  /* sched_yield(2); the kernel counts it as involuntary */
	EVENT_SWITCH_PREEMPTED,
	EVENT_SWITCH_PREEMPTED_IN_CALL, /* a system call had begun, and was not done */
	EVENT_SWITCH_KINDS,
};

struct event_sched {
	struct event_head head;
	__u32 tgid, tid;
	__u32 why;  /* enum event_switch */
	__s32 call; /* number of the system call it is in; -1: none, or unknown */
	__u64 ran_ns; /* on the processor since it came there; 0: not known */
	__u32 next_tgid, next_tid; /* who has the processor now; 0: nobody */
};

struct event_switches {
	struct event_head head;
	__u32 tgid, tid;
	__u64 ran_ns; /* all in all, since it is recorded */
	__u64 count[EVENT_SWITCH_KINDS];
};

enum event_irq_source {
	EVENT_IRQ_HANDLER, /* of a device; number is that of /proc/interrupts */
	EVENT_IRQ_TIMER,   /* this processor's own timer */
	EVENT_IRQ_RESCHEDULE,
	EVENT_IRQ_CALL,	   /* another processor wants a function called here */
	EVENT_IRQ_WORK,
	EVENT_IRQ_SOFTIRQ, /* number is that of the line in /proc/softirqs, from 0 */
	EVENT_IRQ_TASKLET,
	EVENT_IRQ_IPI_SENT, /* to another processor, by the process itself; takes no time */
	EVENT_IRQ_SOURCES,
};

struct event_irq {
	struct event_head head; /* its time is the end */
	__u32 tgid, tid;	/* who was interrupted */
	__u16 source, number;	/* enum event_irq_source */
	__u16 depth;		/* 1: no other interrupt lies below it */
	__u16 on_task_stack;	/* 1: ran on the stack of that thread; 0: on the processor's own */
	__u64 took_ns;		/* with all that lay above it */
};

struct event_interrupts {
	struct event_head head; /* on the processor of head */
	__u32 tgid;
	__u16 source, number;
	__u64 count, took_ns;	/* without what lay above: all of them can be added up */
	__u64 longest_ns;	/* of one */
	__u64 on_task_stack;	/* how many of them */
	__u32 depth;		/* the most */
	__u32 unused;
};

#endif
