// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model - the processes of a recording and what became of them, built event by event
 *
 * The events of bpf/event.h name processes by number; here a number becomes the process that
 * had it at that time, a signal gets its sender, its rule and its delivery, and a death its
 * cause. Pure: it reads nothing but the events.
 */
#ifndef HUSK_TRACE_MODEL_H
#define HUSK_TRACE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/scope.h"
#include "bpf/event.h"
#include "signal/verdict.h"
#include "trace/place.h"

/* Who is behind a signal. */
enum model_source {
	MODEL_BY_PROCESS,  /* kill(2) and its like: sender */
	MODEL_BY_CHILD,	   /* SIGCHLD: sender is the child */
	MODEL_BY_TIMER,
	MODEL_BY_FAULT,	   /* the target's own: a null write, a seccomp kill */
	MODEL_BY_TERMINAL, /* ^C, a hang-up, SIGPIPE: what the kernel sends to programs */
	MODEL_BY_INIT,	   /* PID 1 has ended: the kernel kills the rest; sender is that PID 1 */
	MODEL_BY_CGROUP,   /* cgroup.kill; sender wrote to it */
	MODEL_BY_PARENT,   /* prctl(PR_SET_PDEATHSIG): sender is the parent that has ended */
	MODEL_BY_OOM,
	MODEL_BY_KERNEL,   /* on its own behalf, for another reason */
};

struct model_process {
	uint32_t pid, parent, maker;
	uint64_t start_ns, end_ns, freed_ns; /* CLOCK_BOOTTIME; 0: not yet, or not seen */
	uint64_t reaped_ns; /* to the moment; 0: not yet, or no layer has told */
	uint64_t cgroup1, cgroup2;
	const struct place *container; /* NULL: in none, or not known */
	uint32_t namespace, level, number[EVENT_LEVELS];
	char name[EVENT_NAME_SIZE];
	bool is_init, is_kernel, was_there; /* was_there: older than the recording */
	bool is_followed; /* events of its own were seen, not only as somebody's other end */
	bool is_met;	  /* any event but those of the snapshot has to do with it */
	bool was_dead;	  /* a zombie when the recording began: end_ns is not when it died */
	bool continues;	  /* SIGCONT has resumed it, and it has not run since; model.c */
	uint32_t exit_code;	  /* as wait(2) has it; when end_ns is set */
	struct model_signal *sent[65]; /* the last one taken in for each number; NULL: none */
	struct model_signal *refused[65]; /* the last one that was thrown away; NULL: none */
	struct model_signal *killer;   /* the one it died of; NULL: its own exit, or not seen */
	struct model_process *older;   /* another one with the same hash; model.c */
	struct model_process *next;    /* in the order in which they were first seen */
};

struct model_signal {
	struct model_signal *next; /* model.c */
	uint64_t time_ns, delivered_ns; /* delivered_ns 0: not, or not yet */
	int signal;
	enum model_source source;
	const struct model_process *sender, *target; /* sender NULL: nobody, or unknown */
	uint32_t tid;			/* the thread that was addressed */
	uint32_t flags;			/* enum event_signal_flags */
	int32_t code;
	struct verdict verdict;		/* result is the kernel's own */
};

/* How a system call that a signal interrupted goes on. */
enum model_call { MODEL_CALL_NONE, MODEL_CALL_RESTARTS, MODEL_CALL_EINTR };

/* Why a thread or a process has ended, at EVENT_EXIT. */
enum model_cause {
	MODEL_CAUSE_NONE,
	MODEL_CAUSE_EXIT,   /* it ended itself */
	MODEL_CAUSE_SIGNAL, /* the process died of a signal; process->killer, if that was seen */
	MODEL_CAUSE_GROUP,  /* a thread, together with its process */
	MODEL_CAUSE_EXEC,   /* a thread, since another one of the process executes a program */
};

/* The threads that were last told to end without a signal of their own. */
enum { MODEL_ZAPPED = 64 };

/*
 * One event, understood. Borrowed until the next call. Nobody's, with no process, are those of
 * cgroups, of losses and of layers.
 */
struct model_step {
	const struct event_head *event;
	struct model_process *process; /* whose event it is; the target of a signal */
	/* Maker of a fork, parent at an exit, reaper, target of a refused signal; may be NULL. */
	const struct model_process *other;
	struct model_signal *signal;	    /* EVENT_SIGNAL; the one that EVENT_DELIVER delivers */
	enum model_call call;		    /* of EVENT_DELIVER */
	enum model_cause cause;		    /* of EVENT_EXIT */
	bool is_thread;			    /* of a thread that is not the main one */
	bool is_again;			    /* EVENT_TASK, EVENT_LAYER: was told of before */
};

struct model {
	struct arena arena;
	struct model_process **bucket;
	struct model_process *first, *last;
	struct model_signal *spare; /* no longer kept, by next */
	struct model_signal *loose; /* of the last step, kept by nobody */
	uint64_t first_ns, last_ns;
	uint64_t count[EVENT_KINDS];
	uint64_t lost[EVENT_KINDS]; /* as far as it has been told */
	struct places places;
	uint32_t layers; /* that were told of: bits, 1 << enum event_layer_name */
	uint32_t zapped[MODEL_ZAPPED]; /* tid; 0: none. model.c */
	size_t zapped_next;
};

#define automodel autoclean(model_clear)

/* A zeroed struct model is an empty model. */
void model_clear(struct model *io_model);

/**
 * model_add - take one event in
 *
 * Events come in the order of their time. One of an unknown kind, or shorter than its kind, is
 * -EBADMSG.
 */
MUST_USE int model_add(struct model *io_model, const struct event_head *event,
		       struct model_step *ret_step, struct error *err);

/* The process that has the number now, or had it last; NULL: never seen. */
struct model_process *model_find(const struct model *model, uint32_t pid);

/* A number that nobody else in the recording has: its pid, unless that was another's before. */
uint64_t model_track(const struct model_process *process);

/* When it was gone, as exactly as is known; 0: not yet, or not seen. */
uint64_t model_gone_ns(const struct model_process *process);

/* Its number in its own pid namespace; 0 when the process is unknown. */
uint32_t model_inner(const struct model_process *process);

/* @name: "process", "cgroup.kill"; stable, for machines. */
const char *model_source_name(enum model_source source);

/* "exit", "signal", "group", "exec"; stable, for machines. */
const char *model_cause_name(enum model_cause cause);

#endif
