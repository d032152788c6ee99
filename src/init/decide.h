// SPDX-License-Identifier: 0BSD
/*
 * decide - what PID 1 does about an event; pure
 *
 * Event in, actions out. A stop signal goes once to everybody, and the end of the main child
 * does the same with TERM. Then init ends when nobody is left, at the latest after the
 * grace, when the rest gets SIGKILL. Every other signal is passed on. Times are those of any
 * monotonic clock, in milliseconds.
 */
#ifndef HUSK_INIT_DECIDE_H
#define HUSK_INIT_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "init/policy.h"

#define INIT_NEVER INT64_MAX

/* How long init waits for those it sent SIGKILL to: a process in the kernel may not end. */
enum { INIT_KILL_WAIT_MS = 1000 };

/* How often orphans are looked for is a quarter of their timeout, and no less than this. */
enum { INIT_ORPHAN_LOOK_MS = 100 };

enum init_phase {
	INIT_RUNNING,
	INIT_WAITING,  /* the main child has ended; the others may take their time */
	INIT_STOPPING, /* everybody was asked to end */
	INIT_KILLING,  /* whoever was left got SIGKILL */
};

/* A signal as it came: si_signo, si_code, si_pid, si_uid and the value of sigqueue(3). */
struct init_signal {
	int number;
	int arrived_as; /* before it was mapped to @number; 0: it never arrived, it is ours */
	int code;
	int from_pid; /* 0: from outside of our pid namespace, or the kernel */
	uint32_t from_uid;
	uint64_t value;
};

struct init_delayed {
	struct init_signal signal;
	int64_t arrived_ms;
	int64_t due_ms;
};

struct init_state {
	const struct init_policy *policy; /* borrowed */
	enum init_phase phase;
	bool shares_group;  /* the main child is in our process group: the terminal tells both */
	bool can_suspend;   /* a shell may stop us as a job, and continue us */
	bool has_main_ended;
	bool is_main_stopped;
	bool was_stop_asked; /* a stop signal came while the main child lived */
	int exit_code;	     /* the main child's, once it has ended */
	int64_t deadline_ms; /* of the phases stopping and killing */
	int64_t orphan_look_ms;
	int delayed_count;
	struct init_delayed *delayed; /* by number, SIGNAL_MAX + 1 of them; borrowed */
};

enum init_event_kind {
	INIT_EVENT_SIGNAL,	   /* @signal arrived; @is_own: we caused it ourselves */
	INIT_EVENT_MAIN_ENDED,	   /* the main child was reaped with @wait_status */
	INIT_EVENT_MAIN_STOPPED,   /* it was stopped: @wait_status */
	INIT_EVENT_MAIN_CONTINUED,
	INIT_EVENT_REAPED,	   /* all that had ended is reaped; others still run */
	INIT_EVENT_EMPTY,	   /* the same, and there is no child left */
	INIT_EVENT_TIME,	   /* nothing came until init_next_ms */
};

struct init_event {
	enum init_event_kind kind;
	bool is_own;
	int wait_status;
	struct init_signal signal;
	int64_t now_ms;
};

enum init_action_kind {
	INIT_DO_SEND,	 /* @signal to @target */
	INIT_DO_RESUME,	 /* the terminal and SIGCONT to the main child's group */
	INIT_DO_SUSPEND, /* stop ourselves as a job, by @signal */
	INIT_DO_LOOK,	 /* for orphans that are too old */
	INIT_DO_END,	 /* leave with @exit_code */
};

struct init_action {
	enum init_action_kind kind;
	enum init_target target;
	struct init_signal signal;
	int exit_code;
};

enum { INIT_ACTIONS_MAX = 4 };

struct init_actions {
	int count;
	struct init_action item[INIT_ACTIONS_MAX];
};

/* @io_state is all zero but for what is given: policy, delayed, shares_group, can_suspend. */
void init_decide_begin(struct init_state *io_state, int64_t now_ms);

/* @ret_actions: to be carried out in this order. */
void init_decide(struct init_state *io_state, const struct init_event *event,
		 struct init_actions *ret_actions);

/* When INIT_EVENT_TIME is due; INIT_NEVER when nothing is waited for. */
int64_t init_next_ms(const struct init_state *state);

/* The exit code, or 128 + the signal. */
int init_exit_code(int wait_status);

#endif
