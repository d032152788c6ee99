// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict - the kernel's rule for one signal: from facts to what happens, and why
 *
 * The kernel asks a fixed row of questions about a signal: is the target there, may the
 * sender, is it thrown away at once, is one pending already, does something hold it back,
 * which thread takes it, what does it do there. Here the questions are a table of rules in
 * that order. Each rule that answers adds one step to the verdict; a step that is no end
 * (blocked, frozen, stopped) lets the walk go on to what happens when that is over. So the
 * first step says what happens now and the last one what comes of it.
 *
 * Pure: no system call. proc/ and view/facts gather the facts.
 * Source: kernel/signal.c (kill_ok_by_cred, prepare_signal, sig_task_ignored, complete_signal,
 * get_signal, force_sig_info_to_task); signal(7), pid_namespaces(7), credentials(7).
 */
#ifndef HUSK_SIGNAL_VERDICT_H
#define HUSK_SIGNAL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a step can be. An end is one after which nothing more comes of the signal. */
enum verdict_outcome {
	VERDICT_NOTE,	   /* no step: something worth knowing beside it */
	VERDICT_REFUSED,   /* end: the sender gets an errno and nothing is sent */
	VERDICT_IGNORED,   /* end: thrown away while it is sent; the sender is told 0 */
	VERDICT_COALESCED, /* one of its number is pending already: nothing is added */
	VERDICT_CONTINUE,  /* a stopped target runs again */
	VERDICT_QUEUED,	   /* taken; waits until the target can run */
	VERDICT_PENDING,   /* taken; waits until a thread unblocks it */
	VERDICT_READ,	   /* end: comes out of sigwait(3) or a signalfd(2) */
	VERDICT_HANDLER,   /* end: the program's handler runs */
	VERDICT_STOP,	   /* end: the target stops */
	VERDICT_TERMINATE, /* end: the target dies */
	VERDICT_CORE,	   /* end: it dies with a core dump, where limits allow one */
	VERDICT_DROPPED,   /* end: thrown away when it is taken from the queue */
};

/* What a rule looked at. struct verdict has them as bits, 1 << fact. */
enum verdict_fact {
	FACT_EXISTS,
	FACT_SIGHT, /* pid namespaces of the two */
	FACT_RIGHTS, /* user ids, CAP_KILL, session */
	FACT_SECURITY, /* security modules */
	FACT_SOURCE, /* a process, the kernel, a fault */
	FACT_STATE,
	FACT_INIT, /* the target's number in its own pid namespace */
	FACT_KERNEL_THREAD,
	FACT_BLOCKED,
	FACT_AWAITED, /* in sigtimedwait(2) */
	FACT_SIGNALFD,
	FACT_DISPOSITION, /* ignored, caught or neither */
	FACT_PENDING,
	FACT_QUEUE, /* RLIMIT_SIGPENDING */
	FACT_FREEZE,
	FACT_TRACER,
	FACT_GROUP, /* the process group has lost its controlling parents */
	VERDICT_FACTS,
};

enum verdict_freeze { VERDICT_RUNS, VERDICT_FROZEN_V1, VERDICT_FROZEN_V2 };

struct verdict_thread {
	pid_t tid;
	char state;	  /* of proc(5) */
	bool is_traced;
	uint64_t blocked; /* SigBlk */
	uint64_t awaited; /* taken out of SigBlk for the time of a sigtimedwait(2) */
	uint64_t pending; /* SigPnd */
};

struct verdict_target {
	bool exists;
	bool is_dying;	      /* dead as a whole: no thread of it runs programs any more */
	bool is_dumping;      /* writes its core dump */
	bool is_init;	      /* PID 1 of a pid namespace, the outermost included */
	bool is_machine_init; /* PID 1 of the outermost one */
	bool is_kernel_thread;
	bool is_group_orphaned; /* credentials(7); setpgid(2) */
	enum verdict_freeze freeze;
	uid_t uid, saved_uid;
	uint64_t ignored, caught;
	uint64_t shared_pending;
	uint64_t signalfd;    /* what its signalfds would take */
	uint64_t queue_used, queue_limit;
	size_t thread_count;  /* 1 or more when it exists */
	const struct verdict_thread *thread; /* the addressed one first; borrowed */
};

