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
	EVENT_TASK_OTHER = 16, /* only the other end of a signal, and not followed */
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

#endif
