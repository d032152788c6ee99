// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * life - the story of one container, one event a line, kept beside its state
 *
 * Whoever does or sees something appends a line to life.jsonl: create, start, each signal that a
 * command sends, a stop that is asked for, the end. Later the lines tell how the container
 * died and who did it. When a container is deleted its file moves to the hidden folder ".past" of the
 * store, where the last LIFE_PAST_MAX are kept.
 *
 * Nothing is invented: what was not seen is absent, and each event says how it is known.
 */
#ifndef HUSK_STATE_LIFE_H
#define HUSK_STATE_LIFE_H

#include "base/error.h"
#include "base/mem.h"
#include "json/bind.h"
#include "state/store.h"

enum { LIFE_PAST_MAX = 64, LIFE_PAST_LOOK = 8 };

enum life_kind {
	LIFE_CREATED,
	LIFE_STARTED,	/* the program was executed; @counters is the state before it did anything */
	LIFE_SIGNAL,	/* a command sent @signal */
	LIFE_STOP,	/* a stop was asked for: @signal first, SIGKILL after @timeout_ms */
	LIFE_GRACE_OVER, /* it had not ended by then */
	LIFE_OUT_OF_MEMORY, /* memory ran out, so that the kernel chose whom to kill */
	LIFE_ENDED,	/* the first process is gone */
	LIFE_TRACED,	/* a recorder saw @signal reach the first process, or with @end its death */
	LIFE_DELETED,
};

/* How something is known. */
enum life_certainty {
	LIFE_SEEN,     /* by the process that wrote the line, from the kernel */
	LIFE_RECORDED, /* written down by somebody else at the time */
	LIFE_INFERRED, /* from other facts */
};

/* The process that did it: a command of husk, and who called it. */
struct life_actor {
	char *command; /* "kill", "stop", "delete" */
	struct maybe_uint pid, parent_pid, uid;
	char *parent_name;
};

/* A process that sent a signal, as a recorder saw it. */
struct life_sender {
	struct maybe_uint pid;
	char *name;
};

/* Absolute values; what happened in this life is the difference to those of LIFE_STARTED. */
struct life_counters {
	struct maybe_uint oom_kills, pids_refused, memory_peak_bytes, pids_peak;
};

/* How it ended; both absent: nobody saw it. */
struct life_end {
	struct maybe_int exit_code, signal;
	struct maybe_bool has_core;
};

struct life_event {
	char *time; /* RFC 3339, nanoseconds, UTC */
	struct maybe_uint boot_ms; /* CLOCK_BOOTTIME: differences survive a changed clock */
	struct maybe_enum kind;	   /* enum life_kind */
	struct maybe_enum certainty; /* enum life_certainty */
	struct life_actor *by;
	struct maybe_uint pid, start_time; /* of LIFE_STARTED, as struct record has them */
	char *signal;		   /* "SIGTERM" */
	struct maybe_bool to_all;  /* to every process */
	char *outcome, *rule;	   /* the kernel's verdict for it: "ignored", and the rule in words */
	struct maybe_int timeout_ms;
	struct life_counters *counters; /* as they were then, as far as the writer asked */
	struct life_end *end;
	struct life_sender *sender; /* of LIFE_TRACED; NULL: no process, or an unknown one */
	char *source;		    /* of LIFE_TRACED: "process", "oom", "cgroup.kill", "itself" */
	char *note; /* one more sentence */
};

struct life {
	char *id;
	size_t count;
	struct life_event *event;
	struct arena arena;
};

/**
 * life_add - append one event; time and boot_ms are filled in unless they are set
 *
 * LIFE_CREATED begins the story, under the container's lock; without it, or when the story has moved to
 * the past, nothing is written. One write(2) to a file opened for appending, so that writers do not
 * mix. A file over 1 MiB takes no more signals, nor that memory ran out: that comes in a loop.
 */
MUST_USE int life_add(const struct store_entry *entry, const struct life_event *event,
		      struct error *err);

/* The descriptor that life_add would write to, to append and to read on; -ENOENT: no story. */
MUST_USE int life_open(const struct store_entry *entry, struct error *err);

/*
 * Likewise of a deleted container, by its first process. Only the last LIFE_PAST_LOOK stories are
 * looked at; -ENOENT: none of them is it.
 */
MUST_USE int life_open_past(const struct store *store, uint64_t pid, uint64_t start_time,
			    struct error *err);

/*
 * As life_add, into an open story: also when it has moved to the past in the meantime.
 */
MUST_USE int life_append(int fd, const struct life_event *event, struct error *err);

/*
 * What others have appended to an open story since our last life_append, or all of it before the
 * first. The id is NULL. life_clear gives the memory back.
 */
MUST_USE int life_read_on(int fd, struct life *ret_life, struct error *err);

/*
 * The story so far, in the order in which things were. A missing file is an empty story.
 * life_clear gives the memory back.
 */
MUST_USE int life_read(const struct store_entry *entry, struct life *ret_life,
		       struct error *err);

/**
 * life_keep - move a story to the past, before its container's folder is removed
 *
 * The oldest beyond LIFE_PAST_MAX are removed. Without a story nothing happens.
 */
MUST_USE int life_keep(const struct store_entry *entry, struct error *err);

/* The newest story of a deleted container; -ENOENT "container "X" does not exist". */
MUST_USE int life_find_past(const struct store *store, const char *id, struct life *ret_life,
			    struct error *err);

/* The ids of the deleted containers whose stories are kept, newest first; an id may come twice. */
size_t life_list_past(const struct store *store, struct arena *io_arena, char ***ret_ids);

void life_clear(struct life *io_life);

#define autolife autoclean(life_clear)

/* "created", "signal", ... and "seen", "recorded", "inferred" */
const char *life_kind_name(enum life_kind kind);
const char *life_certainty_name(enum life_certainty certainty);

/* The table of struct life_event, for `why --json`. */
extern const struct json_table life_event_table;

#endif