enum verdict_source {
	VERDICT_FROM_PROCESS,
	VERDICT_FROM_KERNEL, /* on its own behalf: OOM, cgroup.kill, the end of a namespace */
	VERDICT_FROM_FAULT,  /* the target's own: a null write, a seccomp kill */
};

enum verdict_call {
	VERDICT_KILL,	  /* kill(2), pidfd_send_signal(2): to the process, SI_USER */
	VERDICT_SIGQUEUE, /* sigqueue(3): to the process, SI_QUEUE */
	VERDICT_TGKILL,	  /* tgkill(2), raise(3), pthread_kill(3): to one thread, SI_TKILL */
};

struct verdict_sender {
	enum verdict_source source;
	enum verdict_call call;
	bool sees_target;     /* the target has a number in the sender's pid namespace */
	bool is_seen;	      /* the sender has a number in the target's pid namespace */
	bool is_same_process;
	bool is_same_session;
	bool has_cap_kill;    /* in the target's user namespace */
	bool is_held_back;    /* a security module says no: a landlock scope, a profile */
	uid_t uid, effective_uid;
};

struct verdict_question;

/* One row of the kernel's rule. */
struct verdict_rule {
	const char *id;		      /* stable, for machines: "init-no-handler" */
	enum verdict_outcome outcome; /* VERDICT_NOTE: it decides nothing */
	int error;		      /* what the sender gets when it is refused */
	uint32_t facts;
	bool is_after;		      /* looked at when the end is known */
	bool (*applies)(const struct verdict_question *question);
	const char *text;	      /* the rule in plain words, a sentence */
};

/* The word of the tracepoint signal:signal_generate for it. */
enum verdict_result {
	VERDICT_RESULT_NONE = -1, /* it never gets as far */
	VERDICT_RESULT_DELIVERED = 0, /* in the queue */
	VERDICT_RESULT_IGNORED = 1,
	VERDICT_RESULT_ALREADY_PENDING = 2,
	VERDICT_RESULT_OVERFLOW_FAIL = 3,
	VERDICT_RESULT_LOSE_INFO = 4,
};

enum { VERDICT_STEPS_MAX = 8, VERDICT_NOTES_MAX = 8 };

struct verdict {
	int signal;
	size_t step_count; /* 1 or more */
	const struct verdict_rule *step[VERDICT_STEPS_MAX];
	size_t note_count;
	const struct verdict_rule *note[VERDICT_NOTES_MAX];
	uint32_t facts;	 /* of all steps and notes */
	pid_t taker_tid; /* the thread that takes it; 0 when none does */
	enum verdict_result result;
};

/**
 * verdict_reach - what @signal does to @target when @sender sends it
 *
 * @signal: 1..64. KILL and STOP are taken as unblocked and with their default action,
 *          whatever the facts say: no call can change them.
 */
struct verdict verdict_reach(int signal, const struct verdict_target *target,
			     const struct verdict_sender *sender);

/* The first step: what happens now. */
enum verdict_outcome verdict_now(const struct verdict *verdict);

/* The last step: what comes of it in the end. */
enum verdict_outcome verdict_end(const struct verdict *verdict);

/* What the sending call gives to its caller: 0, EPERM, ESRCH or EAGAIN. */
int verdict_error(const struct verdict *verdict);

bool verdict_has_rule(const struct verdict *verdict, const char *id);

/* "refused", "ignored", "terminates": stable, for machines. */
const char *verdict_outcome_name(enum verdict_outcome outcome);

/* "delivered", "ignored", "already_pending": the tracepoint's number as a word. */
const char *verdict_result_name(enum verdict_result result);

#endif
