// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * joins - what no single event tells: stops, zombies, signals that came to nothing, system
 * calls that were cut short
 *
 * Each is a table of the last JOINS_KEPT rows, so that a recording may go on for ever; what
 * had to leave is counted. Equal things are one row with a count. Pure: fed with the steps of the
 * model, whose processes it borrows.
 */
#ifndef HUSK_TRACE_JOINS_H
#define HUSK_TRACE_JOINS_H

#include "trace/model.h"

enum {
	JOINS_KEPT = 64,
	JOINS_ASKS = 8, /* the last signals of one stop */
};

/* Shorter than this nobody calls it a zombie: the kernel itself frees a task late. */
#define JOINS_ZOMBIE_NS (1000ULL * 1000 * 1000)

enum joins_kind { JOINS_STOP, JOINS_ZOMBIE, JOINS_LOST, JOINS_CALL, JOINS_KINDS };

/* Why a signal came to nothing. */
enum joins_loss {
	JOINS_IGNORED,	 /* thrown away when it was sent */
	JOINS_COALESCED, /* one of its number was pending already */
	JOINS_DROPPED,	 /* taken, and thrown away when it was to be delivered */
	JOINS_REFUSED,	 /* the queue of the target's user was full */
};

/* A process was asked to end: SIGTERM and its like, and what came of it. */
struct joins_stop {
	const struct model_process *process;
	struct model_signal ask[JOINS_ASKS]; /* copies, oldest first */
	size_t count;	    /* how many are in @ask */
	uint64_t left_out;  /* that came before those */
};

struct joins_lost {
	enum joins_loss how;
	struct model_signal last; /* a copy of the last one; its verdict is that when it was sent */
	const char *rule;	  /* id of the rule that decided */
};

/* A handler ran while a system call was waiting. */
struct joins_call {
	const struct model_process *process;
	int signal, number; /* of the signal, of the system call */
	enum model_call ends;
};

/* One row: the kind of its table says which member holds. */
struct joins_row {
	uint64_t count, first_ns, last_ns;
	union {
		struct joins_stop stop;
		const struct model_process *zombie;
		struct joins_lost lost;
		struct joins_call call;
	};
};

struct joins_table {
	struct joins_row *row[JOINS_KEPT]; /* by first_ns */
	size_t count;
	uint64_t left_out; /* the counts of the rows that had to leave */
};

/* A zeroed one is empty. */
struct joins {
	struct arena arena;
	struct joins_table table[JOINS_KINDS];
};

void joins_take(struct joins *io_joins, const struct model_step *step);

/* The recording is over: whoever is a zombie now stays one. Once, before the rows are read. */
void joins_end(struct joins *io_joins, const struct model *model);

void joins_clear(struct joins *io_joins);

/* The stop of that process; NULL: nobody has asked it to end. */
const struct joins_stop *joins_find_stop(const struct joins *joins,
					 const struct model_process *process);

/* Worth telling: the process did not simply die of the first signal, nor handle all and live. */
bool joins_is_told(const struct joins_stop *stop);

/* Its parent; NULL: unknown, or it has ended too, and another one has taken its children. */
const struct model_process *joins_reaper(const struct model *model,
					 const struct model_process *zombie);

/* "ignored", "coalesced", "dropped", "refused"; stable, for machines. */
const char *joins_loss_name(enum joins_loss how);

#endif
